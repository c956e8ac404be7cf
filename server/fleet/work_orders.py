"""Work orders: what field staff are asked to do at a kiosk, from an alarm or by hand, until a visit there has done it.

A visit closes the orders of its kiosk that are the visitor's or nobody's and were there before it ended (a kiosk without a
line tells of a visit days later), but for those of which whoever was there says that they are not done. One that came of an alarm waits until that is over: whoever came and could not mend it leaves
it open, with the visit and what was used beside it.
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select, update

from protocol.field import visits
from protocol.field.orders import TASK_CHARACTERS as TASK_CHARACTERS
from protocol.messages import FeedType, Visit
from server.fleet.kiosk_settings import feed_values
from server.foundation import bus
from server.foundation.actors import Actor
from server.storage import tables
from server.storage.transactions import take_turns
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

PAGE_ORDERS: Final = 50
#: What an action of a visit takes from the store.
SUPPLIES: Final[Mapping[str, str]] = {"roll_changed": "paper_roll"}
#: Of what was used lately.
LATELY: Final = timedelta(days=30)


class OrderOutcome(StrEnum):
    DONE = "DONE"
    NO_SUCH_ORDER = "NO_SUCH_ORDER"
    NO_SUCH_KIOSK = "NO_SUCH_KIOSK"
    NO_SUCH_PERSON = "NO_SUCH_PERSON"
    #: Empty, or longer than TASK_CHARACTERS.
    BAD_TASK = "BAD_TASK"
    #: The alarm has an order that is open.
    EXISTS = "EXISTS"
    #: It was closed before.
    CLOSED = "CLOSED"


@dataclass(frozen=True)
class OrderQuery:
    closed: bool = False
    staff_id: str = ""
    kiosk_id: str = ""
    page: int = 1


@dataclass(frozen=True)
class OrderPage:
    """``rows`` of ``work_orders`` with ``kiosk_name``, ``kiosk_place``, ``staff_name``, ``alarm_kind`` and ``alarm_over``."""

    rows: Sequence[Row[Any]]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_ORDERS))


class WorkOrders:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def create(
        self, actor: Actor, kiosk_id: str, task: str, staff_id: str = "", alarm_id: str | None = None
    ) -> OrderOutcome:
        """``alarm_id``: of that kiosk, else it is left out."""
        task = task.strip()
        if not 0 < len(task) <= TASK_CHARACTERS:
            return OrderOutcome.BAD_TASK
        with self._units.begin(actor) as work:
            connection = work.connection
            if not _hold_kiosk(connection, kiosk_id):
                return OrderOutcome.NO_SUCH_KIOSK
            if staff_id and not _is_staff(connection, staff_id):
                return OrderOutcome.NO_SUCH_PERSON
            if alarm_id is not None and not _is_alarm_of(connection, alarm_id, kiosk_id):
                alarm_id = None
            if alarm_id is not None and _open_of(connection, alarm_id):
                return OrderOutcome.EXISTS
            write(work, kiosk_id, task, staff_id, alarm_id, actor)
            tell(work, kiosk_id)
        return OrderOutcome.DONE

    def assign(self, actor: Actor, order_id: str, staff_id: str) -> OrderOutcome:
        """To a person, or with "" to whoever comes by."""
        with self._units.begin(actor) as work:
            if staff_id and not _is_staff(work.connection, staff_id):
                return OrderOutcome.NO_SUCH_PERSON
            return _change(work, order_id, "order.assign", {"staff_id": staff_id})

    def close(self, actor: Actor, order_id: str, note: str) -> OrderOutcome:
        """By hand, with what became of it: done in another way, or not needed."""
        note = note.strip()
        if not 0 < len(note) <= TASK_CHARACTERS:
            return OrderOutcome.BAD_TASK
        with self._units.begin(actor) as work:
            values = {"closed_at": work.now, "closed_by": actor.id, "note": note}
            return _change(work, order_id, "order.close", values)

    def page(self, query: OrderQuery) -> OrderPage:
        order, conditions = tables.work_orders.c, _conditions(query)
        newest = order.closed_at.desc() if query.closed else order.created_at
        with self._units.engine.connect() as connection:
            count = select(func.count()).select_from(tables.work_orders).where(*conditions)
            total = connection.execute(count).scalar_one()
            page = min(max(1, query.page), max(1, -(-total // PAGE_ORDERS)))
            rows = connection.execute(
                _shown()
                .where(*conditions)
                .order_by(newest, order.number)
                .offset((page - 1) * PAGE_ORDERS)
                .limit(PAGE_ORDERS)
            ).all()
        return OrderPage(rows, total, page)

    def order(self, order_id: str) -> Row[Any] | None:
        with self._units.engine.connect() as connection:
            return connection.execute(_shown().where(tables.work_orders.c.id == order_id)).first()

    def visits(self, order: Row[Any]) -> Sequence[Row[Any]]:
        """Rows of ``visits`` with ``staff_name`` that were at the order's kiosk while it was open, the oldest first."""
        visit = tables.visits.c
        until = () if order.closed_at is None else (visit.received_at <= order.closed_at,)
        with self._units.engine.connect() as connection:
            return connection.execute(
                select(tables.visits, tables.staff.c.name.label("staff_name"))
                .outerjoin(tables.staff, tables.staff.c.id == visit.staff_id)
                .where(visit.kiosk_id == order.kiosk_id, visit.ended_at >= order.created_at, *until)
                .order_by(visit.received_at)
                .limit(PAGE_ORDERS)
            ).all()

    def used_lately(self) -> dict[str, int]:
        """Supplies that visits took within LATELY, by name."""
        since = self._units.clock.now() - LATELY
        with self._units.engine.connect() as connection:
            found = connection.scalars(select(tables.visits.c.actions).where(tables.visits.c.received_at >= since))
            return dict(sum((_used(actions) for actions in found), Counter()))


