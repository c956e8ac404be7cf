"""The work orders that kiosks are told of: all that are open there, as a part of their settings."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from protocol.field.orders import ORDERS_MOST, OpenOrder
from server.storage import tables


def open_at(connection: Connection, kiosks: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """By kiosk, the oldest first and at most ORDERS_MOST; kiosks without any are left out."""
    order, alarm = tables.work_orders.c, tables.alarms.c
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(
        select(order.kiosk_id, order.number, order.task, order.staff_id, alarm.kind)
        .outerjoin(tables.alarms, alarm.id == order.alarm_id)
        .where(order.kiosk_id.in_(kiosks), order.closed_at.is_(None))
        .order_by(order.number)
    ):
        told = found.setdefault(row.kiosk_id, [])
        if len(told) < ORDERS_MOST:
            one = OpenOrder(number=row.number, task=row.task, alarm=row.kind or "", staff_id=row.staff_id)
            told.append(one.model_dump(mode="json"))
    return found
