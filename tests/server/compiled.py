"""Statements that were made once are not made again by the next test's server.

An engine keeps what it compiled for its own dialect. Tests open hundreds of engines on databases that are all alike; so they
share what was compiled, and the dialects of one kind count as equal.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from server.storage import engine as storage

#: More than the statements of the whole server.
KEPT: Final = 20_000


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    shared: LRUCache[Any, Any] = LRUCache(KEPT)
    create = storage.create_engine

    def sharing(*arguments: Any, **options: Any) -> Engine:
        made = create(*arguments, **options)
        made._compiled_cache = shared
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage, "create_engine", sharing)
        for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
            patch.setattr(dialect, "__eq__", lambda one, other: type(one) is type(other))
            patch.setattr(dialect, "__hash__", lambda one: hash(type(one)))
        yield
