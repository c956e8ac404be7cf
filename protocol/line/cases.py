"""What a citizen may be told of a case; a part of ``protocol.messages``."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field

from protocol.line.base import Code, Message, Name


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


class CaseStep(Message):
    state: CasePublicState
    at: AwareDatetime
    #: Name of the stage of the service's workflow, by language; empty where there is none.
    stage: dict[str, str] = Field(default_factory=dict)


class CaseState(Message):
    """The public state of a case. No personal data; ``note`` is what the office tells or asks the citizen."""

    tracking_code: Code
    service: Name
    #: complaint: the words for its states are others.
    kind: Literal["service", "complaint"] = "service"
    service_name: dict[str, str]
    agency_name: dict[str, str]
    state: CasePublicState
    updated_at: AwareDatetime
    received_at: AwareDatetime
    #: When the service standard says it will be done; None while the clock pauses or when it has ended.
    due: datetime | None = None
    note: str = ""
    steps: tuple[CaseStep, ...] = ()
