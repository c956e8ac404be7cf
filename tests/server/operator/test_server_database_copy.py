"""From one box to PostgreSQL and back: every row as it was. That kiosks go on: test_server_grow_page.py."""

import itertools
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import JSON, Engine, Text, cast, insert, select, text
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from server.__main__ import cli
from server.foundation.actors import SYSTEM
from server.foundation.clock import SystemClock
from server.operator.database_copy import CopyRefused, copy_database
from server.settings import ServerSettings
from server.storage import open_storage, tables
from tests.server.postgres import Cluster
from tests.server.running import running


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[str]:
    """The URL of an empty PostgreSQL."""
    name = f"t{uuid.uuid4().hex}"
    cluster.execute(f"CREATE DATABASE {name}")
    yield cluster.url(name)
    cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


def rows(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the city, JSON as its text, but for what the copying itself wrote into the log."""
    found = {}
    with engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            if table.name in ("servers", "chores", "shared_files", "audit_tree"):
                continue
            columns = [cast(one, Text) if isinstance(one.type, JSON) else one for one in table.columns]
            query = select(*columns)
            if table is tables.audit_log:
                query = query.where(tables.audit_log.c.action != "storage.copy")
            found[table.name] = sorted(map(tuple, connection.execute(query)), key=repr)
    return found


def test_a_city_moves_to_postgresql_and_back_with_every_row(sqlite_settings: ServerSettings, empty: str) -> None:
    with running(sqlite_settings) as server:
        kiosk = server.kiosk()
        envelopes = [kiosk.envelope(server.service()) for _ in range(3)]
        assert kiosk.statuses(*envelopes) == ["stored"] * 3
        with server.deps.units.begin(SYSTEM) as work:
            attempts = [{"address": "10.0.0.7", "at": work.now}] * 3
            work.connection.execute(insert(tables.enrolment_attempts), attempts)
    back = sqlite_settings.data / "back.db"
    urls = [sqlite_settings.database_url, empty, f"sqlite:///{back}"]
    for source, target in itertools.pairwise(urls):
        done = CliRunner().invoke(cli, ["copy-database", source, target])
        assert done.exit_code == 0, done.output
        assert "submissions: 3" in done.output
    seen = []
    for url in urls:
        engine = open_storage(url)
        seen.append(rows(engine))
        engine.dispose()
    assert len(seen[0]["submissions"]) == 3
    assert seen[0] == seen[1] == seen[2]
    engine = open_storage(empty)
    with engine.connect() as connection:
        # Numbers that the database gives go on after those that were copied.
        given = text("SELECT nextval(pg_get_serial_sequence('enrolment_attempts', 'id'))")
        assert connection.execute(given).scalar_one() == 4
    engine.dispose()


def test_nothing_is_copied_over_what_is_there(postgresql_settings: ServerSettings) -> None:
    here = postgresql_settings.data / "server.db"
    engines = [open_storage(f"sqlite:///{here}"), open_storage(postgresql_settings.database_url)]
    before = rows(engines[1])
    with pytest.raises(CopyRefused, match="not empty"):
        copy_database(engines[0], engines[1], SystemClock())
    assert rows(engines[1]) == before
    for engine in engines:
        engine.dispose()


def test_what_fails_in_the_middle_leaves_an_empty_database(
    sqlite_settings: ServerSettings, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = [open_storage(sqlite_settings.database_url), open_storage(empty)]
    monkeypatch.setattr("server.operator.database_copy.contents", lambda connection: connection.dialect.name)
    with pytest.raises(CopyRefused, match="not what was there"):
        copy_database(engines[0], engines[1], SystemClock())
    assert not any(rows(engines[1])[name] for name in ("agencies", "officers", "audit_log"))
    assert make_url(empty).database
    for engine in engines:
        engine.dispose()
