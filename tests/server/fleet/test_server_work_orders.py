"""Work orders: from an alarm or by hand, until somebody was there."""

import pytest
from sqlalchemy import select

from protocol.field.orders import ORDERS_MOST, SETTING, OpenOrder, read
from protocol.messages import FeedType, Visit
from server.deps import Deps
from server.fleet.components import ROLL_DAYS
from server.fleet.work_orders import TASK_CHARACTERS, OrderOutcome, OrderQuery
from server.foundation import feed
from server.foundation.actors import OPERATOR, SYSTEM
from server.operator.seeding import TRIAL_PIN
from server.storage import tables
from tests.server.conftest import FakeClock
from tests.server.fleet.test_server_fleet import beat, enrolled
from tests.server.kiosk_client import component, visit

BUDI, SRI = "petugas-1", "pengawas-1"
EMPTY = [component("printer", "UNAVAILABLE", ["MEDIA_EMPTY"], {"paper_mm": 0.0})]
#: For a missing roll an order makes itself; for this somebody makes one.
JAMMED = [component("printer", "UNAVAILABLE", ["MEDIA_JAMMED"], {"paper_mm": 60_000.0})]


def come(deps: Deps, clock: FakeClock, kiosk_id: str, staff: str = BUDI, *actions: str) -> str:
    clock.pass_time(minutes=10)
    now = clock.now().isoformat()
    said = visit(staff_id=staff, began_at=now, ended_at=now, actions=[{"kind": kind, "at": now} for kind in actions])
    deps.presence.visit(kiosk_id, Visit.model_validate(said))
    return str(said["id"])


def order(deps: Deps, *, closed: bool = False):  # type: ignore[no-untyped-def]
    (row,) = deps.work_orders.page(OrderQuery(closed=closed)).rows
    return row


def alarm_of(deps: Deps, kiosk_id: str) -> str:
    (row,) = deps.listing.alarms(standing=True, kiosk_id=kiosk_id).rows
    return str(row.id)


def test_the_visit_of_whom_it_was_given_to_closes_it_with_what_was_used(deps: Deps, clock: FakeClock) -> None:
    kiosk_id = enrolled(deps)
    assert deps.work_orders.create(OPERATOR, kiosk_id, "Ganti gulungan", BUDI) is OrderOutcome.DONE
    come(deps, clock, kiosk_id, SRI, "roll_changed")
    assert order(deps).used == {}
    there = come(deps, clock, kiosk_id, BUDI, "roll_changed", "test_slip")
    done = order(deps, closed=True)
    assert (done.visit_id, done.closed_by, done.used) == (there, f"staff:{BUDI}", {"paper_roll": 1})
    assert [one.id for one in deps.work_orders.visits(done)][-1] == there
    assert deps.work_orders.used_lately() == {"paper_roll": 2}
    assert deps.work_orders.page(OrderQuery()).total == 0


def test_one_of_an_alarm_stays_open_until_the_alarm_is_over(deps: Deps, clock: FakeClock) -> None:
    kiosk_id = enrolled(deps)
    beat(deps, kiosk_id, components=JAMMED)
    alarm_id = alarm_of(deps, kiosk_id)
    assert deps.work_orders.create(OPERATOR, kiosk_id, "Kertas macet", "", alarm_id) is OrderOutcome.DONE
    assert deps.work_orders.create(OPERATOR, kiosk_id, "Kertas macet", "", alarm_id) is OrderOutcome.EXISTS
    come(deps, clock, kiosk_id, BUDI, "roll_changed")
    still = order(deps)
    assert (still.alarm_kind, still.alarm_over, still.used) == ("DEVICE", None, {"paper_roll": 1})
    beat(deps, kiosk_id)
    come(deps, clock, kiosk_id, SRI, "roll_changed")
    assert order(deps, closed=True).used == {"paper_roll": 2}


def test_a_visit_elsewhere_or_told_twice_changes_nothing(deps: Deps, clock: FakeClock) -> None:
    here, elsewhere = enrolled(deps), enrolled(deps)
    deps.work_orders.create(OPERATOR, here, "Bersihkan layar")
    come(deps, clock, elsewhere)
    assert order(deps).kiosk_id == here
    now = clock.now().isoformat()
    said = Visit.model_validate(visit(began_at=now, ended_at=now))
    assert deps.presence.visit(here, said) and not deps.presence.visit(here, said)
    assert order(deps, closed=True).used == {"paper_roll": 1}


