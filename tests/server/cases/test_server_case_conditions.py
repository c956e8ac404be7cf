"""What Python says of a case, the database says of the table: over all states × times × holders, on both databases."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection, select

from protocol.messages import CasePublicState as State
from server.cases import rules
from server.cases.escalation import AT_ONCE
from server.cases.rules import Condition, Either
from server.deps import Deps
from server.foundation.actors import Actor, Role
from server.open_city.overview import standing_by_agency
from server.storage import tables
from server.web.office import inbox_queries
from server.web.office.filters import Filters
from tests.server.case_kit import Office, enrolled_kiosk
from tests.server.conftest import FakeClock


@pytest.fixture
def office(deps: Deps) -> Office:
    return Office(deps, enrolled_kiosk(deps))


@pytest.fixture
def officer(office: Office) -> Actor:
    return office.officer("kelurahan")


@pytest.fixture
def rows(office: Office, officer: Actor, clock: FakeClock) -> list[Any]:
    now, someone = clock.now(), officer.id
    dues = [None, now - timedelta(milliseconds=1), now, now + timedelta(milliseconds=1)]
    stage_dues = [(now, None), (dues[1], None), (dues[1], now)]
    combined = list(product(State, dues, [None, someone], [None, now], stage_dues))
    who = [("officers", None), ("supervisors", None), ("officers", someone)]
    kept = tables.cases.c
    code = office.case()
    with office.deps.engine.begin() as connection:
        model = connection.execute(select(tables.cases).where(kept.tracking_code == code)).one()._asdict()
        connection.execute(
            tables.cases.insert(),
            [
                {
                    **model,
                    "tracking_code": f"{number:012}",
                    "state": state.value,
                    "due_at": due,
                    "officer_id": officer,
                    "escalated_at": escalated,
                    "stage_due_at": stage[0],
                    "stage_escalated_at": stage[1],
                    "stage_by": who[number % 3][0],
                    "barred": who[number % 3][1],
                    "contest": "objection" if number % 5 == 0 else "",
                    "decided_by": someone if number % 2 == 0 else None,
                    "area_id": (None, "here", "b")[number % 3],
                }
                for number, (state, due, officer, escalated, stage) in enumerate(combined)
            ],
        )
        return list(connection.execute(select(tables.cases)).all())


@pytest.fixture
def connection(office: Office, rows: list[Any]) -> Iterator[Connection]:
    """After the rows were written: SQLite gives one connection at a time."""
    with office.deps.engine.connect() as connection:
        yield connection


def test_a_condition_says_the_same_of_a_row_and_of_the_table(
    officer: Actor, rows: list[Any], connection: Connection, clock: FakeClock
) -> None:
    for name, condition in conditions(clock.now(), officer.id).items():
        said = {row.tracking_code for row in rows if condition.holds(row)}
        found = set(connection.execute(select(tables.cases.c.tracking_code).where(condition.where())).scalars())
        assert found == said, name
        assert found, f"nothing to tell {name} by"


def test_the_inbox_lists_and_counts_by_the_same_conditions(
    officer: Actor, rows: list[Any], connection: Connection, clock: FakeClock
) -> None:
    now = clock.now()
    counted = inbox_queries.counts(connection, officer, now, Filters())
    late = sum(rules.late(now).holds(row) for row in rows)
    paused = sum(row.state in rules.PAUSED for row in rows)
    open_ = sum(row.state in rules.OPEN for row in rows)
    assert (counted["late"], counted["waiting"], counted["open"]) == (late, paused, open_)
    assert counted["open"] + counted["done"] == len(rows)


def test_the_wall_counts_as_the_inbox_does(
    officer: Actor, rows: list[Any], connection: Connection, clock: FakeClock
) -> None:
    now = clock.now()
    inbox = inbox_queries.counts(connection, officer, now, Filters())
    wall = next(one for one in standing_by_agency(connection, now) if one.agency_id == officer.agency_id)
    assert (wall.running, wall.late, wall.escalated) == (inbox["open"], inbox["late"], inbox["escalated"])


def test_what_the_escalation_raises_is_late_and_was_not_raised(
    office: Office, rows: list[Any], clock: FakeClock
) -> None:
    now = clock.now()
    meant = sum(
        (rules.late(now).holds(row) and row.escalated_at is None)
        or (rules.stage_late(now).holds(row) and row.stage_escalated_at is None)
        for row in rows
    )
    assert AT_ONCE > meant == office.deps.escalation.escalate_late() > 0


def test_the_scope_of_an_actor_is_the_same_both_ways(rows: list[Any], connection: Connection) -> None:
    for role, agency, areas in product([*Role, None], ["kelurahan", "kominfo", None], [(), ("here",), ("a", "b")]):
        actor = Actor("somebody", role, agency, frozenset(areas))
        said = {row.tracking_code for row in rows if rules.in_scope(actor, row)}
        found = connection.execute(select(tables.cases.c.tracking_code).where(rules.scope(actor))).scalars()
        assert set(found) == said


def conditions(now: datetime, officer: str) -> dict[str, Condition | Either]:
    return {
        "open": Condition(rules.OPEN),
        "closed": Condition(rules.CLOSED),
        "mine": Condition(rules.OPEN, officer_id=officer),
        "taken": Condition(rules.UNDECIDED, taken=True),
        "untaken": rules.TAKEABLE,
        "takeable": rules.takeable(Actor(officer, Role.OFFICER, "kelurahan")),
        "takeable by a supervisor": rules.takeable(Actor(officer, Role.SUPERVISOR, "kelurahan")),
        "late at its stage": rules.stage_late(now),
        "waiting": rules.WAITING,
        "late": rules.late(now),
        "escalated": rules.escalated(now),
        "to escalate": rules.to_escalate(now),
    }
