"""What the server's files and errors tell to others: nothing of anybody, on either database."""

import io
import json
import logging
import os
import stat
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
import structlog
from sqlalchemy import Engine, insert, update
from sqlalchemy.exc import IntegrityError, StatementError

from server.app import build_deps, close_deps
from server.foundation.logs import log_to
from server.settings import ServerSettings
from server.storage import open_storage, tables
from tests.server.conftest import CITY
from tests.server.kiosk_client import NIK

CANARY = "kanari-siti"
TYPED = f"{NIK[:6]} {NIK[6:12]} {NIK[12:]}"


@pytest.fixture
def engine(settings: ServerSettings) -> Iterator[Engine]:
    opened = open_storage(settings.database_url)
    yield opened
    opened.dispose()


def clash(engine: Engine) -> IntegrityError:
    """Of a value that is there already: PostgreSQL would say which."""
    row = {"id": CANARY, "name": {"id": CANARY}, "position": 1}
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        for _ in range(2):
            connection.execute(insert(tables.agencies).values(row))
    return caught.value


def failing_row(engine: Engine) -> IntegrityError:
    """Of a row that lacks what it needs: PostgreSQL would show all of it."""
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        connection.execute(update(tables.officers).values(name=CANARY, user_name=None))
    return caught.value


def not_storable(engine: Engine) -> StatementError:
    """Of a value that does not become one of the column's."""
    with pytest.raises(StatementError) as caught, engine.begin() as connection:
        connection.execute(update(tables.officers).values(name=CANARY, created_at=CANARY))
    return caught.value


@pytest.mark.parametrize("provoke", [clash, failing_row, not_storable])
def test_an_error_of_the_database_holds_no_values(engine: Engine, provoke: object) -> None:
    assert callable(provoke)
    error = provoke(engine)
    reported = [str(error), repr(error), *traceback.format_exception(error)]
    assert not [text for text in reported if CANARY in text]


def test_what_is_written_of_an_error_holds_no_values(engine: Engine) -> None:
    error, stream = clash(engine), io.StringIO()
    before = structlog.get_config()
    handlers, level = logging.root.handlers[:], logging.root.level
    try:
        log_to(stream)
        logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=error)
        structlog.get_logger("server.web").error("web.broken", exc_info=error, reason=f"NIK {TYPED}", of=[TYPED])
        logging.getLogger("sqlalchemy").warning("NIK %s", TYPED)
    finally:
        structlog.configure(**before)
        logging.root.handlers, logging.root.level = handlers, level
    written = stream.getvalue()
    lines = [json.loads(line) for line in written.splitlines()]
    assert [line["level"] for line in lines] == ["error", "error", "warning"]
    assert "Traceback" in lines[0]["exception"]
    assert "web.broken" in written and "Exception in ASGI application" in written
    assert CANARY not in written
    assert NIK[12:] not in written


@pytest.fixture
def careless() -> Iterator[None]:
    """Started by somebody whose files are open to all."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    return [str(path) for path in [folder, *folder.rglob("*")] if stat.S_IMODE(path.stat().st_mode) & 0o077]


@pytest.mark.usefixtures("careless")
def test_database_and_keys_are_their_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    data = tmp_path / "data"
    deps = build_deps(ServerSettings(data=data, services=CITY))
    files = {path.name for path in data.glob("server.db*")}
    found = [
        path for path in (data, *data.glob("server.db*"), data / "keys") if path in map(Path, open_to_others(data))
    ]
    close_deps(deps)
    assert "server.db-wal" in files
    assert found == []


def test_rights_that_were_given_before_are_taken_back(seeded_sqlite: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    copytree(seeded_sqlite, data)
    (data / "server.db").chmod(0o644)
    (data / "keys").chmod(0o755)
    data.chmod(0o755)
    close_deps(build_deps(ServerSettings(data=data, services=CITY)))
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (data, data / "keys", data / "server.db")]
    assert modes == [0o700, 0o700, 0o600]


def test_a_folder_that_many_share_is_not_closed(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    close_deps(build_deps(ServerSettings(data=shared, services=CITY)))
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777


@pytest.mark.usefixtures("careless")
def test_nothing_that_the_command_makes_is_open_to_others(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "server", "seed", "--data", str(tmp_path / "data"), "--services", str(CITY)]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    assert len(list((tmp_path / "data").rglob("*"))) > 10
    assert open_to_others(tmp_path / "data") == []
