"""What a citizen may see of a case: its state, and a step for each change that is visible from outside."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from protocol.line.base import ServiceKind
from protocol.messages import CaseMessage, CaseState, CaseStep, Contest, MessageKind
from protocol.messages import CasePublicState as State
from protocol.packs import ServiceDescription
from server.cases import complaints, contests, fees
from server.cases.complaint_public import NONE, ComplaintFacts
from server.cases.pauses import Pauses
from server.cases.rules import ANSWERED, RUNNING, Action
from server.cases.states import CaseMessage as CaseStored
from server.catalogue.workflow import BEFORE_DECISION, Workflow
from server.foundation.clock import WorkingCalendar
from server.foundation.identity_numbers import mask

#: Of a case with more, the newest.
MESSAGES_TOLD: Final = 60
#: Steps whose note the office wrote to the citizen when it decided.
_DECISIONS: Final = frozenset({"approve", "reject", "ready", "cancel", Action.REPLY, Action.REOPEN})
#: Steps whose note the office wrote to the citizen, and as what it is told.
_TOLD: Final = {**dict.fromkeys(_DECISIONS, MessageKind.DECISION), "remind": MessageKind.ASK}


def opened_state(description: ServiceDescription, case: Mapping[str, Any]) -> CaseState:
    """What the citizen sees of a case that has just been opened, from its row alone."""
    first = {"action": "open", "state": case["state"], "stage": case["stage"], "at": case["opened_at"], "note": ""}
    facts = ComplaintFacts(promised=case["first_due_at"]) if description.kind is ServiceKind.COMPLAINT else NONE
    return public_state(description, case, [first], complaint=facts)


def public_state(
    description: ServiceDescription,
    case: Mapping[str, Any],
    steps: Sequence[Mapping[str, Any]],
    calendar: Callable[[], WorkingCalendar] | None = None,
    pauses: Pauses | None = None,
    complaint: ComplaintFacts = NONE,
) -> CaseState:
    """``calendar`` is asked for only where something can be answered or contested; without it nothing is said of that."""
    state = State(case["state"])
    offer = contests.offered(description.kind, case, steps) if calendar is not None else None
    until = None
    if state is State.QUESTION and case["paused_at"] is not None and calendar is not None and pauses is not None:
        until = pauses.answer_until(description.kind, case["paused_at"], calendar())
    due = complaint.promised if description.kind is ServiceKind.COMPLAINT else case["due_at"]
    fee, least = fees.of_case(description, case["fee_rupiah"])
    return CaseState(
        tracking_code=case["tracking_code"],
        service=case["service_id"],
        kind=description.kind,
        service_name=description.name,
        agency_name=complaint.agency_name or description.agency.name,
        state=state,
        updated_at=case["updated_at"],
        received_at=case["opened_at"],
        due=due if state in RUNNING else None,
        closes=complaint.closes if state in ANSWERED else None,
        answer_until=until,
        fee_rupiah=fee,
        fee_least=least,
        note=mask(case["note"] if state is State.QUESTION else _answer(steps)),
        steps=_public_steps(steps, _names(description), complaint.forwards),
        contested=Contest(case["contest"]) if case["contest"] else None,
        contest=offer.contest if offer is not None else None,
        contest_until=offer.until(calendar()) if offer is not None and calendar is not None else None,
    )


def _answer(steps: Sequence[Mapping[str, Any]]) -> str:
    """All that the office wrote when it decided, since the citizen last contested it: what is written later hides nothing."""
    begun = max((place for place, step in enumerate(steps) if step["action"] in set(Contest)), default=0)
    notes = (step["note"] for step in steps[begun:] if step["action"] in _DECISIONS)
    return "\n\n".join(note for note in notes if note)


def _names(description: ServiceDescription) -> dict[str, dict[str, str]]:
    """Of the stages at which a case waits for its decision: that it can be had, or is being made, its state tells."""
    stages = Workflow.of(description).stages
    return {stage.id: stage.name for stage in stages if stage.does in BEFORE_DECISION}


def _public_steps(
    steps: Sequence[Mapping[str, Any]], names: Mapping[str, dict[str, str]], forwards: Mapping[int, dict[str, str]]
) -> tuple[CaseStep, ...]:
    """Steps that leave state and stage as they were, say nothing and forward to nobody are the office's own business. What one
    agency wrote to another is as well."""
    shown: list[CaseStep] = []
    seen = None
    for step in steps:
        forwarded = forwards.get(step.get("n", 0), {})
        note = "" if forwarded else mask(step["note"])
        if seen != (step["state"], step["stage"]) or forwarded or note:
            seen = (step["state"], step["stage"])
            contest = Contest(step["action"]) if step["action"] in set(Contest) else None
            stage = names.get(step["stage"], {})
            shown.append(
                CaseStep(
                    state=State(step["state"]),
                    at=step["at"],
                    stage=stage,
                    contest=contest,
                    forwarded_to=forwarded,
                    note=note,
                )
            )
    return tuple(shown)


def public_messages(
    privacy: str, messages: Sequence[CaseStored], steps: Sequence[Mapping[str, Any]]
) -> tuple[CaseMessage, ...]:
    """All that office and citizen wrote to each other, oldest first, for whoever holds the slip.

    Of a confidential complaint the citizen's own words stay with its officer: a slip can be lost.
    """
    told = [
        CaseMessage(
            id=one.id,
            kind=one.direction,
            at=one.at,
            text="" if _is_confidential(privacy, one) else mask(one.text),
            photos=len(one.attachments),
            withheld=_is_confidential(privacy, one),
        )
        for one in messages
    ]
    told += [
        CaseMessage(id=f"step-{step['n']}", kind=_TOLD[step["action"]], at=step["at"], text=mask(step["note"]))
        for step in steps
        if step["action"] in _TOLD and step["note"]
    ]
    # Of the same instant, the office's came first.
    office = (MessageKind.ASK, MessageKind.DECISION)
    return tuple(sorted(told, key=lambda one: (one.at, one.kind not in office))[-MESSAGES_TOLD:])


def _is_confidential(privacy: str, message: CaseStored) -> bool:
    return privacy == complaints.SECRET and message.direction != MessageKind.ASK
