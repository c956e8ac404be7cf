"""Backup and restore, as the operator does it: each command of docs/backup.md, on both databases, also under load."""

import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from click.testing import Result
from sqlalchemy import func, select, update
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from server.__main__ import cli
from server.app import build_deps, close_deps
from server.audit import verification as audit_verify
from server.deps import Deps
from server.operator import backup
from server.operator.backup import MANIFEST, SQLITE_FILE, BackupRefused, back_up, read_manifest
from server.operator.restore import lay_out, lead_on, missing_attachments
from server.settings import ServerSettings
from server.storage import tables
from tests.server.kiosk_client import Envelope, TestKiosk
from tests.server.operator.test_server_command import ROOT
from tests.server.postgres import Cluster
from tests.server.running import RunningServer, running

DATABASE = re.compile(r"[^/]+$")


@pytest.fixture
def target(settings: ServerSettings, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ServerSettings]:
    """An empty place for what is restored: a folder, and beside PostgreSQL an empty database."""
    changes: dict[str, object] = {"data": tmp_path / "fresh", "port": 0}
    if not settings.database:
        yield settings.model_copy(update=changes)
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = f"{make_url(settings.database).database}_fresh"
    cluster.execute(f"CREATE DATABASE {name}")
    yield settings.model_copy(update={**changes, "database": cluster.url(name)})
    cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


def command(*words: str) -> Result:
    """``python -m server …``, without the seconds that a new process takes."""
    return CliRunner().invoke(cli, words)


def made(deps: Deps, place: Path) -> Path:
    return back_up(deps.engine, deps.settings.data, deps.attachments.blobs, place, deps.clock.now())


@contextmanager
def sending(server: RunningServer, kiosk: TestKiosk) -> Iterator[list[Envelope]]:
    """A kiosk that sends without a pause; what was called stored."""
    reported: list[Envelope] = []
    stop = threading.Event()
    first = threading.Event()

    def send() -> None:
        service = server.service()
        while not stop.is_set():
            attachment = kiosk.attachment(os.urandom(2_000))
            envelope = kiosk.envelope(service, [attachment])
            assert kiosk.statuses(envelope) == ["missing_attachments"]
            kiosk.upload(attachment)
            reported.append(envelope)
            first.set()

    thread = threading.Thread(target=send)
    thread.start()
    assert first.wait(30)
    try:
        yield reported
    finally:
        stop.set()
        thread.join()


def test_a_backup_under_load_is_whole_and_kiosks_go_on(
    settings: ServerSettings, target: ServerSettings, tmp_path: Path
) -> None:
    with running(settings) as server:
        kiosk = server.kiosk()
        with sending(server, kiosk) as reported:
            before = len(reported)
            folder = made(server.deps, tmp_path / "backups")
            stored = [*reported]
        assert len(reported) >= before > 0
    manifest = lay_out(folder, target)
    deps = build_deps(target)
    with deps.engine.connect() as connection:
        assert audit_verify.verify(connection, deps.keys.audit_public).holds
        count = connection.execute(select(func.count()).select_from(tables.submissions)).scalar_one()
    assert before <= count == manifest.contents.counts["submissions"] <= len(stored) + 1
    assert missing_attachments(deps) == []
    lead_on(deps, manifest)
    close_deps(deps)
    with running(target) as server:
        kiosk.base, kiosk.http = server.base, requests.Session()
        answers = kiosk.send(*reported[:50]).json()["answers"]
        assert {one["status"] for one in answers} <= {"duplicate", "stored", "missing_attachments"}
        assert [one["status"] for one in answers[:before]] == ["duplicate"] * min(before, 50)
        for envelope in reported:
            kiosk.statuses(envelope)
            kiosk.upload(envelope.attachments[0])
            assert server.deps.attachments.open(kiosk.id, envelope.id, envelope.attachments[0].sha256) is not None
        with server.deps.engine.connect() as connection:
            assert connection.execute(select(func.count()).select_from(tables.cases)).scalar_one() == len(reported)


def test_what_is_secret_in_a_backup_is_for_its_owner_only(deps: Deps, tmp_path: Path) -> None:
    folder = made(deps, tmp_path / "backups")
    modes = {path.stat().st_mode & 0o077 for path in [folder, *folder.rglob("*")]}
    assert modes == {0}


def test_a_second_backup_copies_only_attachments_that_are_new(sqlite_settings: ServerSettings, tmp_path: Path) -> None:
    place = tmp_path / "backups"
    with running(sqlite_settings) as server:
        kiosk = server.kiosk()
        for _ in range(2):
            attachment = kiosk.attachment(os.urandom(500))
            kiosk.statuses(kiosk.envelope(server.service(), [attachment]))
            kiosk.upload(attachment)
        made(server.deps, place)
        kept = {path: path.stat().st_ino for path in (place / "attachments").rglob("*") if path.is_file()}
        later = server.deps.clock.now().replace(year=2031)
        back_up(server.deps.engine, server.deps.settings.data, server.deps.attachments.blobs, place, later)
    assert len(kept) == 2
    assert {path: path.stat().st_ino for path in (place / "attachments").rglob("*") if path.is_file()} == kept


@pytest.fixture
def one(sqlite_settings: ServerSettings, tmp_path: Path) -> Path:
    """A backup."""
    deps = build_deps(sqlite_settings)
    folder = made(deps, tmp_path / "backups")
    close_deps(deps)
    return folder


