"""Real parts for the server's tests: SQLite and PostgreSQL, HTTP on loopback, a small city that is seeded once."""

import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import structlog
from argon2 import PasswordHasher

from server.app import build_deps, close_deps
from server.deps import Deps
from server.keeper import client as keeper
from server.operator.seeding import seed
from server.people import passwords
from server.settings import ServerSettings
from server.submissions.keeper_child import serve_line
from tests.forked import PROCESSES
from tests.server import engines, postgres
from tests.server.compiled import compiled_once as compiled_once
from tests.server.kiosk_client import TestKiosk
from tests.server.running import ONE_PERSON, RunningServer, running

BEGIN = keeper.begin

CITY = Path(__file__).with_name("city")
TEMPLATE = "seeded"


class FakeClock:
    """Stands until a test moves it."""

    def __init__(self, now: datetime | None = None) -> None:
        self.time = now or datetime.now(UTC)

    def now(self) -> datetime:
        return self.time

    def pass_time(self, **delta: float) -> None:
        self.time += timedelta(**delta)


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> None:
    """What is logged on the way is for whoever looks at a test that failed: drawn with all their variables, faults that are
    made on purpose take seconds each."""
    structlog.configure(
        processors=[
            *structlog.get_config()["processors"][:-1],
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
    )


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """A sign-in costs a third of a second on purpose; hundreds of them are no subject of most tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=64, parallelism=1))
        yield


class Forked:
    """A keeper that was forked from a process that has loaded its program; else it is one as in service."""

    serve = staticmethod(serve_line)

    def __init__(self, folder: Path, line: socket.socket) -> None:
        self._process = PROCESSES.Process(target=type(self).serve, args=(folder, line), daemon=True)
        self._process.start()
        self.pid = self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> None:
        self._process.join()


@pytest.fixture(scope="session", autouse=True)
def quick_keepers() -> Iterator[None]:
    """To load a keeper takes a second of the processor, and every server that takes a submission has one of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeper, "begin", Forked)
        yield


@contextmanager
def listening_keeper(folder: Path, address: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of its own that serves the keys in ``folder``."""
    process = subprocess.Popen([sys.executable, "-m", keeper.PROGRAM, str(folder), "--listen", str(address)])
    try:
        while not address.exists():
            assert process.poll() is None
            time.sleep(0.02)
        yield process
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def keepers_as_in_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "begin", BEGIN)


@pytest.fixture
def dear_passwords(monkeypatch: pytest.MonkeyPatch) -> passwords.Passwords:
    """At the cost that they have in service."""
    monkeypatch.setattr(passwords, "PasswordHasher", PasswordHasher)
    return passwords.Passwords()


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    programs = postgres.binaries()
    if programs is None:
        pytest.skip("PostgreSQL of the distribution is not installed")
    with postgres.running(programs) as one:
        yield one


@pytest.fixture(scope="session")
def seeded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _seed(tmp_path_factory.mktemp("seeded-sqlite") / "data", "")


@pytest.fixture(scope="session")
def seeded_postgresql(tmp_path_factory: pytest.TempPathFactory, cluster: postgres.Cluster) -> Path:
    cluster.execute(f"CREATE DATABASE {TEMPLATE}")
    return _seed(tmp_path_factory.mktemp("seeded-postgresql") / "data", cluster.url(TEMPLATE))


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerSettings]:
    """A data folder of its own with the small city and the trial's accounts, on both databases."""
    yield from fresh(request, tmp_path, request.param)


@pytest.fixture
def sqlite_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerSettings]:
    """As ``settings``, for what does not depend on the database."""
    yield from fresh(request, tmp_path, "sqlite")


@pytest.fixture
def postgresql_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerSettings]:
    yield from fresh(request, tmp_path, "postgresql")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def deps(settings: ServerSettings, clock: FakeClock) -> Iterator[Deps]:
    """Everything but the HTTP server, with a clock that stands."""
    built = build_deps(settings, clock=clock)
    yield built
    close_deps(built)


@pytest.fixture
def sqlite_deps(sqlite_settings: ServerSettings, clock: FakeClock) -> Iterator[Deps]:
    """As ``deps``, for what does not depend on the database."""
    built = build_deps(sqlite_settings, clock=clock)
    yield built
    close_deps(built)


@pytest.fixture(scope="session")
def sqlite_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One for the whole run; each test brings a kiosk of its own and looks only at what that one sent."""
    for settings in fresh(request, tmp_path_factory.mktemp("sqlite-server"), "sqlite"):
        with running(settings.model_copy(update={"quotas": ONE_PERSON})) as one:
            yield one


@pytest.fixture(scope="session")
def postgresql_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    for settings in fresh(request, tmp_path_factory.mktemp("postgresql-server"), "postgresql"):
        with running(settings.model_copy(update={"quotas": ONE_PERSON})) as one:
            yield one


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> RunningServer:
    """Both databases, one after the other."""
    found: RunningServer = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture
def kiosk(server: RunningServer) -> TestKiosk:
    return server.kiosk()


def _seed(data: Path, database: str) -> Path:
    deps = build_deps(ServerSettings(data=data, database=database, services=CITY))
    seed(deps, CITY, trial=True)
    close_deps(deps)
    return data


def fresh(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Iterator[ServerSettings]:
    """A copy of the seeded city, on a database of this kind; for a fixture of any scope."""
    data = tmp_path / "data"
    shutil.copytree(request.getfixturevalue(f"seeded_{kind}"), data)
    database, drop = _database(request, kind)
    yield ServerSettings(data=data, database=database, services=CITY, port=0)
    drop()


def _database(request: pytest.FixtureRequest, kind: str) -> tuple[str, Callable[[], Any]]:
    if kind == "sqlite":
        return "", lambda: None
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    name = f"t{uuid.uuid4().hex}"
    cluster.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return cluster.url(name), lambda: cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def s3() -> Iterator[dict[str, object]]:
    """Settings of a SeaweedFS; each test takes a bucket of its own by ``engines.in_bucket``."""
    with engines.seaweed() as store:
        yield store


@pytest.fixture(scope="session")
def nats_url() -> Iterator[str]:
    with engines.nats() as url:
        yield url
