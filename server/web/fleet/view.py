"""The fleet as the command centre sees it: each kiosk's parts, supplies and line in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from protocol.components import CAMERA, PAPER_DAYS, PAPER_DAYS_EARLY, PAPER_MM, PRINTER, SCANNER
from protocol.formats import Formatting
from protocol.messages import Component
from protocol.outbox.waiting import WaitReason
from server.fleet.alarms import AlarmKind
from server.fleet.at_stake import AtStake
from server.fleet.components import components_of, severity
from server.fleet.states import KioskState
from server.web.fleet.visit_view import report_view, visit_views
from server.web.frame import plots
from server.web.frame.visitor import Visitor
from server.web.frame.vocabulary import said
from server.web.office import queries

PARTS: Final = (PRINTER, SCANNER, CAMERA)
VISITS_SHOWN: Final = 20
REPORTS_SHOWN: Final = 5
HISTORY_SHOWN: Final = 30
REJECTIONS_SHOWN: Final = 20
#: Contact within so many seconds is "just now"; a kiosk counts as silent only after longer.
NOW_SECONDS: Final = 45
#: The class of a kiosk's mark and the kind of its pill, by its state.
LOOKS: Final = {
    KioskState.SILENT: ("trouble", "bad"),
    KioskState.TROUBLE: ("trouble", "bad"),
    KioskState.WARN: ("warn", "wait"),
    KioskState.UNAPPROVED: ("warn", "wait"),
    KioskState.OUT: ("off", "wait"),
    KioskState.WAITING: ("off", "plain"),
    KioskState.FINE: ("fine", "good"),
}
_DETAILED: Final = frozenset(
    {
        AlarmKind.BROKEN_CONTENT,
        AlarmKind.DEVICE,
        AlarmKind.FORM_FAULT,
        AlarmKind.PACK_REFUSED,
        AlarmKind.PARKED,
        AlarmKind.WRONG_CLOCK,
    }
)


@dataclass(frozen=True)
class PartView:
    name: str
    icon: str
    words: str
    tone: str  # good, wait, bad, plain
    paper: str


@dataclass(frozen=True)
class KioskView:
    id: str
    name: str
    place: str
    #: trouble, warn, off or fine.
    tone: str
    state: str
    pill: str
    parts: tuple[PartView, ...]
    outbox: str
    outbox_tone: str
    pack: str
    seen: str
    sessions: str
    ring: str


@dataclass(frozen=True)
class AlarmView:
    id: str
    kiosk_id: str
    kiosk: str
    words: str
    #: For technicians: which part, which file, how many.
    detail: str
    since: str
    #: Empty while it stands.
    until: str
    seen: bool


def alarm_view(visitor: Visitor, row: Row[Any], kiosk: str) -> AlarmView:
    moment = visitor.formatting.short_moment
    return AlarmView(
        id=row.id,
        kiosk_id=row.kiosk_id,
        kiosk=kiosk,
        words=said(visitor.say, "alarm", row.kind),
        detail=_at_stake(visitor, row.detail)
        if row.kind == AlarmKind.SILENT
        else row.detail
        if row.kind in _DETAILED
        else "",
        since=moment(row.raised_at),
        until=moment(row.cleared_at) if row.cleared_at else "",
        seen=row.acknowledged_at is not None,
    )


def _at_stake(visitor: Visitor, detail: str) -> str:
    """What would be lost with a silent kiosk."""
    stake = AtStake.read(detail)
    if stake is None:
        return ""
    say, moment = visitor.say, visitor.formatting.short_moment
    if stake.oldest_at is None:
        return say("alarm.silent.nothing", heard=moment(stake.heard_at))
    return say("alarm.silent.at_stake", n=stake.items, heard=moment(stake.heard_at), oldest=moment(stake.oldest_at))


def waiting_words(visitor: Visitor, row: Row[Any]) -> list[dict[str, Any]]:
    """Why items wait at the kiosk, the most frequent reason first."""
    known = {reason.value for reason in WaitReason}
    counted = sorted(row.outbox_reasons.items(), key=lambda one: (-one[1], one[0]))
    return [
        {"words": visitor.say(f"kiosk.waits.{name}" if name in known else "kiosk.waits.other"), "n": number}
        for name, number in counted
    ]


def kiosk_view(visitor: Visitor, row: Row[Any]) -> KioskView:
    say, state = visitor.say, KioskState(row.state)
    tone, pill = LOOKS.get(state, ("off", "plain"))
    waiting, parked = row.outbox_waiting or 0, row.outbox_parked or 0
    return KioskView(
        id=row.id,
        name=row.name,
        place=row.place,
        tone=tone,
        state=say(f"kiosk.state.{state.value}"),
        pill=pill,
        parts=tuple(part_view(part, say, visitor.formatting) for part in _in_order(components_of(row))),
        outbox=say("kiosk.outbox.parked", n=waiting, parked=parked) if parked else say("kiosk.outbox", n=waiting),
        outbox_tone="bad" if parked else "wait" if waiting else "good",
        pack=say("kiosk.pack", number=row.pack_version) if row.pack_version else say("kiosk.pack.none"),
        seen=ago(row.last_heartbeat_at, visitor.deps.clock.now(), say),
        sessions=say("kiosk.sessions", n=row.sessions_today or 0),
        ring=say(f"ring.{row.ring}"),
    )


def part_view(part: Component, say: Callable[..., str], formatting: Formatting) -> PartView:
    """A component of a heartbeat in words: its conditions, or its availability when it has none."""
    name, conditions, availability = part.component, part.conditions, part.availability
    words = ", ".join(said(say, "condition", one) for one in conditions) or said(say, "availability", availability)
    return PartView(
        name=said(say, "part", name),
        icon=name if name in PARTS else "box",
        words=words,
        tone=severity(part).value,
        paper=_paper(part.supplies, say, formatting),
    )


def _paper(supplies: Mapping[str, float], say: Callable[..., str], formatting: Formatting) -> str:
    """What is left of the roll, and in how many days the kiosk foretells its end."""
    left, early, likely = (supplies.get(name) for name in (PAPER_MM, PAPER_DAYS_EARLY, PAPER_DAYS))
    if left is None:
        return ""
    metres = say("kiosk.paper", metres=formatting.tenths(max(0.0, left) / 1000))
    if early is None:
        return metres
    first, last = max(0, round(early)), max(0, round(likely if likely is not None else early))
    days = say("kiosk.paper.days", n=first) if first == last else say("kiosk.paper.range", first=first, last=last)
    return f"{metres}, {days}"


def kiosk_details(visitor: Visitor, kiosk_id: str) -> dict[str, Any]:
    """Commands, visits, refused items and history of a kiosk, the newest first."""
    say = visitor.say
    presence = visitor.deps.presence
    with visitor.deps.engine.connect() as connection:
        commands = queries.commands(connection, kiosk_id)
    logs = visitor.deps.device_commands.logs(kiosk_id)
    return {
        "commands": [
            {
                "words": said(say, "command", one.name),
                "when": visitor.formatting.short_moment(one.issued_at),
                "result": say("command.waiting")
                if one.result_ok is None
                else say("command.ok" if one.result_ok else "command.failed"),
                "tone": "plain" if one.result_ok is None else "good" if one.result_ok else "bad",
                "message": one.result_message or "",
                "log": f"/fleet/kiosks/{kiosk_id}/logs/{one.id}" if one.id in logs else "",
            }
            for one in commands
        ],
        "visits": visit_views(visitor, presence.visits(kiosk_id, VISITS_SHOWN)),
        "reports": [report_view(visitor, one) for one in visitor.deps.readiness.of(kiosk_id, REPORTS_SHOWN)],
        "history": [
            {
                "when": visitor.formatting.short_moment(one.at),
                "part": part_view(
                    Component(
                        component=one.component,
                        availability=one.availability,
                        conditions=one.conditions,
                        since=one.since,
                    ),
                    say,
                    visitor.formatting,
                ),
            }
            for one in presence.component_history(kiosk_id, HISTORY_SHOWN)
        ],
        "rejections": [
            {
                "when": visitor.formatting.short_moment(one.at),
                "status": say(f"rejection.{one.status}"),
                "why": one.reason,
            }
            for one in presence.rejections(kiosk_id, REJECTIONS_SHOWN)
        ],
    }


def hours_plot(visitor: Visitor, numbers: Sequence[int]) -> plots.Bars:
    """Of each hour of the day, with its number in words."""
    return plots.hours(
        numbers, [visitor.say("wall.hour", hour=f"{hour:02}", n=number) for hour, number in enumerate(numbers)]
    )


def _in_order(parts: Sequence[Component]) -> list[Component]:
    place = {name: number for number, name in enumerate(PARTS)}
    return sorted(parts, key=lambda part: place.get(part.component, len(place)))


def ago(then: datetime | None, now: datetime, say: Callable[..., str]) -> str:
    if then is None:
        return say("ago.never")
    seconds = max(0, int((now - then).total_seconds()))
    if seconds < NOW_SECONDS:
        return say("ago.now")
    if seconds < 5400:
        return say("ago.minutes", n=max(1, round(seconds / 60)))
    if seconds < 129_600:
        return say("ago.hours", n=round(seconds / 3600))
    return say("ago.days", n=round(seconds / 86_400))
