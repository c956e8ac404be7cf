"""Alarms of the fleet: what somebody must look at, raised when its cause is there and cleared when it is gone."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, exists, false, func, not_, or_, select, update

from server.fleet import help_calls
from server.fleet.at_stake import AtStake
from server.fleet.components import (
    Components,
    broken_content,
    components_of,
    covered,
    disk_low,
    failed_device,
    form_fault,
    paper_low,
    without_paper,
)
from server.fleet.field_work.own_orders import Raised, order_rolls
from server.fleet.pace import Pace
from server.fleet.states import state_of
from server.foundation import bus
from server.foundation.actors import SYSTEM, Actor
from server.foundation.clock import WorkingCalendar, load_calendar
from server.storage import tables
from server.storage.citizen_tables import help_calls as help_call_table
from server.storage.transactions import insert_each_new
from server.work.unit_of_work import UnitsOfWork

#: In service, in working hours, and nobody has touched it for so long: covered, hidden or unknown to people.
UNUSED_AFTER: Final = timedelta(hours=4)
#: A kiosk's clock may differ so much from the server's: what it prints and what its forms call today still hold.
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
#: The alarm of a used-up quota stands for so long after the last refusal.
OVER_QUOTA_FOR: Final = timedelta(hours=1)
#: What the column takes of an alarm's detail.
DETAIL_CHARACTERS: Final = 200
#: Kiosks that are judged in one transaction.
AT_ONCE: Final = 500


class AlarmKind(StrEnum):
    #: Somebody at the kiosk asks for an officer.
    HELP = "HELP"
    SILENT = "SILENT"
    WITHOUT_PAPER = "WITHOUT_PAPER"
    #: A roll is to be brought before it is empty.
    PAPER_LOW = "PAPER_LOW"
    #: Printer, scanner, camera, speaker or storage does not work.
    DEVICE = "DEVICE"
    #: Soon no form can be begun.
    DISK_LOW = "DISK_LOW"
    #: Its camera sees nothing in working hours.
    COVERED = "COVERED"
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


#: What these say may change while they stand.
_TELLING: Final = frozenset(
    {AlarmKind.SILENT, AlarmKind.DEVICE, AlarmKind.PARKED, AlarmKind.FORM_FAULT, AlarmKind.BROKEN_CONTENT}
)


#: A roll is to be brought.
_ROLL: Final = frozenset({AlarmKind.PAPER_LOW, AlarmKind.WITHOUT_PAPER})


@dataclass(frozen=True)
class Judged:
    """How many alarms were raised and cleared, and whose alarms or state changed."""

    alarms: int
    kiosks: frozenset[str]
    #: New ones for which somebody has to bring a roll.
    rolls: tuple[Raised, ...] = ()


class Alarms:
    def __init__(self, units: UnitsOfWork, zone: str, pace: Pace) -> None:
        self._units = units
        self._zone = zone
        self._pace = pace

    @property
    def silent_after(self) -> timedelta:
        return self._pace.silent_after

    # --- what the office sees and does --------------------------------------------------------------------------

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
            kiosk = work.connection.execute(
                select(tables.kiosks).where(tables.kiosks.c.id == kiosk_id).with_for_update()
            ).one()
            order_rolls(work, self.judge(work.connection, [kiosk], calendar, work.now).rolls)
            work.hint(bus.FLEET, kiosk_id)

    def check_all(self) -> int:
        """Raises and clears what time alone raises and clears, in the whole fleet; gives how many changed. Called from
        time to time.

        What a kiosk says is judged when it says it, so only those are looked at for whom the time has come.
        """
        with self._units.begin(SYSTEM) as work:
            self._pace.look(work.connection, work.now)
            changed = clear_revoked(work.connection, work.now)
            due = self._due(work.connection, load_calendar(work.connection, self._zone), work.now)
            if changed:
                work.hint(bus.FLEET)
        for first in range(0, len(due), AT_ONCE):
            ids = due[first : first + AT_ONCE]
            with self._units.begin(SYSTEM) as work:
                calendar = load_calendar(work.connection, self._zone)
                kiosk = tables.kiosks.c
                # Held and read anew: a heartbeat may have come meanwhile, and it holds its kiosk before its alarms, too.
                kiosks = work.connection.execute(
                    select(tables.kiosks)
                    .where(kiosk.id.in_(ids), *tables.IN_FLEET)
                    .order_by(kiosk.id)
                    .with_for_update()
                ).all()
                judged = self.judge(work.connection, kiosks, calendar, work.now)
                order_rolls(work, judged.rolls)
                changed += judged.alarms
                work.hint(bus.FLEET)
        return changed

    def judge(self, connection: Connection, kiosks: Sequence[Any], calendar: WorkingCalendar, now: datetime) -> Judged:
        """Compares rows of ``kiosks`` of the fleet with their open alarms and the state that is kept, in the caller's
        transaction, which holds those rows, and with as many statements for one as for all."""
        ids = [kiosk.id for kiosk in kiosks]
        asked = help_calls.waiting_since(connection, ids)
        alarm = tables.alarms.c
        standing: dict[str, dict[str, Row[Any]]] = defaultdict(dict)
        for found in connection.execute(
            select(tables.alarms).where(alarm.kiosk_id.in_(ids), alarm.cleared_at.is_(None))
        ):
            standing[found.kiosk_id][found.kind] = found
        changes = _Changes()
        for kiosk in kiosks:
            components = components_of(kiosk)
            wanted = self._causes(kiosk, components, calendar, now)
            if kiosk.id in asked:
                wanted[AlarmKind.HELP] = asked[kiosk.id].isoformat(timespec="seconds")
            changes.compare(kiosk.id, standing[kiosk.id], wanted, now)
            state = state_of(kiosk, components, silent=AlarmKind.SILENT in wanted, alarmed=bool(wanted))
            if state != kiosk.state:
                changes.states.append({"of": kiosk.id, "to": state.value})
        return changes.write(connection, now)

    def _due(self, connection: Connection, calendar: WorkingCalendar, now: datetime) -> Sequence[str]:
        """Ids of the kiosks whose open alarms are not what the time asks for."""
        kiosk = tables.kiosks.c
        silent = func.coalesce(kiosk.last_heartbeat_at, kiosk.approved_at) < now - self.silent_after
        heard = and_(not_(silent), kiosk.last_heartbeat_at.is_not(None))
        since = now - UNUSED_AFTER
        unused = (
            and_(
                heard,
                func.coalesce(kiosk.in_service, false()),
                func.coalesce(kiosk.last_touch_at, kiosk.enrolled_at) < since,
                func.coalesce(kiosk.uptime_s, 0.0) > UNUSED_AFTER.total_seconds(),
            )
            if calendar.is_working_time(now) and calendar.is_working_time(since)
            else false()
        )
        over = and_(kiosk.over_quota_at.is_not(None), kiosk.over_quota_at > now - OVER_QUOTA_FOR)
        asked = exists().where(help_call_table.c.kiosk_id == kiosk.id, help_call_table.c.answered_at.is_(None))
        causes = (
            (AlarmKind.SILENT, silent),
            (AlarmKind.UNUSED, unused),
            (AlarmKind.OVER_QUOTA, over),
            (AlarmKind.HELP, asked),
        )
        differs = []
        for kind, cause in causes:
            stands = exists().where(
                tables.alarms.c.kiosk_id == kiosk.id,
                tables.alarms.c.kind == kind.value,
                tables.alarms.c.cleared_at.is_(None),
            )
            differs += [and_(cause, not_(stands)), and_(not_(cause), stands)]
        return connection.scalars(select(kiosk.id).where(*tables.IN_FLEET, or_(*differs)).order_by(kiosk.id)).all()

    def _causes(
        self, kiosk: Any, components: Components, calendar: WorkingCalendar, now: datetime
    ) -> dict[AlarmKind, str]:
        causes: dict[AlarmKind, str] = {}
        # These two stand whether the kiosk is heard or not.
        if kiosk.witness_problem:
            causes[AlarmKind.LOG_CONTRADICTED] = kiosk.witness_problem
        if kiosk.over_quota_at is not None and now - kiosk.over_quota_at < OVER_QUOTA_FOR:
            causes[AlarmKind.OVER_QUOTA] = kiosk.over_quota
        heard = kiosk.last_heartbeat_at
        if now - (heard or kiosk.approved_at) > self.silent_after:
            stake = AtStake.of(kiosk)
            causes[AlarmKind.SILENT] = stake.detail() if stake is not None else ""
            return causes
        if heard is None:
            return causes
        causes |= _said(kiosk, components)
        if kiosk.device_time is not None and abs(kiosk.device_time - heard) > CLOCK_TOLERANCE:
            causes[AlarmKind.WRONG_CLOCK] = f"{(kiosk.device_time - heard).total_seconds():+.0f} s"
        if not (kiosk.in_service and calendar.is_working_time(now)):
            return causes
        if covered(components):
            causes[AlarmKind.COVERED] = ""
        touched = kiosk.last_touch_at or kiosk.enrolled_at
        since = now - UNUSED_AFTER
        long_on = (kiosk.uptime_s or 0) > UNUSED_AFTER.total_seconds()
        if touched < since and calendar.is_working_time(since) and long_on:
            causes[AlarmKind.UNUSED] = touched.isoformat(timespec="seconds")
        return causes


def _said(kiosk: Any, components: Components) -> dict[AlarmKind, str]:
    """What follows from the words of the last heartbeat alone."""
    causes: dict[AlarmKind, str] = {}
    if without_paper(components):
        causes[AlarmKind.WITHOUT_PAPER] = ""
    if paper_low(components):
        causes[AlarmKind.PAPER_LOW] = ""
    if (device := failed_device(components)) is not None:
        causes[AlarmKind.DEVICE] = device
    if disk_low(components, kiosk.disk_free_bytes):
        causes[AlarmKind.DISK_LOW] = ""
    if (failed := form_fault(components)) is not None:
        causes[AlarmKind.FORM_FAULT] = failed
    if kiosk.outbox_parked:
        causes[AlarmKind.PARKED] = str(kiosk.outbox_parked)
    if kiosk.pack_problem:
        causes[AlarmKind.PACK_REFUSED] = kiosk.pack_problem
    if (broken := broken_content(components)) is not None:
        causes[AlarmKind.BROKEN_CONTENT] = broken
    return causes


class _Changes:
    """What judging some kiosks has to write."""

    def __init__(self) -> None:
        self.states: list[dict[str, str]] = []
        self._gone: dict[str, str] = {}
        self._new: list[dict[str, Any]] = []
        self._told: list[dict[str, str]] = []

    def compare(self, kiosk_id: str, there: dict[str, Row[Any]], wanted: dict[AlarmKind, str], now: datetime) -> None:
        self._gone |= {row.id: kiosk_id for kind, row in there.items() if kind not in wanted}
        for kind, detail in wanted.items():
            if kind not in there:
                row = {"kiosk_id": kiosk_id, "kind": kind.value, "detail": detail[:DETAIL_CHARACTERS], "raised_at": now}
                self._new.append({"id": str(uuid.uuid4()), **row})
            elif kind in _TELLING and there[kind].detail != detail[:DETAIL_CHARACTERS]:
                self._told.append({"of": there[kind].id, "to": detail[:DETAIL_CHARACTERS]})

    def write(self, connection: Connection, now: datetime) -> Judged:
        alarm, kiosk = tables.alarms.c, tables.kiosks.c
        if self._gone:
            connection.execute(update(tables.alarms).where(alarm.id.in_(self._gone)).values(cleared_at=now))
        if self._new:
            written = set(insert_each_new(connection, tables.alarms, alarm.id, self._new))
            self._new = [one for one in self._new if one["id"] in written]
        if self._told:
            told = update(tables.alarms).where(alarm.id == bindparam("of")).values(detail=bindparam("to"))
            connection.execute(told, self._told)
        if self.states:
            changed = update(tables.kiosks).where(kiosk.id == bindparam("of")).values(state=bindparam("to"))
            connection.execute(changed, self.states)
        whose = {*self._gone.values(), *(one["kiosk_id"] for one in self._new), *(one["of"] for one in self.states)}
        rolls = tuple(Raised(one["kiosk_id"], one["id"]) for one in self._new if one["kind"] in _ROLL)
        return Judged(len(self._gone) + len(self._new), frozenset(whose), rolls)


def clear_revoked(connection: Connection, now: datetime, kiosk_id: str | None = None) -> int:
    """A kiosk that was shut out needs nobody any more: of ``kiosk_id``, or of all that were; how many alarms it were."""
    alarm = tables.alarms.c
    whose = select(tables.kiosks.c.id).where(tables.kiosks.c.revoked_at.is_not(None))
    only = alarm.kiosk_id.in_(whose) if kiosk_id is None else alarm.kiosk_id == kiosk_id
    cleared = connection.execute(update(tables.alarms).where(alarm.cleared_at.is_(None), only).values(cleared_at=now))
    return cleared.rowcount