def test_a_visit_that_was_over_before_the_order_was_there_does_not_close_it(deps: Deps, clock: FakeClock) -> None:
    kiosk_id, before = enrolled(deps), clock.now().isoformat()
    clock.pass_time(minutes=10)
    deps.work_orders.create(OPERATOR, kiosk_id, "Bersihkan layar")
    # The kiosk had no line until now.
    assert deps.presence.visit(kiosk_id, Visit.model_validate(visit(began_at=before, ended_at=before)))
    still = order(deps)
    assert (still.used, deps.work_orders.visits(still)) == ({}, [])
    come(deps, clock, kiosk_id)
    assert order(deps, closed=True).id == still.id


def test_what_several_orders_share_is_counted_once(deps: Deps, clock: FakeClock) -> None:
    kiosk_id = enrolled(deps)
    for task in ("Ganti gulungan", "Bersihkan layar"):
        deps.work_orders.create(OPERATOR, kiosk_id, task)
    come(deps, clock, kiosk_id, BUDI, "roll_changed")
    done = deps.work_orders.page(OrderQuery(closed=True)).rows
    assert sorted(str(one.used) for one in done) == ["{'paper_roll': 1}", "{}"]
    assert sorted(one.number for one in done) == [1, 2]


def test_it_is_given_to_another_and_closed_by_hand_with_a_reason(deps: Deps) -> None:
    deps.work_orders.create(OPERATOR, enrolled(deps), "Bersihkan layar", BUDI)
    made = order(deps)
    assert deps.work_orders.assign(OPERATOR, made.id, SRI) is OrderOutcome.DONE
    assert order(deps).staff_name == "Sri Wahyuni"
    assert deps.work_orders.page(OrderQuery(staff_id=BUDI)).total == 0
    assert deps.work_orders.close(OPERATOR, made.id, " ") is OrderOutcome.BAD_TASK
    assert deps.work_orders.close(OPERATOR, made.id, "Dikerjakan vendor") is OrderOutcome.DONE
    assert deps.work_orders.close(OPERATOR, made.id, "Lagi") is OrderOutcome.CLOSED
    assert deps.work_orders.assign(OPERATOR, made.id, BUDI) is OrderOutcome.CLOSED
    with deps.engine.connect() as connection:
        log = tables.audit_log.c
        actions = connection.scalars(select(log.action).where(log.action.like("order.%")).order_by(log.seq)).all()
    assert actions == ["order.create", "order.assign", "order.close"]


@pytest.mark.parametrize(
    ("task", "staff", "outcome"),
    [
        ("x" * TASK_CHARACTERS, BUDI, OrderOutcome.DONE),
        ("x" * (TASK_CHARACTERS + 1), BUDI, OrderOutcome.BAD_TASK),
        ("  ", BUDI, OrderOutcome.BAD_TASK),
        ("Bersihkan", "nobody", OrderOutcome.NO_SUCH_PERSON),
        ("Bersihkan", "wati", OrderOutcome.NO_SUCH_PERSON),
    ],
)
def test_what_cannot_be_is_refused(sqlite_deps: Deps, task: str, staff: str, outcome: OrderOutcome) -> None:
    sqlite_deps.staff.add(OPERATOR, "wati", "Wati", TRIAL_PIN)
    sqlite_deps.staff.set_active(OPERATOR, "wati", False)
    assert sqlite_deps.work_orders.create(OPERATOR, enrolled(sqlite_deps), task, staff) is outcome


def test_a_revoked_kiosk_gets_none_and_another_kiosks_alarm_is_left_out(deps: Deps) -> None:
    kiosk_id, other = enrolled(deps), enrolled(deps)
    beat(deps, other, components=JAMMED)
    assert deps.work_orders.create(OPERATOR, kiosk_id, "Periksa", "", alarm_of(deps, other)) is OrderOutcome.DONE
    assert order(deps).alarm_id is None
    deps.enrolment.revoke(OPERATOR, kiosk_id, "moved away")
    assert deps.work_orders.create(OPERATOR, kiosk_id, "Periksa") is OrderOutcome.NO_SUCH_KIOSK


LOW = [component("printer", "READY", ["MEDIA_LOW"], {"paper_mm": 3_000.0})]
SOON = [component("printer", supplies={"paper_mm": 9_000.0, "paper_days": 2.2, "paper_days_early": ROLL_DAYS - 0.1})]
LATER = [component("printer", supplies={"paper_mm": 9_000.0, "paper_days": 3.2, "paper_days_early": ROLL_DAYS + 0.1})]


def told(deps: Deps, kiosk_id: str) -> tuple[OpenOrder, ...]:
    """The orders that the kiosk was told of last."""
    with deps.engine.connect() as connection:
        page = feed.page(connection, kiosk_id, 0)
    settings = [event.data for event in page.events if event.type is FeedType.SETTINGS]
    return read(settings[-1].get(SETTING)) if settings else ()


