"""The fleet: what kiosks tell of themselves, kept and shown."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from protocol.messages import Heartbeat, HeartbeatAnswer, Visit
from server.audit.witnesses import Witnesses
from server.fleet.alarms import Alarms
from server.fleet.components import Components, components_of, paper_mm
from server.foundation import bus, lineage
from server.foundation.actors import SYSTEM, Actor, kiosk_actor
from server.foundation.clock import load_calendar
from server.storage import tables
from server.storage.transactions import insert_new
from server.work.unit_of_work import UnitsOfWork

HISTORY_LIFE: Final = timedelta(days=30)
#: One heartbeat of the history every so often; the newest is always in the kiosk's row.
HISTORY_EVERY: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class KioskView:
    """``row`` is the row of ``kiosks``; ``alarms`` its open alarms (rows of ``alarms``)."""

    row: Row[Any]
    silent: bool
    alarms: tuple[Row[Any], ...]
    components: Components
    paper_mm: float | None


class Presence:
    def __init__(
        self,
        units: UnitsOfWork,
        zone: str,
        alarms: Alarms,
        witnesses: Witnesses,
        interval_s: float,
    ) -> None:
        self._units = units
        self._engine = units.engine
        self._clock = units.clock
        self._zone = zone
        self._alarms = alarms
        self._witnesses = witnesses
        self._interval_s = interval_s

    # --- what kiosks tell ---------------------------------------------------------------------------------------

    def heartbeat(self, kiosk_id: str, beat: Heartbeat) -> HeartbeatAnswer:
        components = [one.model_dump(mode="json") for one in beat.components]
        with self._units.begin(kiosk_actor(kiosk_id)) as work:
            connection, now = work.connection, work.now
            before = connection.execute(
                select(tables.kiosks).where(tables.kiosks.c.id == kiosk_id).with_for_update()
            ).one()
            seen = {} if beat.witnessed is None else self._witnesses.remember(connection, before, beat.witnessed)
            connection.execute(
                update(tables.kiosks)
                .where(tables.kiosks.c.id == kiosk_id)
                .values(
                    last_heartbeat_at=now,
                    device_time=beat.device_time,
                    boot_id=beat.boot_id,
                    uptime_s=beat.uptime_s,
                    software=beat.software,
                    protocol=beat.protocol,
                    pack_version=beat.pack_version,
                    in_service=beat.in_service,
                    components=components,
                    outbox_waiting=beat.outbox.waiting,
                    outbox_parked=beat.outbox.parked,
                    outbox_oldest_at=beat.outbox.oldest_at,
                    sessions_today=beat.sessions_today,
                    last_touch_at=beat.last_touch_at,
                    disk_free_bytes=beat.disk_free_bytes,
                    pack_problem=beat.pack_problem,
                    **seen,
                )
            )
            self._keep_history(connection, before, beat, now)
            after = connection.execute(select(tables.kiosks).where(tables.kiosks.c.id == kiosk_id)).one()
            self._alarms.judge(connection, after, load_calendar(connection, self._zone), now)
            restored = lineage.current(connection)
            work.hint(bus.FLEET, kiosk_id)
        offer = None if beat.witnessed is None else self._witnesses.offer(beat.witnessed)
        return HeartbeatAnswer(
            server_time=now, interval_s=self._interval_s, feed_head=after.feed_seq, checkpoint=offer, restored=restored
        )

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
                work.hint(bus.FLEET, kiosk_id)
        return new

    # --- what the office sees -----------------------------------------------------------------------------------

    def fleet(self) -> list[KioskView]:
        """Every kiosk that is not revoked, by name."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(tables.kiosks).where(tables.kiosks.c.revoked_at.is_(None)).order_by(tables.kiosks.c.name)
            ).all()
            alarms: dict[str, list[Row[Any]]] = defaultdict(list)
            for alarm in self._alarms.standing(connection):
                alarms[alarm.kiosk_id].append(alarm)
        return [self._view(row, alarms[row.id]) for row in rows]

    def kiosk(self, kiosk_id: str) -> KioskView | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(tables.kiosks).where(tables.kiosks.c.id == kiosk_id)).first()
            alarms = self._alarms.standing(connection, kiosk_id)
        return None if row is None else self._view(row, alarms)

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

    # --- inside -------------------------------------------------------------------------------------------------

    def _keep_history(self, connection: Connection, before: Row[Any], beat: Heartbeat, now: datetime) -> None:
        known = {one.component: one for one in components_of(before)}
        for one in beat.components:
            old = known.get(one.component)
            if old is not None and (old.availability, set(old.conditions)) == (one.availability, set(one.conditions)):
                continue
            connection.execute(
                insert(tables.component_history).values(
                    kiosk_id=before.id,
                    component=one.component,
                    availability=one.availability.value,
                    conditions=sorted(one.conditions),
                    detail=one.detail,
                    since=one.since,
                    at=now,
                )
            )
        newest = connection.execute(
            select(tables.heartbeats.c.received_at)
            .where(tables.heartbeats.c.kiosk_id == before.id)
            .order_by(tables.heartbeats.c.received_at.desc())
            .limit(1)
        ).scalar()
        if newest is not None and now - newest < HISTORY_EVERY:
            return
        insert_new(
            connection,
            tables.heartbeats,
            {
                "kiosk_id": before.id,
                "received_at": now,
                "device_time": beat.device_time,
                "boot_id": beat.boot_id,
                "pack_version": beat.pack_version,
                "in_service": beat.in_service,
                "outbox_waiting": beat.outbox.waiting,
                "outbox_parked": beat.outbox.parked,
                "sessions_today": beat.sessions_today,
                "paper_mm": paper_mm(beat.components),
            },
        )

    def _view(self, row: Row[Any], alarms: Sequence[Row[Any]]) -> KioskView:
        heard, components = row.last_heartbeat_at, components_of(row)
        return KioskView(
            row=row,
            silent=heard is None or self._clock.now() - heard > self._alarms.silent_after,
            alarms=tuple(alarms),
            components=components,
            paper_mm=paper_mm(components),
        )