def write(work: UnitOfWork, kiosk_id: str, task: str, staff_id: str, alarm_id: str | None, by: Actor) -> None:
    """A new order, in a transaction that holds the kiosk's row; ``task`` "" says what its alarm says."""
    orders = tables.work_orders
    take_turns(work.connection, "work orders")
    number = work.connection.execute(select(func.coalesce(func.max(orders.c.number), 0) + 1)).scalar_one()
    work.connection.execute(
        insert(orders).values(
            id=str(uuid.uuid4()),
            number=number,
            kiosk_id=kiosk_id,
            alarm_id=alarm_id,
            task=task,
            staff_id=staff_id,
            created_by=by.id,
            created_at=work.now,
            used={},
        )
    )
    _noted(work, "order.create", number, kiosk_id)


def tell(work: UnitOfWork, kiosk_id: str) -> None:
    """The kiosk shows its open orders to whoever comes."""
    work.to_kiosk(kiosk_id, FeedType.SETTINGS, feed_values(work.connection, kiosk_id))


def visited(work: UnitOfWork, kiosk_id: str, visit: Visit) -> None:
    """In the transaction that keeps a visit: which orders it closes, and what it used for those that it does not."""
    orders, alarms = tables.work_orders, tables.alarms.c
    _hold_kiosk(work.connection, kiosk_id)
    used = _used([one.model_dump() for one in visit.actions])
    not_done = {one.detail for one in visit.actions if one.kind == visits.ORDER_OPEN}
    found = work.connection.execute(
        select(orders, alarms.cleared_at, alarms.id.label("alarm"))
        .outerjoin(tables.alarms, alarms.id == orders.c.alarm_id)
        .where(orders.c.kiosk_id == kiosk_id, orders.c.closed_at.is_(None), orders.c.created_at <= visit.ended_at)
        .order_by(orders.c.number)
    ).all()
    for order in found:
        over = order.alarm is not None and order.cleared_at is not None
        if order.staff_id not in ("", visit.staff_id) and not over:
            continue
        values: dict[str, Any] = {"used": dict(Counter(order.used) + used)}
        if over or (order.alarm is None and str(order.number) not in not_done):
            values |= {"closed_at": work.now, "closed_by": work.actor.id, "visit_id": visit.id}
            _noted(work, "order.visited", order.number, kiosk_id)
        work.connection.execute(update(orders).where(orders.c.id == order.id).values(**values))
        # What was used counts for the first of several orders only.
        used = Counter()
    if found:
        tell(work, kiosk_id)


