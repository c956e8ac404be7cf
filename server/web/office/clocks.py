"""How a case's clock looks: the working days that its service standard leaves."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from protocol.line.base import ServiceKind
from server.cases.complaint_clock import DAYS, LaporClock
from server.cases.rules import ANSWERED, STAGE_RUNNING, UNDECIDED, WAITING, late, stage_late
from server.foundation.clock import WorkingCalendar
from server.web.office.queries import working_days_until

#: With this many working days left the clock turns amber.
SOON_DAYS: Final = 1


@dataclass(frozen=True)
class ClockView:
    kind: str  # left, soon, late, paused, none
    text: str
    #: How much of the standard's time is used, 0 to 100; None shows no bar.
    share: int | None
    #: Of its stage; empty where no clock runs.
    stage: str = ""
    stage_late: bool = False


def view(
    case: Row[Any], total_days: int, now: datetime, calendar: WorkingCalendar, say: Callable[..., str]
) -> ClockView:
    """The clocks of a row of ``cases`` whose standard gives ``total_days``."""
    whole = _of_standard(case, total_days, now, calendar, say)
    if case.stage_due_at is None or case.state not in STAGE_RUNNING:
        return whole
    left = working_days_until(calendar, now, case.stage_due_at)
    if stage_late(now).holds(case):
        return replace(whole, stage=say("clock.stage.late", n=-left), stage_late=True)
    return replace(whole, stage=say("clock.stage.left", n=left))


def _of_standard(
    case: Row[Any], total_days: int, now: datetime, calendar: WorkingCalendar, say: Callable[..., str]
) -> ClockView:
    if case.kind == ServiceKind.COMPLAINT and case.state in ANSWERED:
        return ClockView("none", say("complaint.clock.awaiting"), None)
    if case.state not in UNDECIDED:
        return ClockView("none", say("clock.done"), None)
    if WAITING.holds(case):
        return ClockView("paused", say("clock.paused"), None)
    if case.due_at is None:
        return ClockView("none", "—", None)
    left = working_days_until(calendar, now, case.due_at)
    what, total_days = _lapor(case, total_days, say)
    if late(now).holds(case):
        return ClockView("late", what + (say("clock.late", n=-left) if left < 0 else say("clock.late_today")), 100)
    used = 100 * (total_days - left) // total_days if total_days else 0
    text = what + (say("clock.left", n=left) if left else say("clock.today"))
    return ClockView("soon" if left <= SOON_DAYS else "left", text, max(4, min(100, used)))


def _lapor(case: Row[Any], total_days: int, say: Callable[..., str]) -> tuple[str, int]:
    """Of a complaint: what is to be done until then, and its days. For any other case nothing, and the standard's."""
    if case.kind != ServiceKind.COMPLAINT:
        return "", total_days
    clock = LaporClock.FORWARD if case.in_charge_since is None else LaporClock.FOLLOW_UP
    return f"{say(f'complaint.clock.{clock}')}: ", DAYS[clock]
