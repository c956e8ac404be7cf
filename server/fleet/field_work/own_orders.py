"""Orders that make themselves: a roll is to be brought before the one that is in is used up.

There is at most one of them open at a kiosk. When what raised it becomes graver (the roll is low, then empty), it goes on as the order of
the new alarm, so that it closes with the visit after which the kiosk has paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from server.fleet import work_orders
from server.foundation.actors import SYSTEM
from server.storage import tables
from server.work.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Raised:
    """An alarm that wants somebody to bring something."""

    kiosk_id: str
    alarm_id: str


def order_rolls(work: UnitOfWork, raised: Sequence[Raised]) -> None:
    """In the transaction that raised the alarms, which holds the kiosks' rows."""
    orders = tables.work_orders
    for alarm in sorted(raised, key=lambda one: one.kiosk_id):
        own = work.connection.execute(
            select(orders.c.id).where(
                orders.c.kiosk_id == alarm.kiosk_id, orders.c.closed_at.is_(None), orders.c.task == ""
            )
        ).first()
        if own is not None:
            changed = update(orders).where(orders.c.id == own.id).values(alarm_id=alarm.alarm_id)
            work.connection.execute(changed)
        else:
            work_orders.write(work, alarm.kiosk_id, "", "", alarm.alarm_id, SYSTEM)
        work_orders.tell(work, alarm.kiosk_id)
