"""The kiosk's disk as a part that can be made to fail: SQLite itself refuses what is asked of it."""

import sqlite3
from typing import Any

from kiosk.store import Store

_WRITING = (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE)


class FaultyStorage:
    """Of an open store. While it fails, every transaction of it does, reading ones too; or those that read one table,
    or those that write."""

    def __init__(self, store: Store) -> None:
        with store.transaction() as connection:
            self._driver: Any = connection.connection.driver_connection

    def fail(self, table: str = "") -> None:
        def refuse(action: int, first: str | None, *_: Any) -> int:
            asked = not table or (action == sqlite3.SQLITE_READ and first == table)
            return sqlite3.SQLITE_DENY if asked else sqlite3.SQLITE_OK

        self._driver.set_authorizer(refuse)

    def fail_writing(self) -> None:
        def refuse(action: int, *_: Any) -> int:
            return sqlite3.SQLITE_DENY if action in _WRITING else sqlite3.SQLITE_OK

        self._driver.set_authorizer(refuse)

    def work(self) -> None:
        self._driver.set_authorizer(None)
