"""The fleet: heartbeats, visits, commands, and the alarms that the command centre looks at."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from server import audit, bus, feed, help_calls
from server.actors import Actor
from server.bus import Bus
from server.clock import Clock, WorkingCalendar, load_calendar
from server.storage import tables
from server.storage.transactions import insert_new
from sync.protocol.messages import (
    AppliedReport,
    Command,
    FeedType,
    Heartbeat,
    HeartbeatAnswer,
    Visit,
)

#: A kiosk is silent after this many intervals without a heartbeat.
SILENT_INTERVALS: Final = 4
#: In service, in working hours, and nobody has touched it for so long: covered, hidden or unknown to people.
UNUSED_AFTER: Final = timedelta(hours=4)
HISTORY_LIFE: Final = timedelta(days=30)
#: One heartbeat of the history every so often; the newest is always in the kiosk's row.
HISTORY_EVERY: Final = timedelta(minutes=5)
COMMAND_LIFE: Final = timedelta(minutes=10)
_PAPER: Final = "paper_mm"

CommandName = Literal["out_of_service", "in_service", "restart", "test_slip", "report"]


class AlarmKind(StrEnum):
    #: Somebody at the kiosk asks for an officer.
    HELP = "HELP"
    SILENT = "SILENT"
    WITHOUT_PAPER = "WITHOUT_PAPER"
    #: Touched by nobody in working hours although it works.
    UNUSED = "UNUSED"
    #: Items that the server refused wait at the kiosk for a person.
    PARKED = "PARKED"


@dataclass(frozen=True)
class KioskView:
    """``row`` is the row of ``kiosks``; ``alarms`` its open alarms (rows of ``alarms``)."""

    row: Row[Any]
    silent: bool
    alarms: tuple[Row[Any], ...]
    paper_mm: float | None


class Presence:
    def __init__(self, engine: Engine, clock: Clock, bus: Bus, zone: str, interval_s: float) -> None:
        self._engine = engine
        self._clock = clock
        self._bus = bus
        self._zone = zone
        self._interval_s = interval_s

    @property
    def silent_after(self) -> timedelta:
        return timedelta(seconds=self._interval_s * SILENT_INTERVALS)

    # --- what kiosks tell ---------------------------------------------------------------------------------------

    def heartbeat(self, kiosk_id: str, beat: Heartbeat) -> HeartbeatAnswer:
        now = self._clock.now()
        components = [one.model_dump(mode="json") for one in beat.components]
        with self._engine.begin() as connection:
            before = connection.execute(
                select(tables.kiosks).where(tables.kiosks.c.id == kiosk_id).with_for_update()
            ).one()
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
                )
            )
            self._keep_history(connection, before, beat, now)
            after = connection.execute(select(tables.kiosks).where(tables.kiosks.c.id == kiosk_id)).one()
            self._judge(connection, after, load_calendar(connection, self._zone), now)
        self._bus.publish(bus.FLEET, kiosk_id)
        return HeartbeatAnswer(server_time=now, interval_s=self._interval_s, feed_head=after.feed_seq)

    def visit(self, kiosk_id: str, visit: Visit) -> bool:
        """Keeps a visit; the same id again changes nothing and is False."""
        now = self._clock.now()
        with self._engine.begin() as connection:
            new = insert_new(
                connection,
                tables.visits,
                {
                    "kiosk_id": kiosk_id,
                    "id": visit.id,
                    "staff_id": visit.staff_id,
                    "began_at": visit.began_at,
                    "ended_at": visit.ended_at,
                    "actions": [one.model_dump(mode="json") for one in visit.actions],
                    "note": visit.note,
                    "received_at": now,
                },
            )
            if new:
                entry = audit.Entry(f"staff:{visit.staff_id}"[:64], "kiosk.visit", f"kiosk:{kiosk_id}")
                audit.append(connection, now, [entry])
        if new:
            self._bus.publish(bus.FLEET, kiosk_id)
        return new

    def applied(self, connection: Connection, kiosk_id: str, report: AppliedReport) -> None:
        """The cursor only rises; a command's first result stays."""
        now = self._clock.now()
        connection.execute(
            update(tables.kiosks)
            .where(
                tables.kiosks.c.id == kiosk_id,
                tables.kiosks.c.feed_applied < report.cursor,
                tables.kiosks.c.feed_seq >= report.cursor,
            )
            .values(feed_applied=report.cursor)
        )
        for result in report.results:
            connection.execute(
                update(tables.commands)
                .where(
                    tables.commands.c.kiosk_id == kiosk_id,
                    tables.commands.c.id == result.id,
                    tables.commands.c.result_at.is_(None),
                )
                .values(result_ok=result.ok, result_message=result.message, result_at=now)
            )

    # --- what the office sees -----------------------------------------------------------------------------------

    def fleet(self) -> list[KioskView]:
        """Every kiosk that is not revoked, by name."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(tables.kiosks).where(tables.kiosks.c.revoked_at.is_(None)).order_by(tables.kiosks.c.name)
            ).all()
            alarms = self._open_alarms(connection)
        return [self._view(row, alarms) for row in rows]

    def kiosk(self, kiosk_id: str) -> KioskView | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(tables.kiosks).where(tables.kiosks.c.id == kiosk_id)).first()
            alarms = self._open_alarms(connection)
        return None if row is None else self._view(row, alarms)

    def alarms(self, limit: int = 200) -> Sequence[Row[Any]]:
        """Rows of ``alarms`` with ``kiosk_name``: the open ones first, then the newest."""
        with self._engine.connect() as connection:
            return connection.execute(
                select(tables.alarms, tables.kiosks.c.name.label("kiosk_name"))
                .join(tables.kiosks, tables.kiosks.c.id == tables.alarms.c.kiosk_id)
                .order_by(tables.alarms.c.cleared_at.is_not(None), tables.alarms.c.raised_at.desc())
                .limit(limit)
            ).all()

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

    # --- what the office does -----------------------------------------------------------------------------------

    def acknowledge(self, actor: Actor, alarm_id: str) -> bool:
        """Somebody has seen it; it stays open until its cause is gone."""
        now = self._clock.now()
        with self._engine.begin() as connection:
            seen = connection.execute(
                update(tables.alarms)
                .where(tables.alarms.c.id == alarm_id, tables.alarms.c.acknowledged_at.is_(None))
                .values(acknowledged_at=now, acknowledged_by=actor.id)
                .returning(tables.alarms.c.kiosk_id, tables.alarms.c.kind)
            ).first()
            if seen is None:
                return False
            kiosk_id = seen.kiosk_id
            if seen.kind == AlarmKind.HELP:
                # Whoever has seen it goes there.
                help_calls.answer(connection, kiosk_id, actor.id, now)
            audit.append(connection, now, [audit.Entry(actor.id, "alarm.acknowledge", f"kiosk:{kiosk_id}")])
        self._bus.publish(bus.FLEET, kiosk_id)
        return True

    def command(self, actor: Actor, kiosk_id: str, name: CommandName, life: timedelta = COMMAND_LIFE) -> str | None:
        """Sends a command through the kiosk's feed; its id, or None when the kiosk is unknown or revoked."""
        now = self._clock.now()
        command = Command(id=str(uuid.uuid4()), name=name, expires_at=now + life)
        with self._engine.begin() as connection:
            known = connection.execute(
                select(tables.kiosks.c.id).where(tables.kiosks.c.id == kiosk_id, tables.kiosks.c.revoked_at.is_(None))
            ).first()
            if known is None:
                return None
            connection.execute(
                insert(tables.commands).values(
                    kiosk_id=kiosk_id,
                    id=command.id,
                    name=name,
                    issued_by=actor.id,
                    issued_at=now,
                    expires_at=command.expires_at,
                )
            )
            feed.append(connection, kiosk_id, FeedType.COMMAND, command.model_dump(mode="json"), now)
            audit.append(connection, now, [audit.Entry(actor.id, f"kiosk.{name}", f"kiosk:{kiosk_id}")])
        self._bus.publish(bus.feed_topic(kiosk_id))
        return command.id

    def check(self, kiosk_id: str) -> None:
        """As ``check_all``, for one kiosk that has just said something."""
        now = self._clock.now()
        with self._engine.begin() as connection:
            calendar = load_calendar(connection, self._zone)
            kiosk = connection.execute(select(tables.kiosks).where(tables.kiosks.c.id == kiosk_id)).one()
            self._judge(connection, kiosk, calendar, now)
        self._bus.publish(bus.FLEET, kiosk_id)

    def check_all(self) -> int:
        """Raises and clears alarms of the whole fleet; gives how many changed. Called from time to time."""
        now = self._clock.now()
        changed = 0
        with self._engine.begin() as connection:
            calendar = load_calendar(connection, self._zone)
            kiosks = connection.execute(select(tables.kiosks).where(tables.kiosks.c.revoked_at.is_(None))).all()
            for kiosk in kiosks:
                changed += self._judge(connection, kiosk, calendar, now)
            connection.execute(delete(tables.heartbeats).where(tables.heartbeats.c.received_at < now - HISTORY_LIFE))
        if changed:
            self._bus.publish(bus.FLEET)
        return changed

    # --- inside -------------------------------------------------------------------------------------------------

    def _judge(self, connection: Connection, kiosk: Row[Any], calendar: WorkingCalendar, now: datetime) -> int:
        wanted = self._causes(kiosk, calendar, now)
        if (asked := help_calls.waiting_since(connection, kiosk.id)) is not None:
            wanted[AlarmKind.HELP] = asked.isoformat(timespec="seconds")
        alarm = tables.alarms.c
        standing = connection.execute(
            select(alarm.kind, alarm.id).where(alarm.kiosk_id == kiosk.id, alarm.cleared_at.is_(None))
        )
        open_alarms = {kind: alarm_id for kind, alarm_id in standing}
        gone = [alarm_id for kind, alarm_id in open_alarms.items() if kind not in wanted]
        if gone:
            connection.execute(update(tables.alarms).where(alarm.id.in_(gone)).values(cleared_at=now))
        new = [kind for kind in wanted if kind not in open_alarms]
        for kind in new:
            insert_new(
                connection,
                tables.alarms,
                {
                    "id": str(uuid.uuid4()),
                    "kiosk_id": kiosk.id,
                    "kind": kind.value,
                    "detail": wanted[kind],
                    "raised_at": now,
                },
            )
        return len(gone) + len(new)

    def _causes(self, kiosk: Row[Any], calendar: WorkingCalendar, now: datetime) -> dict[AlarmKind, str]:
        causes = {}
        heard = kiosk.last_heartbeat_at
        if now - (heard or kiosk.enrolled_at) > self.silent_after:
            causes[AlarmKind.SILENT] = heard.isoformat(timespec="seconds") if heard else ""
            return causes
        if heard is None:
            return causes
        if without_paper(kiosk.components):
            causes[AlarmKind.WITHOUT_PAPER] = ""
        if kiosk.outbox_parked:
            causes[AlarmKind.PARKED] = str(kiosk.outbox_parked)
        touched = kiosk.last_touch_at or kiosk.enrolled_at
        since = now - UNUSED_AFTER
        if (
            kiosk.in_service
            and touched < since
            and calendar.is_working_time(now)
            and calendar.is_working_time(since)
            and (kiosk.uptime_s or 0) > UNUSED_AFTER.total_seconds()
        ):
            causes[AlarmKind.UNUSED] = touched.isoformat(timespec="seconds")
        return causes

    def _keep_history(self, connection: Connection, before: Row[Any], beat: Heartbeat, now: datetime) -> None:
        known = {one["component"]: one for one in before.components}
        for one in beat.components:
            old = known.get(one.component, {})
            if (old.get("availability"), sorted(old.get("conditions", ()))) == (
                one.availability,
                sorted(one.conditions),
            ):
                continue
            connection.execute(
                insert(tables.component_history).values(
                    kiosk_id=before.id,
                    component=one.component,
                    availability=one.availability,
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
                "paper_mm": paper_mm([one.model_dump(mode="json") for one in beat.components]),
            },
        )

    def _open_alarms(self, connection: Connection) -> Sequence[Row[Any]]:
        return connection.execute(
            select(tables.alarms).where(tables.alarms.c.cleared_at.is_(None)).order_by(tables.alarms.c.raised_at)
        ).all()

    def _view(self, row: Row[Any], alarms: Sequence[Row[Any]]) -> KioskView:
        heard = row.last_heartbeat_at
        return KioskView(
            row=row,
            silent=heard is None or self._clock.now() - heard > self.silent_after,
            alarms=tuple(alarm for alarm in alarms if alarm.kiosk_id == row.id),
            paper_mm=paper_mm(row.components),
        )


def without_paper(components: Sequence[Mapping[str, Any]]) -> bool:
    return any(one["component"] == "printer" and "MEDIA_EMPTY" in one.get("conditions", ()) for one in components)


def paper_mm(components: Sequence[Mapping[str, Any]]) -> float | None:
    """What the printer's counter says is left, in millimetres."""
    return next(
        (one["supplies"][_PAPER] for one in components if one["component"] == "printer" and _PAPER in one["supplies"]),
        None,
    )