@pytest.mark.parametrize("components", [LOW, SOON], ids=["low", "ends soon by its own days"])
def test_a_roll_that_ends_soon_raises_an_alarm_and_orders_another(
    deps: Deps, clock: FakeClock, components: list[dict[str, object]]
) -> None:
    kiosk_id = enrolled(deps)
    beat(deps, kiosk_id, components=components)
    beat(deps, kiosk_id, components=components)
    made = order(deps)
    assert (made.kiosk_id, made.alarm_kind, made.task, made.created_by) == (kiosk_id, "PAPER_LOW", "", SYSTEM.id)
    assert [(one.number, one.alarm) for one in told(deps, kiosk_id)] == [(made.number, "PAPER_LOW")]
    beat(deps, kiosk_id)
    come(deps, clock, kiosk_id, BUDI, "roll_changed")
    assert order(deps, closed=True).used == {"paper_roll": 1}
    assert told(deps, kiosk_id) == ()


def test_a_roll_that_lasts_longer_orders_nothing(sqlite_deps: Deps) -> None:
    beat(sqlite_deps, enrolled(sqlite_deps), components=LATER)
    assert sqlite_deps.work_orders.page(OrderQuery()).total == 0


def test_when_the_roll_is_used_up_before_somebody_came_the_order_stays_the_same_and_open(
    deps: Deps, clock: FakeClock
) -> None:
    kiosk_id = enrolled(deps)
    beat(deps, kiosk_id, components=LOW)
    first = order(deps)
    beat(deps, kiosk_id, components=EMPTY)
    come(deps, clock, kiosk_id)
    still = order(deps)
    assert (still.number, still.alarm_kind) == (first.number, "WITHOUT_PAPER")
    beat(deps, kiosk_id)
    come(deps, clock, kiosk_id, BUDI, "roll_changed")
    assert order(deps, closed=True).number == first.number


def test_a_kiosk_hears_of_its_orders_and_when_they_are_done(sqlite_deps: Deps, clock: FakeClock) -> None:
    here, elsewhere = enrolled(sqlite_deps), enrolled(sqlite_deps)
    sqlite_deps.work_orders.create(OPERATOR, here, "Kaca retak")
    sqlite_deps.work_orders.assign(OPERATOR, order(sqlite_deps).id, BUDI)
    assert [(one.task, one.staff_id) for one in told(sqlite_deps, here)] == [("Kaca retak", BUDI)]
    assert told(sqlite_deps, elsewhere) == ()
    sqlite_deps.kiosk_settings.change(OPERATOR, {"volume": 0.5})
    assert [one.task for one in told(sqlite_deps, here)] == ["Kaca retak"]
    sqlite_deps.work_orders.close(OPERATOR, order(sqlite_deps).id, "Sudah diganti")
    assert told(sqlite_deps, here) == ()


def test_of_many_orders_a_kiosk_hears_of_the_oldest(sqlite_deps: Deps) -> None:
    kiosk_id = enrolled(sqlite_deps)
    for number in range(ORDERS_MOST + 1):
        sqlite_deps.work_orders.create(OPERATOR, kiosk_id, f"Tugas {number}")
    assert [one.task for one in told(sqlite_deps, kiosk_id)] == [f"Tugas {number}" for number in range(ORDERS_MOST)]


def test_an_order_that_the_visitor_left_open_stays_so(sqlite_deps: Deps, clock: FakeClock) -> None:
    kiosk_id = enrolled(sqlite_deps)
    sqlite_deps.work_orders.create(OPERATOR, kiosk_id, "Kaca retak")
    sqlite_deps.work_orders.create(OPERATOR, kiosk_id, "Bersihkan layar")
    first, second = sorted(row.number for row in sqlite_deps.work_orders.page(OrderQuery()).rows)
    clock.pass_time(minutes=10)
    now = clock.now().isoformat()
    acts = [("order_open", str(first)), ("order_done", str(second)), ("used", "cloth 2"), ("used", "gold 7")]
    actions = [{"kind": kind, "at": now, "detail": detail} for kind, detail in acts]
    said = visit(staff_id=BUDI, began_at=now, ended_at=now, actions=actions)
    sqlite_deps.presence.visit(kiosk_id, Visit.model_validate(said))
    assert order(sqlite_deps).number == first
    assert order(sqlite_deps, closed=True).number == second
    assert sqlite_deps.work_orders.used_lately() == {"cloth": 2}
