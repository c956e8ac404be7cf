"""Small anonymous messages on their way up: kept over restarts and days without a line, gone once the server has them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import delete, func, select

from kiosk.store.database import Database, Use
from kiosk.store.schema import reports

#: More of one kind are not kept: a kiosk without a line for months must not fill its disk with opinions.
REPORTS_MOST: Final = 5_000


class ReportKind(StrEnum):
    RATING = "RATING"
    HELP_CALL = "HELP_CALL"
    #: Lines of the program's log that the office asked for.
    LOG = "LOG"
    #: A signed readiness report.
    READINESS = "READINESS"
    #: Of the kiosk, taken by field staff for the office.
    VISIT_PHOTO = "VISIT_PHOTO"


#: Somebody waits for help; a rating can be left out.
_USES: Final = {
    ReportKind.RATING: Use.NEW,
    ReportKind.HELP_CALL: Use.BEGUN,
    ReportKind.LOG: Use.NEW,
    ReportKind.READINESS: Use.NEW,
    ReportKind.VISIT_PHOTO: Use.NEW,
}
#: One with its place in the indexes, rounded up.
REPORT_BYTES: Final = 16_384


@dataclass(frozen=True, slots=True)
class Report:
    id: str
    body: dict[str, Any]


class Reports:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: ReportKind, report: Report, size: int = REPORT_BYTES) -> bool:
        """False when REPORTS_MOST of the kind wait already, or the disk has no room for it."""
        if not self._database.admits(_USES[kind], max(size, REPORT_BYTES)):
            return False
        with self._database.transaction() as connection:
            waiting = connection.execute(select(func.count()).where(reports.c.kind == kind.value)).scalar_one()
            if waiting >= REPORTS_MOST:
                return False
            connection.execute(reports.insert().values(id=report.id, kind=kind.value, body=report.body))
        return True

    def waiting(self, kind: ReportKind, limit: int) -> tuple[Report, ...]:
        """In the order of their random ids, which says nothing about who came when."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                select(reports.c.id, reports.c.body)
                .where(reports.c.kind == kind.value)
                .order_by(reports.c.id)
                .limit(limit)
            ).all()
        return tuple(Report(row.id, row.body) for row in rows)

    def has(self, report_id: str) -> bool:
        """Whether it still waits."""
        with self._database.transaction() as connection:
            return connection.execute(select(reports.c.id).where(reports.c.id == report_id)).first() is not None

    def reported(self, ids: Iterable[str]) -> None:
        """The server holds them, or will never take them."""
        with self._database.transaction() as connection:
            connection.execute(delete(reports).where(reports.c.id.in_(tuple(ids))))