def _used(actions: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """Of a visit's actions: what some take by themselves, and what was counted by whoever was there."""
    counted = Counter(SUPPLIES[one["kind"]] for one in actions if one["kind"] in SUPPLIES)
    for one in actions:
        said = visits.used(str(one.get("detail", ""))) if one["kind"] == visits.USED else None
        if said is not None:
            counted[said[0]] += said[1]
    return counted


def _shown() -> Select[Any]:
    order, kiosk, alarm = tables.work_orders.c, tables.kiosks.c, tables.alarms.c
    return (
        select(
            tables.work_orders,
            kiosk.name.label("kiosk_name"),
            kiosk.place.label("kiosk_place"),
            tables.staff.c.name.label("staff_name"),
            alarm.kind.label("alarm_kind"),
            alarm.cleared_at.label("alarm_over"),
        )
        .join(tables.kiosks, kiosk.id == order.kiosk_id)
        .outerjoin(tables.staff, tables.staff.c.id == order.staff_id)
        .outerjoin(tables.alarms, alarm.id == order.alarm_id)
    )


def _conditions(query: OrderQuery) -> list[ColumnElement[bool]]:
    order = tables.work_orders.c
    found: list[ColumnElement[bool]] = [order.closed_at.is_not(None) if query.closed else order.closed_at.is_(None)]
    if query.staff_id:
        found.append(order.staff_id == query.staff_id)
    if query.kiosk_id:
        found.append(order.kiosk_id == query.kiosk_id)
    return found


def _change(work: UnitOfWork, order_id: str, action: str, values: Mapping[str, Any]) -> OrderOutcome:
    orders = tables.work_orders
    known = work.connection.execute(select(orders.c.number, orders.c.kiosk_id).where(orders.c.id == order_id)).first()
    if known is None:
        return OrderOutcome.NO_SUCH_ORDER
    _hold_kiosk(work.connection, known.kiosk_id)
    closed_at = select(orders.c.closed_at).where(orders.c.id == order_id).with_for_update()
    if work.connection.execute(closed_at).scalar_one() is not None:
        return OrderOutcome.CLOSED
    work.connection.execute(update(orders).where(orders.c.id == order_id).values(**values))
    _noted(work, action, known.number, known.kiosk_id)
    tell(work, known.kiosk_id)
    return OrderOutcome.DONE


def _noted(work: UnitOfWork, action: str, number: int, kiosk_id: str) -> None:
    work.audit(action, f"kiosk:{kiosk_id}", {"order": number})
    work.hint(bus.FLEET, kiosk_id)


def _hold_kiosk(connection: Connection, kiosk_id: str) -> bool:
    """Whether it is in the fleet. Its row comes before those of its orders, as where alarms make orders: whoever takes
    them the other way round waits for somebody who waits for them."""
    kiosk = tables.kiosks.c
    held = connection.execute(
        select(kiosk.approved_at, kiosk.revoked_at).where(kiosk.id == kiosk_id).with_for_update()
    ).first()
    return held is not None and held.approved_at is not None and held.revoked_at is None


def _is_staff(connection: Connection, staff_id: str) -> bool:
    found = select(tables.staff.c.id).where(tables.staff.c.id == staff_id, tables.staff.c.active)
    return connection.execute(found).first() is not None


def _is_alarm_of(connection: Connection, alarm_id: str, kiosk_id: str) -> bool:
    found = select(tables.alarms.c.id).where(tables.alarms.c.id == alarm_id, tables.alarms.c.kiosk_id == kiosk_id)
    return connection.execute(found).first() is not None


def _open_of(connection: Connection, alarm_id: str) -> bool:
    order = tables.work_orders.c
    found = select(order.id).where(order.alarm_id == alarm_id, order.closed_at.is_(None))
    return connection.execute(found).first() is not None
