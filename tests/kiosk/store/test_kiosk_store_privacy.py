"""The kiosk's files and errors tell nobody what a citizen gave it."""

import os
import stat
import subprocess
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from kiosk.store import StorageFailed, Store
from kiosk.store.database import FILE_NAME, Database
from kiosk.store.schema import settings

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CANARY = "kanari-siti"


@pytest.fixture
def careless() -> Iterator[None]:
    """Started by somebody whose files are open to all."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    return [str(path) for path in [folder, *folder.rglob("*")] if stat.S_IMODE(path.stat().st_mode) & 0o077]


@pytest.mark.usefixtures("careless")
def test_the_database_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "data", NOW)
    names = {path.name for path in (tmp_path / "data").iterdir()}
    found = open_to_others(tmp_path / "data")
    store.close()
    assert f"{FILE_NAME}-wal" in names
    assert found == []


@pytest.mark.usefixtures("careless")
def test_a_database_that_is_set_aside_stays_its_owners_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(0o755)
    (data / FILE_NAME).write_bytes(b"no database at all" * 1000)
    Store.open(data, NOW).close()
    assert any(path.name.startswith("broken-") for path in data.iterdir())
    assert open_to_others(data) == []


def test_an_error_of_the_database_holds_no_values(tmp_path: Path) -> None:
    database = Database.open(tmp_path, NOW)
    with pytest.raises(StorageFailed) as caught, database.transaction() as connection:
        for _ in range(2):
            connection.execute(insert(settings).values({column.name: CANARY for column in settings.columns}))
    database.close()
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_a_kiosk_makes_files_for_itself_alone() -> None:
    """It is asked when it looks who it is, before it makes any."""
    program = (
        "import os, main\n"
        "def look(*_):\n    print(oct(os.umask(0)))\n    raise SystemExit\n"
        "main.enrolled = look\n"
        "os.umask(0)\n"
        "main.main('')\n"
    )
    environment = {**os.environ, "EKIOS_DATA": "/nowhere/at/all"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment, timeout=100
    )
    assert done.stdout.split() == ["0o77"]


def test_a_store_in_memory_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Store.in_memory().close()
    assert list(tmp_path.iterdir()) == []
