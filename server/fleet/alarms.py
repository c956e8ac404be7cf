"""Alarms of the fleet: what somebody must look at, raised when its cause is there and cleared when it is gone."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from server.fleet import help_calls
from server.fleet.components import broken_content, components_of, form_fault, without_paper
from server.foundation import bus
from server.foundation.actors import SYSTEM, Actor
from server.foundation.clock import WorkingCalendar, load_calendar
from server.storage import tables
from server.storage.transactions import insert_new
from server.work.unit_of_work import UnitsOfWork

#: A kiosk is silent after this many intervals without a heartbeat.
SILENT_INTERVALS: Final = 4
#: In service, in working hours, and nobody has touched it for so long: covered, hidden or unknown to people.
UNUSED_AFTER: Final = timedelta(hours=4)
#: A kiosk's clock may differ so much from the server's: what it prints and what its forms call today still hold.
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
#: The alarm of a used-up quota stands for so long after the last refusal.
OVER_QUOTA_FOR: Final = timedelta(hours=1)


class AlarmKind(StrEnum):
    #: Somebody at the kiosk asks for an officer.
    HELP = "HELP"
    SILENT = "SILENT"
    WITHOUT_PAPER = "WITHOUT_PAPER"
    #: Touched by nobody in working hours although it works.
    UNUSED = "UNUSED"
    #: Items that the server refused wait at the kiosk for a person.
    PARKED = "PARKED"
    #: A picture or a sound of the pack is not there, or is not what its name says: citizens see a placeholder.
    BROKEN_CONTENT = "BROKEN_CONTENT"
    #: The form of a service failed in a citizen's visit.
    FORM_FAULT = "FORM_FAULT"
    #: What it prints and signs bears another time than ours.
    WRONG_CLOCK = "WRONG_CLOCK"
    #: It was offered a pack that it cannot verify, and goes on with the one before.
    PACK_REFUSED = "PACK_REFUSED"
    #: It has seen another audit log than the one that is here.
    LOG_CONTRADICTED = "LOG_CONTRADICTED"
    #: It sent or asked more than a kiosk ever does.
    OVER_QUOTA = "OVER_QUOTA"


class Alarms:
    def __init__(self, units: UnitsOfWork, zone: str, interval_s: float) -> None:
        self._units = units
        self._zone = zone
        self._interval_s = interval_s

    @property
    def silent_after(self) -> timedelta:
        return timedelta(seconds=self._interval_s * SILENT_INTERVALS)

    # --- what the office sees and does --------------------------------------------------------------------------

    def rows(self, limit: int = 200) -> Sequence[Row[Any]]:
        """Rows of ``alarms`` with ``kiosk_name``: the open ones first, then the newest."""
        with self._units.engine.connect() as connection:
            return connection.execute(
                select(tables.alarms, tables.kiosks.c.name.label("kiosk_name"))
                .join(tables.kiosks, tables.kiosks.c.id == tables.alarms.c.kiosk_id)
                .order_by(tables.alarms.c.cleared_at.is_not(None), tables.alarms.c.raised_at.desc())
                .limit(limit)
            ).all()

    def standing(self, connection: Connection) -> Sequence[Row[Any]]:
        """Rows of those that are open, the oldest first."""
        return connection.execute(
            select(tables.alarms).where(tables.alarms.c.cleared_at.is_(None)).order_by(tables.alarms.c.raised_at)
        ).all()

    def acknowledge(self, actor: Actor, alarm_id: str) -> bool:
        """Somebody has seen it; it stays open until its cause is gone."""
        with self._units.begin(actor) as work:
            seen = work.connection.execute(
                update(tables.alarms)
                .where(tables.alarms.c.id == alarm_id, tables.alarms.c.acknowledged_at.is_(None))
                .values(acknowledged_at=work.now, acknowledged_by=actor.id)
                .returning(tables.alarms.c.kiosk_id, tables.alarms.c.kind)
            ).first()
            if seen is None:
                return False
            if seen.kind == AlarmKind.HELP:
                # Whoever has seen it goes there.
                help_calls.answer(work, seen.kiosk_id)
            work.audit("alarm.acknowledge", f"kiosk:{seen.kiosk_id}")
            work.hint(bus.FLEET, seen.kiosk_id)
        return True

    # --- raising and clearing -----------------------------------------------------------------------------------

    def check(self, kiosk_id: str) -> None:
        """As ``check_all``, for one kiosk that has just said something."""
        with self._units.begin(SYSTEM) as work:
            calendar = load_calendar(work.connection, self._zone)
            kiosk = work.connection.execute(select(tables.kiosks).where(tables.kiosks.c.id == kiosk_id)).one()
            self.judge(work.connection, kiosk, calendar, work.now)
            work.hint(bus.FLEET, kiosk_id)

    def check_all(self) -> int:
        """Raises and clears alarms of the whole fleet; gives how many changed. Called from time to time."""
        changed = 0
        with self._units.begin(SYSTEM) as work:
            calendar = load_calendar(work.connection, self._zone)
            kiosks = work.connection.execute(select(tables.kiosks).where(*tables.IN_FLEET)).all()
            for kiosk in kiosks:
                changed += self.judge(work.connection, kiosk, calendar, work.now)
            if changed:
                work.hint(bus.FLEET)
        return changed

    def judge(self, connection: Connection, kiosk: Row[Any], calendar: WorkingCalendar, now: datetime) -> int:
        """Compares a kiosk's row with its open alarms, in the caller's transaction; how many changed."""
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
        # These two stand whether the kiosk is heard or not.
        if kiosk.witness_problem:
            causes[AlarmKind.LOG_CONTRADICTED] = kiosk.witness_problem
        if kiosk.over_quota_at is not None and now - kiosk.over_quota_at < OVER_QUOTA_FOR:
            causes[AlarmKind.OVER_QUOTA] = kiosk.over_quota
        heard = kiosk.last_heartbeat_at
        if now - (heard or kiosk.approved_at) > self.silent_after:
            causes[AlarmKind.SILENT] = heard.isoformat(timespec="seconds") if heard else ""
            return causes
        if heard is None:
            return causes
        components = components_of(kiosk)
        if without_paper(components):
            causes[AlarmKind.WITHOUT_PAPER] = ""
        if (failed := form_fault(components)) is not None:
            causes[AlarmKind.FORM_FAULT] = failed
        if kiosk.outbox_parked:
            causes[AlarmKind.PARKED] = str(kiosk.outbox_parked)
        if kiosk.pack_problem:
            causes[AlarmKind.PACK_REFUSED] = kiosk.pack_problem
        if (broken := broken_content(components)) is not None:
            causes[AlarmKind.BROKEN_CONTENT] = broken
        if kiosk.device_time is not None and abs(kiosk.device_time - heard) > CLOCK_TOLERANCE:
            causes[AlarmKind.WRONG_CLOCK] = f"{(kiosk.device_time - heard).total_seconds():+.0f} s"
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
