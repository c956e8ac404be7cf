"""What field staff did at a kiosk, and what a kiosk found of itself, in words."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row

from protocol.field import visits
from protocol.field.readiness import CheckOutcome
from protocol.field.visits import CHECKLISTS, VisitKind
from server.fleet.field_work.readiness import ShownReport
from server.web.frame.visitor import Visitor
from server.web.frame.vocabulary import said

#: Told apart from what was done at the panel.
_NOTED: Final = frozenset({visits.KIND, visits.CHECKED, visits.USED, visits.ORDER_DONE, visits.ORDER_OPEN})
_BESIDE: Final = frozenset({"touch", "clock", "line", "pack"})
_TONES: Final = {CheckOutcome.GOOD: "good", CheckOutcome.BAD: "bad", CheckOutcome.UNTESTED: "wait"}


def visit_views(visitor: Visitor, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Of rows of ``visits`` with ``staff_name``."""
    with_photo = visitor.deps.visit_photos.of_visits([row.id for row in rows])
    return [_visit_view(visitor, row, has_photo=row.id in with_photo) for row in rows]


def _visit_view(visitor: Visitor, row: Row[Any], *, has_photo: bool) -> dict[str, Any]:
    say, minutes = visitor.say, max(1, round((row.ended_at - row.began_at).total_seconds() / 60))
    return {
        "who": row.staff_name or row.staff_id,
        "when": visitor.formatting.short_moment(row.began_at),
        "minutes": say("visit.minutes", n=minutes),
        "actions": [
            {"words": said(say, "visit", str(action["kind"])), "detail": str(action.get("detail", ""))}
            for action in row.actions
            if action["kind"] not in _NOTED
        ],
        "note": row.note,
        "photo": f"/fleet/kiosks/{row.kiosk_id}/visits/{row.id}/photo" if has_photo else "",
        **_noted(visitor, row.actions),
    }


def report_view(visitor: Visitor, shown: ShownReport) -> dict[str, Any]:
    """A readiness report with its verdict; one that does not fit its signature says nothing but that."""
    say, moment, report = visitor.say, visitor.formatting.short_moment, shown.report
    if report is None:
        return {
            "when": moment(shown.received_at),
            "by": "",
            "digest": shown.digest,
            "signature": say("readiness.forged"),
            "checks": [],
            "tone": "bad",
            "verdict": say("readiness.invalid"),
        }
    return {
        "when": moment(report.made_at),
        "by": report.staff_id,
        "digest": shown.digest,
        "signature": say("readiness.verified"),
        "checks": [
            {
                "words": f"{said(say, _group(check.name), check.name)}: {say(f'readiness.check.{check.outcome}')}",
                "detail": check.detail,
                "tone": _TONES[check.outcome],
            }
            for check in report.checks
        ],
        "tone": "good" if report.ready else "bad",
        "verdict": say("readiness.ready" if report.ready else "readiness.not_ready"),
    }


def _group(name: str) -> str:
    """Where its words stand: what is no component has them here."""
    return "readiness.part" if name in _BESIDE else "part"


def _noted(visitor: Visitor, actions: list[dict[str, Any]]) -> dict[str, Any]:
    """Of what was ticked and counted: the kind, its list, what was used, which orders were done."""
    say = visitor.say
    of: dict[str, list[str]] = {name: [] for name in _NOTED}
    for action in actions:
        if action["kind"] in of:
            of[action["kind"]].append(str(action.get("detail", "")))
    kind = next(iter(of[visits.KIND]), "")
    steps = CHECKLISTS[VisitKind(kind)] if kind in set(VisitKind) else ()
    used = [found for detail in of[visits.USED] if (found := visits.used(detail)) is not None]
    told = any(of.values())
    return {
        "kind": (said(say, "visit.kind", kind) if kind else say("visit.kind.none")) if told else "",
        "steps": [{"words": said(say, "step", step), "done": step in of[visits.CHECKED]} for step in steps],
        "done": sum(step in of[visits.CHECKED] for step in steps),
        "all": len(steps),
        "used": [f"{number} × {said(say, 'supply', name)}" for name, number in used],
        "orders": [say("visit.order_done", number=number) for number in of[visits.ORDER_DONE]],
    }
