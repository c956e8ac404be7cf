"""A damaged database: the server is not ready, takes nothing, and kiosks keep what they have."""

import os
import sqlite3
from pathlib import Path

import pytest
import requests

from protocol.languages import LANGUAGES
from server.app import build_deps
from server.operator.backup import MANIFEST
from server.operator.chores import look_through_storage
from server.operator.operations import OperationRefused, carry_out
from server.settings import ServerSettings
from server.storage import StorageDamaged, open_storage
from sync.client import Outcome, _outcome
from tests.server.kiosk_client import TestKiosk
from tests.server.operator.test_server_command import command
from tests.server.running import RunningServer, running

PAGE_BYTES = 4096


def database(settings: ServerSettings) -> Path:
    return settings.data / "server.db"


def spoil(path: Path, table: str) -> None:
    """Overwrites the first page of a table, as a dying disk does."""
    with sqlite3.connect(path) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    connection.close()
    overwrite(path, page)


def overwrite(path: Path, page: int) -> None:
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE_BYTES)
        file.write(os.urandom(PAGE_BYTES))


def refused_by(base: str, kiosk: TestKiosk) -> None:
    """Every way in; each answer is one upon which a kiosk keeps everything."""
    assert requests.get(f"{base}/healthz", timeout=30).json()["ok"] is False
    for method, path in (
        ("POST", "/v1/submissions"),
        ("POST", "/v1/heartbeat"),
        ("PATCH", f"/v1/attachments/{'0' * 64}"),
    ):
        answer = kiosk.call(method, path, b"{}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "storage_damaged")
        assert int(answer.headers["Retry-After"]) > 0
        assert _outcome(answer.status_code, answer.content) is Outcome.SLOWED
    page = requests.get(f"{base}/sign-in", timeout=30)
    assert page.status_code == 503
    assert [f'lang="{language}"' in page.text for language in LANGUAGES] == [True] * len(LANGUAGES)


@pytest.fixture
def kiosk(sqlite_settings: ServerSettings) -> TestKiosk:
    """Enrolled while all was well, with one submission stored."""
    with running(sqlite_settings) as server:
        one = server.kiosk()
        assert one.statuses(one.envelope(server.service())) == ["stored"]
    one.http = requests.Session()
    return one


@pytest.mark.parametrize("table", ["submissions", "visits"])
def test_damage_is_found_at_the_start(sqlite_settings: ServerSettings, kiosk: TestKiosk, table: str) -> None:
    """Also where no request of a kiosk would meet it."""
    spoil(database(sqlite_settings), table)
    with running(sqlite_settings) as server:
        kiosk.base = server.base
        refused_by(server.base, kiosk)


def test_damage_that_sqlite_only_sees_when_it_is_asked_is_found(sqlite_settings: ServerSettings) -> None:
    """A page whose free places are recorded wrongly: statements go on, and write over rows."""
    build_deps(sqlite_settings).engine.dispose()
    with sqlite3.connect(database(sqlite_settings)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'officers'").fetchone()
    connection.close()
    with database(sqlite_settings).open("r+b") as file:
        file.seek((page - 1) * PAGE_BYTES + 1)
        file.write(b"\x00\x10")
    with pytest.raises(StorageDamaged):
        open_storage(sqlite_settings.database_url)


def test_a_file_that_is_no_database_any_more_is_reported_as_damage(
    sqlite_settings: ServerSettings, kiosk: TestKiosk
) -> None:
    database(sqlite_settings).write_bytes(os.urandom(PAGE_BYTES))
    with pytest.raises(StorageDamaged):
        open_storage(sqlite_settings.database_url)
    with running(sqlite_settings) as server:
        kiosk.base = server.base
        refused_by(server.base, kiosk)


def test_an_order_to_a_damaged_server_is_refused_in_words(sqlite_settings: ServerSettings, kiosk: TestKiosk) -> None:
    spoil(database(sqlite_settings), "submissions")
    reported = command("enrol-code", "Kios", "--data", str(sqlite_settings.data))
    assert (reported.returncode, "damaged" in reported.stderr) == (1, True)


def spoil_under(server: RunningServer, table: str) -> None:
    """As ``spoil``, while the server has the file open."""
    with server.deps.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        query = f"SELECT rootpage FROM sqlite_master WHERE name = '{table}'"
        (page,) = connection.exec_driver_sql(query).one()
        overwrite(database(server.deps.settings), page)
        connection.exec_driver_sql("PRAGMA shrink_memory")


def test_damage_that_comes_later_is_found_within_the_day(sqlite_settings: ServerSettings) -> None:
    with running(sqlite_settings) as server:
        one = server.kiosk()
        spoil_under(server, "visits")
        assert one.statuses(one.envelope(server.service())) == ["stored"]
        look_through_storage(server.deps)
        refused_by(server.base, one)


def test_damage_that_a_request_meets_is_reported_at_once_and_remembered(sqlite_settings: ServerSettings) -> None:
    with running(sqlite_settings) as server:
        one = server.kiosk()
        spoil_under(server, "submissions")
        answer = one.send(one.envelope(server.service()))
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "storage_damaged")
        refused_by(server.base, one)


def test_a_backup_of_a_damaged_database_is_refused_and_the_server_stands_still(
    sqlite_settings: ServerSettings, tmp_path: Path
) -> None:
    with running(sqlite_settings) as server:
        one = server.kiosk()
        spoil_under(server, "visits")
        with pytest.raises(OperationRefused, match="damaged"):
            carry_out(server.deps, "backup", {"place": str(tmp_path / "backups")})
        assert list((tmp_path / "backups").rglob(MANIFEST)) == []
        refused_by(server.base, one)


def test_a_whole_database_stays_ready(settings: ServerSettings) -> None:
    with running(settings) as server:
        look_through_storage(server.deps)
        assert requests.get(f"{server.base}/healthz", timeout=30).status_code == 200
