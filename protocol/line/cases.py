"""What a citizen may be told of a case; a part of ``protocol.messages``."""

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, Field

from protocol.limits import Rupiah
from protocol.line.base import Code, Message, Name, ServiceKind, Short


class CasePublicState(StrEnum):
    """What a citizen is told of a case; the words people know from their offices."""

    RECEIVED = "received"
    INCOMPLETE = "incomplete"
    IN_REVIEW = "in_review"
    QUESTION = "question"
    APPROVED = "approved"
    REJECTED = "rejected"
    READY = "ready"
    COLLECTED = "collected"
    CANCELLED = "cancelled"


class Contest(StrEnum):
    """What a citizen may do against what became of a case; also the action of its step."""

    OBJECTION = "objection"
    REOPENING = "reopening"


class MessageKind(StrEnum):
    """Who says what in a case."""

    #: The office asks.
    ASK = "ask"
    #: The citizen answers, or adds something.
    ANSWER = "answer"
    #: What the office wrote when it decided.
    DECISION = "decision"
    OBJECTION = "objection"
    REOPENING = "reopening"


class CaseMessage(Message):
    """Identity numbers are masked. ``kind`` is one of ``MessageKind``, or what a newer server says."""

    id: Short
    kind: Name
    at: AwareDatetime
    text: str = ""
    photos: int = 0
    #: What was said is for the case's officer only: it was confidential.
    withheld: bool = False


class CaseStep(Message):
    state: CasePublicState
    at: AwareDatetime
    #: Name of the stage of the service's workflow, by language; empty where there is none.
    stage: dict[str, str] = Field(default_factory=dict)
    #: The citizen contested what was so far, and this came of it.
    contest: Contest | None = None
    #: Of a complaint: the agency that it was forwarded to, by language.
    forwarded_to: dict[str, str] = Field(default_factory=dict)
    #: What the office wrote then; identity numbers are masked.
    note: str = ""


class CaseState(Message):
    """The public state of a case. No personal data; ``note`` is what the office asks, or all that it wrote when it decided."""

    tracking_code: Code
    service: Name
    #: complaint: the words for its states are others.
    kind: ServiceKind = ServiceKind.SERVICE
    service_name: dict[str, str]
    agency_name: dict[str, str]
    state: CasePublicState
    updated_at: AwareDatetime
    received_at: AwareDatetime
    #: When the service standard says it will be done; None while the clock pauses or when it has ended.
    due: datetime | None = None
    #: Of a complaint that was answered: when it is closed unless the citizen says something before.
    closes: AwareDatetime | None = None
    #: Until when the citizen's answer is waited for; of a case in QUESTION, unless its server is older.
    answer_until: datetime | None = None
    #: What it costs, or with ``fee_least`` what it costs at least; None of an older server, and where nobody can say yet.
    fee_rupiah: Rupiah | None = None
    fee_least: bool = False
    note: str = ""
    steps: tuple[CaseStep, ...] = ()
    #: What is being looked at again, at the citizen's wish.
    contested: Contest | None = None
    #: What the citizen may do against it, and until when.
    contest: Contest | None = None
    contest_until: AwareDatetime | None = None
    #: Told to a kiosk that asks for the case; the feed keeps none of them. None: not told.
    messages: tuple[CaseMessage, ...] | None = None
