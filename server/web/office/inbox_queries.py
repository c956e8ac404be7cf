"""The inbox's lists, a page at a time, and how many cases each holds.

Whatever an agency has lying there, a page reads some fifty entries of an index for each of its states and merges them, and a
count ends at COUNTED (decision 165). Contents stay closed: a row needs its headline only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.types import String

from server.cases import rules
from server.cases.rules import Condition, Either, scope
from server.foundation.actors import DECIDING, Actor
from server.storage import tables
from server.storage.types import UtcDateTime
from server.web.office.filters import SHOWS, Filters

INBOX_PAGE: Final = 50
#: Counts go no further: "1,000+".
COUNTED: Final = 1000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
#: By what each list is ordered, and whether the newest comes first; others by what is due first.
_ORDERS: Final = {"open": ("opened_at", True), "new": ("opened_at", True), "done": ("closed_at", True)}
_BY_DUE: Final = ("due_at", False)
#: Everything of a case that is not what somebody told us; and its headline.
LIGHT: Final[tuple[Column[Any], ...]] = tuple(
    column for column in tables.cases.c if column.comment != "personal" or column.name == "headline"
)


@dataclass(frozen=True)
class Place:
    """Where in a list's order a case stands."""

    moment: datetime
    code: str

    def __str__(self) -> str:
        return f"{(self.moment - _EPOCH) // _MICROSECOND}.{self.code}"


@dataclass(frozen=True)
class InboxPage:
    rows: Sequence[Row[Any]]
    #: Where the next page begins; None at the end.
    after: Place | None


def place(text: str) -> Place | None:
    """What ``str`` of a place gave; None for anything else."""
    moment, _, code = text[:60].partition(".")
    if not moment.isascii() or not moment.isdigit() or len(moment) > 17 or not code.isalnum():
        return None
    return Place(_EPOCH + int(moment) * _MICROSECOND, code)


def place_of(show: str, case: Row[Any]) -> Place | None:
    """Where ``case`` stands, or stood, in the order of a list; None where it cannot be in it."""
    moment = getattr(case, _ORDERS.get(show, _BY_DUE)[0])
    return None if moment is None else Place(moment, case.tracking_code)


def page(
    connection: Connection, actor: Actor, filters: Filters, now: datetime, after: Place | None = None
) -> InboxPage:
    """A page of the agency's cases: what just happened first, or what is due first."""
    codes = _codes(connection, actor, filters, now, after, INBOX_PAGE + 1)
    rows = light_rows(connection, codes[:INBOX_PAGE])
    more = len(codes) > INBOX_PAGE and rows
    return InboxPage(rows, place_of(filters.show, rows[-1]) if more else None)


def next_code(connection: Connection, actor: Actor, filters: Filters, now: datetime, case: Row[Any]) -> str | None:
    """The case that follows ``case`` in a list, also when it has just left it; the list's first one at its end."""
    start = place_of(filters.show, case)
    found = _codes(connection, actor, filters, now, start, 1) or _codes(connection, actor, filters, now, None, 1)
    return next((code for code in found if code != case.tracking_code), None)


def light_rows(connection: Connection, codes: Sequence[str]) -> list[Row[*tuple[Any, ...]]]:
    """Rows of cases without their content, with ``officer_name``; in the order of ``codes``."""
    rows = connection.execute(
        select(*LIGHT, tables.officers.c.name.label("officer_name"))
        .select_from(tables.cases.outerjoin(tables.officers, tables.officers.c.id == tables.cases.c.officer_id))
        .where(tables.cases.c.tracking_code.in_(codes))
    ).all()
    by_code = {row.tracking_code: row for row in rows}
    return [by_code[code] for code in codes if code in by_code]


def counts(connection: Connection, actor: Actor, now: datetime, filters: Filters) -> dict[str, int]:
    """How many cases each list holds, COUNTED + 1 for more than that."""
    columns = []
    for show in SHOWS:
        parts = [
            select(select(tables.cases.c.state).where(*where).limit(COUNTED + 1).subquery())
            for where in _branches(actor, filters.at(show), now)
        ]
        # One after the other, so that nothing more is read once there are enough.
        entries = union_all(*parts).subquery()
        counted = select(func.count()).select_from(select(entries).limit(COUNTED + 1).subquery())
        columns.append(counted.scalar_subquery().label(show))
    row = connection.execute(select(*columns)).one()
    return {show: getattr(row, show) for show in SHOWS}


