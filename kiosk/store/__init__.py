"""What a kiosk keeps: one SQLite database, and a small repository for each subject.

Every method is a transaction of its own, and joins the one it is called in: ``with store.transaction(): …``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from kiosk.store import schema
from kiosk.store.database import (
    Database,
    Opening,
    OpeningReport,
    StorageFailed,
    StorageProblem,
    StoreInUse,
    Use,
)
from kiosk.store.documents import Documents
from kiosk.store.journal import (
    Commands,
    ComponentHistory,
    Roster,
    StoredNotices,
    SupplyLevels,
    UsageCounts,
    Visits,
)
from kiosk.store.migrations import StoreTooNew
from kiosk.store.open_items import OpenItems
from kiosk.store.outbox import Outbox
from kiosk.store.packs import Packs
from kiosk.store.paper_use import PaperUse
from kiosk.store.receipts import Receipts
from kiosk.store.reports import Reports
from kiosk.store.values import Values

__all__ = [
    "Opening",
    "OpeningReport",
    "StorageFailed",
    "StorageProblem",
    "Store",
    "StoreInUse",
    "StoreTooNew",
    "Use",
]


class Store:
    """All repositories on the one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.marks = Values(database, schema.marks)
        self.settings = Values(database, schema.settings)
        self.outbox = Outbox(database)
        self.open_items = OpenItems(database)
        self.receipts = Receipts(database)
        self.packs = Packs(database)
        self.supplies = SupplyLevels(database)
        self.paper_use = PaperUse(database)
        self.visits = Visits(database)
        self.history = ComponentHistory(database)
        self.roster = Roster(database)
        self.commands = Commands(database)
        self.notices = StoredNotices(database)
        self.usage = UsageCounts(database)
        self.reports = Reports(database)
        self.documents = Documents(database)

    @classmethod
    def open(cls, folder: Path, now: datetime) -> "Store":
        """Open or make the database in ``folder``; see Database.open for what it raises."""
        return cls(Database.open(folder, now))

    @classmethod
    def in_memory(cls) -> "Store":
        """For a kiosk whose disk cannot be used: nothing is kept."""
        return cls(Database.in_memory())

    @property
    def opening(self) -> OpeningReport:
        return self._database.opening

    @property
    def path(self) -> Path:
        return self._database.path

    def keep_to(self, admits: Callable[[Use, int], bool]) -> None:
        """From now on everything that grows asks ``admits`` for room first; what gets none raises StorageFailed (FULL)."""
        self._database.keep_to(admits)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing of what is done inside. Raises StorageFailed."""
        with self._database.transaction() as connection:
            yield connection

    def give_back_space(self) -> None:
        self._database.give_back_space()

    def close(self) -> None:
        self._database.close()
