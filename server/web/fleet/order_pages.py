"""Work orders: what field staff are asked to do, who does it, and what was used."""

from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import Row, select
from starlette.responses import Response

from server.fleet.listing import FleetQuery
from server.fleet.work_orders import TASK_CHARACTERS, OrderOutcome, OrderQuery
from server.foundation.actors import Role
from server.storage import tables
from server.web.fleet.list_view import number_of, pager
from server.web.fleet.visit_view import visit_views
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor
from server.web.frame.vocabulary import said

FIELD: Final = only(Role.ADMIN, Role.STAFF_MANAGER, Role.COMMAND)
#: Kiosks that a search offers to choose from.
OFFERED: Final = 12

pages = Pages()


@pages.get("/orders", FIELD)
def orders(visitor: Visit) -> Response:
    asked = visitor.request.query_params
    show = "done" if asked.get("show") == "done" else "open"
    query = OrderQuery(
        closed=show == "done",
        staff_id=asked.get("staff", "")[:64],
        kiosk_id=asked.get("kiosk", "")[:36],
        page=number_of(asked.get("page", "")),
    )
    found = visitor.deps.work_orders.page(query)
    kept = {"show": show, **({"staff": query.staff_id} if query.staff_id else {})}
    used = visitor.deps.work_orders.used_lately()
    return visitor.render(
        "fleet/orders.html",
        orders=[_order(visitor, row) for row in found.rows],
        pager=pager(f"/orders?{urlencode(kept)}", found.page, found.pages, found.total),
        show=show,
        staff=query.staff_id,
        people=_people(visitor),
        used=[{"words": said(visitor.say, "supply", name), "number": number} for name, number in used.items()],
    )


@pages.get("/orders/new", FIELD)
def new(visitor: Visit) -> Response:
    asked = visitor.request.query_params
    return _new_page(visitor, kiosk_id=asked.get("kiosk", "")[:36], alarm_id=asked.get("alarm", "")[:36])


@pages.post("/orders/new", FIELD)
def create(visitor: Visit) -> Response:
    kiosk_id, alarm_id = visitor.text("kiosk", 36), visitor.text("alarm", 36)
    task, staff_id = visitor.text("task", TASK_CHARACTERS + 1), visitor.text("staff", 64)
    outcome = visitor.deps.work_orders.create(visitor.signed_in.actor, kiosk_id, task, staff_id, alarm_id or None)
    if outcome is OrderOutcome.DONE:
        return visitor.go("/orders", "good/orders.created")
    return _new_page(visitor, 400, kiosk_id=kiosk_id, alarm_id=alarm_id, task=task, staff_id=staff_id, problem=outcome)


@pages.get("/orders/{order_id}", FIELD)
def order(visitor: Visit, order_id: str) -> Response:
    found = _found(visitor, order_id)
    return visitor.render(
        "fleet/order.html",
        order=_order(visitor, found),
        visits=visit_views(visitor, visitor.deps.work_orders.visits(found)),
        people=_people(visitor),
    )


@pages.post("/orders/{order_id}/assign", FIELD)
def assign(visitor: Visit, order_id: str) -> Response:
    return _said(
        visitor,
        order_id,
        visitor.deps.work_orders.assign(visitor.signed_in.actor, order_id, visitor.text("staff", 64)),
        "orders.assigned",
    )


@pages.post("/orders/{order_id}/close", FIELD)
def close(visitor: Visit, order_id: str) -> Response:
    return _said(
        visitor,
        order_id,
        visitor.deps.work_orders.close(visitor.signed_in.actor, order_id, visitor.text("note", TASK_CHARACTERS + 1)),
        "orders.closed",
    )


def _said(visitor: Visitor, order_id: str, outcome: OrderOutcome, done: str) -> Response:
    match outcome:
        case OrderOutcome.NO_SUCH_ORDER:
            raise not_found()
        case OrderOutcome.DONE:
            return visitor.go(f"/orders/{order_id}", f"good/{done}")
        case _:
            return visitor.go(f"/orders/{order_id}", f"bad/orders.problem.{outcome.value.lower()}")


def _new_page(
    visitor: Visitor,
    status: int = 200,
    *,
    kiosk_id: str = "",
    alarm_id: str = "",
    task: str = "",
    staff_id: str = "",
    problem: OrderOutcome | None = None,
) -> Response:
    alarm = _alarm(visitor, alarm_id)
    if alarm is not None:
        kiosk_id = alarm.kiosk_id
    kiosk = visitor.deps.presence.kiosk(kiosk_id) if kiosk_id else None
    search = visitor.request.query_params.get("q", "")[:100]
    offered = visitor.deps.listing.page(FleetQuery(text=search)).rows[:OFFERED] if kiosk is None and search else ()
    return visitor.render(
        "fleet/order_new.html",
        status,
        kiosk=kiosk.row if kiosk is not None else None,
        alarm=alarm,
        search=search,
        offered=[{"id": row.id, "name": row.name, "place": row.place} for row in offered],
        task=task or (said(visitor.say, "alarm", alarm.kind) if alarm is not None else ""),
        staff=staff_id,
        people=_people(visitor),
        problem=visitor.say(f"orders.problem.{problem.value.lower()}") if problem is not None else "",
    )


def _alarm(visitor: Visitor, alarm_id: str) -> Row[Any] | None:
    if not alarm_id:
        return None
    with visitor.deps.engine.connect() as connection:
        return connection.execute(select(tables.alarms).where(tables.alarms.c.id == alarm_id)).first()


def _found(visitor: Visitor, order_id: str) -> Row[Any]:
    found = visitor.deps.work_orders.order(order_id)
    if found is None:
        raise not_found()
    return found


def _people(visitor: Visitor) -> list[tuple[str, str]]:
    return [(one.id, one.name) for one in visitor.deps.staff.rows() if one.active]


def _order(visitor: Visitor, row: Row[Any]) -> dict[str, Any]:
    moment, say = visitor.formatting.short_moment, visitor.say
    return {
        "id": row.id,
        "name": say("orders.number", number=row.number),
        "task": row.task or say("orders.own.roll"),
        "kiosk_id": row.kiosk_id,
        "kiosk": row.kiosk_name,
        "place": row.kiosk_place,
        "staff_id": row.staff_id,
        "staff": row.staff_name or row.staff_id or say("orders.anybody"),
        "alarm": said(say, "alarm", row.alarm_kind) if row.alarm_kind else "",
        "alarm_over": row.alarm_kind is not None and row.alarm_over is not None,
        "created": moment(row.created_at),
        "closed": moment(row.closed_at) if row.closed_at else "",
        "by_visit": row.visit_id is not None,
        "note": row.note,
        "used": [f"{number} × {said(say, 'supply', name)}" for name, number in row.used.items()],
    }
