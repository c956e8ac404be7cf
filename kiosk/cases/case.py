"""A case as a citizen may see it: what the server says of a tracking code, or what this kiosk still knows."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kiosk.catalogue.fee import Fee
from kiosk.text import Text
from protocol import messages
from protocol.messages import CasePublicState, CaseState, Contest, MessageKind


class CaseStateName(StrEnum):
    """What the server tells of a case, and what only this kiosk knows."""

    #: Kept at this kiosk; the server has not answered yet.
    STORED_HERE = "stored_here"
    RECEIVED = CasePublicState.RECEIVED.value
    #: At the server, but for photos that are still on their way.
    INCOMPLETE = CasePublicState.INCOMPLETE.value
    IN_REVIEW = CasePublicState.IN_REVIEW.value
    #: The office asks the citizen something: see ``Case.note``.
    QUESTION = CasePublicState.QUESTION.value
    APPROVED = CasePublicState.APPROVED.value
    REJECTED = CasePublicState.REJECTED.value
    READY = CasePublicState.READY.value
    COLLECTED = CasePublicState.COLLECTED.value
    CANCELLED = CasePublicState.CANCELLED.value

    @property
    def text_key(self) -> str:
        return f"case.state.{self.value}"


@dataclass(frozen=True, slots=True)
class CaseStep:
    state: CaseStateName
    at: datetime
    stage: Text
    #: The citizen contested what was so far, and this came of it.
    contest: Contest | None = None
    #: Of a complaint: the agency that it was forwarded to; empty where it was not.
    forwarded_to: Text = field(default_factory=lambda: Text.read(None))

    @classmethod
    def read(cls, step: messages.CaseStep) -> "CaseStep":
        stage, forwarded_to = Text.read(step.stage), Text.read(step.forwarded_to)
        return cls(CaseStateName(step.state.value), step.at, stage, step.contest, forwarded_to)


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """What office and citizen wrote to each other; never kept at the kiosk."""

    id: str
    #: A ``MessageKind``, or what a newer server says.
    kind: str
    at: datetime
    text: str = field(default="", repr=False)
    photos: int = 0
    withheld: bool = False
    #: Written here just now; the server has not told it back yet.
    on_its_way: bool = False

    @property
    def is_citizens(self) -> bool:
        return self.kind in (MessageKind.ANSWER, MessageKind.OBJECTION, MessageKind.REOPENING)

    @classmethod
    def read(cls, message: messages.CaseMessage) -> "CaseMessage":
        return cls(message.id, message.kind, message.at, message.text, message.photos, message.withheld)


@dataclass(frozen=True, slots=True)
class Case:
    code: str
    service: str
    service_name: Text
    agency_name: Text
    state: CaseStateName
    updated_at: datetime
    #: By the server; None while it is stored here only.
    received_at: datetime | None
    due: datetime | None = None
    #: Of a complaint that was answered: when it is closed unless the citizen says something before.
    closes: datetime | None = None
    #: Until when the office waits for the citizen's answer.
    answer_until: datetime | None = None
    #: What it costs, as the server says.
    fee: Fee | None = None
    #: What the office asks, or wrote when it decided; never kept at the kiosk, so empty when the line is down.
    note: str = ""
    steps: tuple[CaseStep, ...] = ()
    #: From the server just now; False: from this kiosk's memory.
    fresh: bool = True
    #: Oldest first.
    messages: tuple[CaseMessage, ...] = ()
    #: What is being looked at again, at the citizen's wish.
    contested: Contest | None = None
    #: What the citizen may do against it, and until when.
    contest: Contest | None = None
    contest_until: datetime | None = None

    @property
    def answer(self) -> str:
        """What the office wrote when it decided, or ""."""
        return "" if self.state is CaseStateName.QUESTION else self.note

    def may_contest(self, now: datetime) -> Contest | None:
        """What the citizen can do against it now."""
        in_time = self.contest_until is not None and now <= self.contest_until
        return self.contest if self.fresh and in_time else None

    @classmethod
    def read(cls, state: CaseState) -> "Case":
        """As the server just reported it."""
        return cls(
            code=state.tracking_code,
            service=state.service,
            service_name=Text.read(state.service_name),
            agency_name=Text.read(state.agency_name),
            state=CaseStateName(state.state.value),
            updated_at=state.updated_at,
            received_at=state.received_at,
            due=state.due,
            closes=state.closes,
            answer_until=state.answer_until,
            fee=fee_of_state(state),
            note=state.note,
            steps=tuple(CaseStep.read(step) for step in state.steps),
            messages=tuple(CaseMessage.read(message) for message in state.messages or ()),
            contested=state.contested,
            contest=state.contest,
            contest_until=state.contest_until,
        )


def fee_of_state(state: CaseState) -> Fee | None:
    """What the server says that it costs."""
    return None if state.fee_rupiah is None else Fee(state.fee_rupiah, state.fee_least)


class CaseProblemKind(StrEnum):
    NOT_A_CODE = "NOT_A_CODE"
    UNKNOWN_CODE = "UNKNOWN_CODE"
    #: The server could not be asked and this kiosk does not know the code.
    NO_LINE = "NO_LINE"


@dataclass(frozen=True, slots=True)
class CaseProblem:
    kind: CaseProblemKind

    @property
    def text_key(self) -> str:
        return f"case.problem.{self.kind.lower()}"
