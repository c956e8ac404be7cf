"""Our own server as its peers are measured: the same clients, the same sizes, with all that ours does besides."""

import secrets
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.line_peers import AT_ONCE, FILE_BYTES, SUBMISSIONS, WITH_FILES, Row
from benchmarks.prepared import send_all, submission, upload
from benchmarks.serving import free_port, let_in, served
from server.app import build_deps, close_deps
from server.foundation.actors import OPERATOR
from server.operator.seeding import seed
from server.settings import ServerSettings
from tests.server import postgres
from tests.server.kiosk_client import TestKiosk

CITY = Path(__file__).resolve().parents[2] / "tests" / "server" / "city"


def ours() -> list[Row]:
    """On SQLite, and on PostgreSQL where there is one."""
    rows = [_measured("eKios, SQLite", "")]
    if (programs := postgres.binaries()) is not None:
        with postgres.running(programs) as cluster:
            cluster.execute("CREATE DATABASE ours")
            cluster.execute("ALTER SYSTEM SET fsync = on")
            cluster.execute("SELECT pg_reload_conf()")
            rows.append(_measured("eKios, PostgreSQL", cluster.url("ours")))
    return rows


def _measured(name: str, database: str) -> Row:
    folder = Path(tempfile.mkdtemp(prefix="ekios-line-"))
    try:
        settings = ServerSettings(data=folder / "data", database=database, services=CITY, port=free_port())
        deps = build_deps(settings)
        seed(deps, CITY, trial=False)
        codes = [deps.enrolment.new_code(OPERATOR, f"Kios {number}").code for number in range(AT_ONCE)]
        form = deps.packs.service(1, "surat")
        close_deps(deps)
        assert form is not None
        document = form.description
        service = {"id": "surat", "form_id": document.form_id, "form_version": document.form_version, "pack": "1"}
        with served(settings):
            kiosks = [TestKiosk(settings.address) for _ in codes]
            for kiosk, code in zip(kiosks, codes, strict=True):
                kiosk.enrol(code).raise_for_status()
            let_in(settings, kiosks)
            without = [_submissions(kiosk, service, SUBMISSIONS // AT_ONCE) for kiosk in kiosks]
            plain = send_all(settings.address, without, 200).a_second
            files = [_with_files(kiosk, service, WITH_FILES // AT_ONCE) for kiosk in kiosks]
            return Row(
                name, plain, send_all(settings.address, files, 200).a_second, "signed, opened, a case each, synced"
            )
    finally:
        shutil.rmtree(folder)


def _submissions(kiosk: TestKiosk, service: dict[str, str], number: int) -> list[Sequence[bytes]]:
    return [[submission(kiosk, kiosk.envelope(service))] for _ in range(number)]


def _with_files(kiosk: TestKiosk, service: dict[str, str], number: int) -> list[Sequence[bytes]]:
    made: list[Sequence[bytes]] = []
    for _ in range(number):
        file = kiosk.attachment(secrets.token_bytes(FILE_BYTES))
        made.append([submission(kiosk, kiosk.envelope(service, [file])), upload(kiosk, file)])
    return made
