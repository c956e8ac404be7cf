"""The last release itself, out of the wheel of its tag: its kiosk at today's server, and today's kiosk at its server."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from server.fleet.enrolment import ApproveOutcome
from server.foundation.actors import OPERATOR
from server.storage import tables
from sync.enrolment import Enrolment, enrol
from tests.sync.line_kit import city_server, kiosk_on_line, stored, until
from tests.sync.processes import PICTURE
from tools.release import build, environment, last_release

pytestmark = pytest.mark.soak

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "built"
    build(last_release(), folder)
    return folder


@contextmanager
def part(release: Path, script: str, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A process of the release, whose standard input and output are pipes."""
    command = [sys.executable, str(HERE / script), *arguments]
    process = subprocess.Popen(
        command, cwd=release, env=environment(release), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def heard(process: "subprocess.Popen[str]") -> str:
    """Its next line that is none of its log."""
    assert process.stdout is not None
    for line in process.stdout:
        if not line.startswith("20"):
            return line.strip()
    raise AssertionError("it ended")


def tell(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def test_its_kiosk_works_at_todays_server(release: Path, tmp_path: Path) -> None:
    with city_server(tmp_path / "server") as server:
        code = server.deps.enrolment.new_code(OPERATOR, "Kios").code
        with part(release, "released_kiosk.py", str(tmp_path / "kiosk"), server.base, code) as kiosk:
            fingerprint = heard(kiosk)
            with server.deps.engine.connect() as connection:
                kiosk_id = connection.execute(select(tables.kiosks.c.id)).scalar_one()
            outcome = server.deps.enrolment.approve(OPERATOR, kiosk_id, fingerprint)
            assert outcome is ApproveOutcome.DONE
            server.deps.kiosk_settings.change(OPERATOR, {"idle_s": 100})
            tell(kiosk, "go")
            where, codes = json.loads(heard(kiosk))
        assert Path(where).is_relative_to(release)
        rows = stored(server.deps)
        assert [row.tracking_code for row in rows] == codes
        assert all(row.complete for row in rows)


def test_todays_kiosk_works_at_its_server(release: Path, tmp_path: Path) -> None:
    with part(release, "released_server.py", str(tmp_path / "server")) as server:
        where, base, code = json.loads(heard(server))
        assert Path(where).is_relative_to(release)
        enrolment = enrol(base, code, software="of today", hardware={})
        assert isinstance(enrolment, Enrolment), enrolment
        tell(server, enrolment.kiosk_id)
        assert heard(server) == "approved"
        made = kiosk_on_line(tmp_path / "kiosk", enrolment)
        codes = [made.send(picture).code for picture in (PICTURE, None, PICTURE)]
        made.line.start()
        until(made.all_acknowledged)
        until(lambda: made.at.store.packs.newest_first())
        until(lambda: made.at.kiosk.settings.number("idle_s") == 100)
        made.stop()
        tell(server, "what is there?")
        assert json.loads(heard(server)) == [[code, True] for code in codes]