def test_a_backup_that_was_not_finished_is_refused(one: Path, tmp_path: Path) -> None:
    (one / MANIFEST).unlink()
    with pytest.raises(BackupRefused, match="whole"):
        lay_out(one, ServerSettings(data=tmp_path / "fresh"))
    assert not (tmp_path / "fresh").exists()


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"format": 1}'])
def test_a_manifest_that_cannot_be_read_is_refused(one: Path, said: str) -> None:
    (one / MANIFEST).write_text(said)
    with pytest.raises(BackupRefused):
        read_manifest(one)


def test_a_backup_that_was_damaged_is_refused(one: Path, tmp_path: Path) -> None:
    with (one / SQLITE_FILE).open("r+b") as file:
        file.seek(5_000)
        file.write(b"\xff" * 100)
    with pytest.raises(BackupRefused, match="another backup"):
        lay_out(one, ServerSettings(data=tmp_path / "fresh"))


def test_nothing_is_restored_over_what_is_there(one: Path, sqlite_settings: ServerSettings) -> None:
    before = (sqlite_settings.data / SQLITE_FILE).read_bytes()
    with pytest.raises(BackupRefused, match="not empty"):
        lay_out(one, sqlite_settings)
    assert (sqlite_settings.data / SQLITE_FILE).read_bytes() == before


def test_nothing_is_restored_into_a_database_that_holds_something(
    postgresql_settings: ServerSettings, tmp_path: Path
) -> None:
    deps = build_deps(postgresql_settings)
    folder = made(deps, tmp_path / "backups")
    close_deps(deps)
    with pytest.raises(BackupRefused, match="not empty"):
        lay_out(folder, postgresql_settings.model_copy(update={"data": tmp_path / "fresh"}))


def test_a_backup_of_sqlite_does_not_go_into_postgresql(one: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="another kind"):
        lay_out(one, ServerSettings(data=tmp_path / "fresh", database="postgresql+psycopg://x@127.0.0.1:1/x"))


def test_without_postgresqls_programs_it_says_what_to_install(
    postgresql_settings: ServerSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deps = build_deps(postgresql_settings)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupRefused, match="pg_dump is not installed"):
        made(deps, tmp_path / "backups")
    close_deps(deps)


def test_an_attachment_that_is_missing_is_named(sqlite_settings: ServerSettings, tmp_path: Path) -> None:
    with running(sqlite_settings) as server:
        kiosk = server.kiosk()
        attachments = [kiosk.attachment(os.urandom(500)) for _ in range(3)]
        kiosk.statuses(kiosk.envelope(server.service(), attachments))
        for attachment in attachments:
            kiosk.upload(attachment)
        folder = made(server.deps, tmp_path / "backups")
    (gone,) = (folder.parent / "attachments").rglob(attachments[0].sha256)
    gone.unlink()
    (other,) = (folder.parent / "attachments").rglob(attachments[1].sha256)
    other.write_bytes(b"other bytes")
    reported = command("restore", str(folder), "--data", str(tmp_path / "fresh"))
    assert reported.exit_code == 1
    assert {one.sha256 in reported.output for one in attachments[:2]} == {True}
    assert attachments[2].sha256 not in reported.output


def test_a_log_that_was_altered_is_reported_by_verify_and_by_restore(
    sqlite_settings: ServerSettings, tmp_path: Path
) -> None:
    deps = build_deps(sqlite_settings)
    with deps.engine.begin() as connection:
        connection.execute(update(tables.audit_log).where(tables.audit_log.c.seq == 0).values(actor="somebody"))
    folder = made(deps, tmp_path / "backups")
    close_deps(deps)
    reported = [
        command("verify-audit", "--data", str(sqlite_settings.data)),
        command("restore", str(folder), "--data", str(tmp_path / "fresh")),
    ]
    assert [(one.exit_code, "entry 0 was altered" in one.output) for one in reported] == [(1, True)] * 2


# --- the page ---------------------------------------------------------------------------------------------------


def test_every_command_of_the_page_does_what_it_says(sqlite_settings: ServerSettings, tmp_path: Path) -> None:
    """In the page's order, with a server running, its paths replaced by the test's."""
    page = (ROOT / "docs" / "backup.md").read_text()
    commands = re.findall(r"^\.venv/bin/python -m server (.+)$", page, re.MULTILINE)
    assert {line.split()[0] for line in commands} == {"backup", "verify-audit", "restore", "serve"}
    places = {
        "/var/lib/ekios": str(sqlite_settings.data),
        "/var/lib/ekios-new": str(tmp_path / "fresh"),
        "/mnt/backup": str(tmp_path / "backups"),
    }
    with running(sqlite_settings) as server:
        # Where ``serve`` tells that it listens.
        (sqlite_settings.data / "address").write_text(server.base)
        (line,) = (one for one in commands if one.startswith("backup"))
        done = command(*(places.get(word, word) for word in line.split()))
        assert done.exit_code == 0, done.output
        folder = done.stdout.split()[1]
        assert json.loads((Path(folder) / MANIFEST).read_text())["format"] == backup.FORMAT
    # The old server is gone; its log is verified as well.
    for line in (one for one in commands if one.split()[0] in ("restore", "verify-audit")):
        words = [folder if word.startswith("/mnt/backup/") else places.get(word, word) for word in line.split()]
        done = command(*words)
        assert done.exit_code == 0, done.output
    with running(sqlite_settings.model_copy(update={"data": tmp_path / "fresh"})) as server:
        assert requests.get(f"{server.base}/healthz", timeout=30).ok