def service_choices(connection: Connection, agency_id: str) -> Sequence[Row[Any, Any]]:
    """Of every service that the agency has ever published, the newest version: service_id, pack_number."""
    published = tables.service_versions.c
    return connection.execute(
        select(published.service_id, func.max(published.pack_number).label("pack_number"))
        .where(published.document["agency"]["id"].as_string() == agency_id)
        .group_by(published.service_id)
        .order_by(func.max(published.pack_number).desc(), published.service_id)
    ).all()


def area_choices(connection: Connection, actor: Actor) -> Sequence[Row[Any, Any]]:
    """Areas of which the actor sees cases: id, name."""
    areas = tables.areas.c
    limited = areas.id.in_(sorted(actor.areas)) if actor.areas else true()
    return connection.execute(select(areas.id, areas.name).where(limited).order_by(areas.name)).all()


def deciders(connection: Connection, agency_id: str | None) -> Sequence[Row[Any, Any]]:
    """Who decides cases of the agency, by name; whether one may have a certain case is asked when it is handed over."""
    officers = tables.officers.c
    roles = sorted(role.value for role in DECIDING)
    return connection.execute(
        select(officers.id, officers.name)
        .where(officers.agency_id == agency_id, officers.active, officers.role.in_(roles))
        .order_by(officers.name)
    ).all()


def _codes(
    connection: Connection, actor: Actor, filters: Filters, now: datetime, after: Place | None, most: int
) -> list[str]:
    name, newest_first = _ORDERS.get(filters.show, _BY_DUE)
    column, code = tables.cases.c[name], tables.cases.c.tracking_code
    order = (column.desc(), code.desc()) if newest_first else (column, code)
    parts = []
    for where in _branches(actor, filters, now):
        query: Select[Any] = select(column.label("at"), code.label("code")).where(*where)
        if after is not None:
            here, there = tuple_(column, code), tuple_(literal(after.moment, UtcDateTime), literal(after.code, String))
            query = query.where(here < there if newest_first else here > there)
        parts.append(select(query.order_by(*order).limit(most).subquery()))
    found = union_all(*parts).subquery()
    merged = (found.c.at.desc(), found.c.code.desc()) if newest_first else (found.c.at, found.c.code)
    return list(connection.execute(select(found.c.code).order_by(*merged).limit(most)).scalars())


def _branches(actor: Actor, filters: Filters, now: datetime) -> list[tuple[ColumnElement[bool], ...]]:
    """The list's condition for each of its states: one index entry after the other is of it, and in order."""
    cases = tables.cases.c
    narrowed = [scope(actor)]
    if filters.service:
        narrowed.append(cases.service_id == filters.service)
    if filters.area:
        narrowed.append(cases.area_id == filters.area)
    if filters.stage:
        narrowed.append(cases.stage == filters.stage)
    found: list[tuple[ColumnElement[bool], ...]] = []
    before: list[ColumnElement[bool]] = [false()]
    for condition in _parts(_condition(filters.show, actor, now)):
        # What an earlier condition holds of is listed by that one.
        apart = not_(or_(*before))
        for state in sorted(condition.states):
            of_state = replace(condition, states=frozenset({state})).where()
            found.append((cases.state == state.value, of_state, *([apart] if len(before) > 1 else []), *narrowed))
        before.append(func.coalesce(condition.where(), false()))
    return found


def _parts(condition: Condition | Either) -> tuple[Condition, ...]:
    return condition.conditions if isinstance(condition, Either) else (condition,)


def _condition(show: str, actor: Actor, now: datetime) -> Condition | Either:
    conditions: dict[str, Condition | Either] = {
        "open": Condition(rules.OPEN),
        "mine": Condition(rules.OPEN, officer_id=actor.id),
        "new": rules.takeable(actor),
        "waiting": rules.WAITING,
        "late": rules.late(now),
        "escalated": rules.escalated(now),
        "done": Condition(rules.CLOSED),
    }
    return conditions[show]
