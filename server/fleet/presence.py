"""The fleet: what kiosks tell of themselves, kept and shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, delete, select

from protocol.messages import Visit
from server.fleet import work_orders
from server.fleet.components import Components, components_of, paper_mm
from server.fleet.listing import open_alarms
from server.fleet.states import KioskState
from server.foundation import bus
from server.foundation.actors import SYSTEM, Actor
from server.storage import tables
from server.storage.transactions import insert_new
from server.work.unit_of_work import UnitsOfWork

HISTORY_LIFE: Final = timedelta(days=30)


@dataclass(frozen=True)
class KioskView:
    """``row`` is the row of ``kiosks``; ``alarms`` its open alarms (rows of ``alarms``)."""

    row: Row[Any]
    state: KioskState
    alarms: tuple[Row[Any], ...]
    components: Components
    paper_mm: float | None


class Presence:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units
        self._engine = units.engine

    # --- what kiosks tell ---------------------------------------------------------------------------------------

    def visit(self, kiosk_id: str, visit: Visit) -> bool:
        """Keeps a visit; the same id again changes nothing and is False."""
        with self._units.begin(Actor(f"staff:{visit.staff_id}"[:64])) as work:
            new = insert_new(
                work.connection,
                tables.visits,
                {
                    "kiosk_id": kiosk_id,
                    "id": visit.id,
                    "staff_id": visit.staff_id,
                    "began_at": visit.began_at,
                    "ended_at": visit.ended_at,
                    "actions": [one.model_dump(mode="json") for one in visit.actions],
                    "note": visit.note,
                    "received_at": work.now,
                },
            )
            if new:
                work.audit("kiosk.session", f"kiosk:{kiosk_id}")
                work_orders.visited(work, kiosk_id, visit)
                work.hint(bus.FLEET, kiosk_id)
        return new

    # --- what the office sees -----------------------------------------------------------------------------------

    def kiosk(self, kiosk_id: str) -> KioskView | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(tables.kiosks).where(tables.kiosks.c.id == kiosk_id)).first()
            alarms = open_alarms(connection, [kiosk_id]).get(kiosk_id, ())
        if row is None:
            return None
        components = components_of(row)
        return KioskView(row, KioskState(row.state), tuple(alarms), components, paper_mm(components))

    def visits(self, kiosk_id: str, limit: int = 50) -> Sequence[Row[Any]]:
        """Rows of ``visits`` with ``staff_name``, the newest first."""
        with self._engine.connect() as connection:
            return connection.execute(
                select(tables.visits, tables.staff.c.name.label("staff_name"))
                .outerjoin(tables.staff, tables.staff.c.id == tables.visits.c.staff_id)
                .where(tables.visits.c.kiosk_id == kiosk_id)
                .order_by(tables.visits.c.began_at.desc())
                .limit(limit)
            ).all()

    def rejections(self, kiosk_id: str, limit: int = 50) -> Sequence[Row[Any]]:
        """Items of the kiosk that were refused, the newest first."""
        with self._engine.connect() as connection:
            return connection.execute(
                select(tables.rejections)
                .where(tables.rejections.c.kiosk_id == kiosk_id)
                .order_by(tables.rejections.c.at.desc())
                .limit(limit)
            ).all()

    def component_history(self, kiosk_id: str, limit: int = 100) -> Sequence[Row[Any]]:
        with self._engine.connect() as connection:
            return connection.execute(
                select(tables.component_history)
                .where(tables.component_history.c.kiosk_id == kiosk_id)
                .order_by(tables.component_history.c.id.desc())
                .limit(limit)
            ).all()

    def forget_history(self) -> None:
        """Drops heartbeats that are older than HISTORY_LIFE."""
        with self._units.begin(SYSTEM) as work:
            before = work.now - HISTORY_LIFE
            work.connection.execute(delete(tables.heartbeats).where(tables.heartbeats.c.received_at < before))
