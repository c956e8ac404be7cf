"""What a citizen is told of a complaint beside what everybody is told: who has it, until when, and when silence closes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from server.cases.complaint_clock import LaporClock, clocks_of, running
from server.storage import tables


@dataclass(frozen=True)
class ComplaintFacts:
    """Names by language."""

    #: The service standard's promise; None where no answer is due.
    promised: datetime | None = None
    closes: datetime | None = None
    #: The agency that it was forwarded to last; None: the service's own has it.
    agency_name: dict[str, str] | None = None
    #: By the number of the step: the agency that it was forwarded to.
    forwards: Mapping[int, dict[str, str]] = field(default_factory=dict)


#: Of a case that is none.
NONE = ComplaintFacts()


def facts_of(connection: Connection, code: str) -> ComplaintFacts:
    clocks = clocks_of(connection, code)
    promise, closing = running(clocks, LaporClock.ANSWER), running(clocks, LaporClock.CLOSE)
    forwards = forwards_of(connection, code)
    return ComplaintFacts(
        promised=promise.due_at if promise else None,
        closes=closing.due_at if closing else None,
        agency_name=forwards[max(forwards)] if forwards else None,
        forwards=forwards,
    )


def forwards_of(connection: Connection, code: str) -> dict[int, dict[str, str]]:
    """By the number of the step: the name of the agency that the complaint was forwarded to."""
    forward, agency = tables.complaint_forwards, tables.agencies
    rows = connection.execute(
        select(forward.c.n, agency.c.name)
        .join(agency, agency.c.id == forward.c.to_agency_id)
        .where(forward.c.tracking_code == code)
    )
    return {row.n: row.name for row in rows}
