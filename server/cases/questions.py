"""A question to the citizen reminds, and ends: the case is closed with a sentence that stays, and can be reopened."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from protocol.formats import Formatting
from protocol.line.base import ServiceKind
from protocol.messages import CasePublicState as State
from server.cases.journal import CaseJournal
from server.cases.pauses import Pauses
from server.cases.rules import WAITING, Action
from server.cases.states import Change
from server.foundation.actors import SYSTEM
from server.foundation.clock import WorkingCalendar, load_calendar
from server.foundation.texts import Texts
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

#: The step of a reminder.
REMIND: Final = "remind"
#: What is to be done with a waiting case now; None: nothing yet.
_Due = Callable[[UnitOfWork, Row[Any], WorkingCalendar], None]


class Questions:
    def __init__(self, units: UnitsOfWork, journal: CaseJournal, texts: Texts, zone: str, pauses: Pauses) -> None:
        self._units = units
        self._journal = journal
        self._texts = texts
        self._zone = zone
        self._pauses = pauses

    def look(self) -> int:
        """Reminds citizens, and closes cases that nobody answered for; returns how many cases. Called periodically."""
        now, case = self._units.clock.now(), tables.cases.c
        # A working day is no shorter than a day: what was asked later needs no look at the calendar.
        asked = now - timedelta(days=self._pauses.remind_days)
        with self._units.engine.connect() as connection:
            calendar = load_calendar(connection, self._zone)
            waiting: Sequence[Any] = connection.execute(
                select(case.tracking_code, case.paused_at, case.reminded_at, case.kind).where(
                    WAITING.where(), case.paused_at <= asked
                )
            ).all()
        due = [one.tracking_code for one in waiting if self._due(one, calendar, now)]
        return sum(self._look_at(code) for code in due)

    def _look_at(self, code: str) -> bool:
        def look(work: UnitOfWork) -> bool:
            case = self._journal.lock(work.connection, code)
            if case is None or not WAITING.holds(case):
                return False
            calendar = load_calendar(work.connection, self._zone)
            due = self._due(case, calendar, work.now)
            if due is not None:
                due(work, case, calendar)
            return due is not None

        return self._units.run(SYSTEM, look)

    def _due(self, case: Any, calendar: WorkingCalendar, now: datetime) -> _Due | None:
        if self._pauses.answer_until(ServiceKind(case.kind), case.paused_at, calendar) < now:
            return self._end
        if case.reminded_at is None and calendar.due(case.paused_at, self._pauses.remind_days) < now:
            return self._remind
        return None

    def _remind(self, work: UnitOfWork, case: Row[Any], calendar: WorkingCalendar) -> None:
        until = self._pauses.answer_until(ServiceKind(case.kind), case.paused_at, calendar)
        day = Formatting(case.language, ZoneInfo(self._zone)).day(until)
        note = self._texts.say(case.language, "question.reminder", day=day)
        self._journal.apply(work, case, Change(REMIND, {"reminded_at": work.now}, note))
        work.audit("case.remind", f"case:{case.tracking_code}")

    def _end(self, work: UnitOfWork, case: Row[Any], calendar: WorkingCalendar) -> None:
        kind = ServiceKind(case.kind)
        key = "complaint.closed_unanswered" if kind is ServiceKind.COMPLAINT else "question.closed_unanswered"
        note = self._texts.say(case.language, key, n=self._pauses.ends_after(kind))
        stood = calendar.stood(case.paused_at, work.now)
        values = {
            "state": State.CANCELLED,
            "note": note,
            "closed_at": work.now,
            "contest": "",
            "paused_days": case.paused_days + self._pauses.counted(stood, case.paused_days),
        }
        self._journal.apply(work, case, Change(Action.CANCEL, values, note))
        work.audit("case.unanswered", f"case:{case.tracking_code}")
