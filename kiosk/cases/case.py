"""A case as a citizen may see it: what the server says of a tracking code, or what this kiosk still knows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.text import Text


class CaseStateName(StrEnum):
    #: Kept at this kiosk; the server has not answered yet.
    STORED_HERE = "stored_here"
    RECEIVED = "received"
    #: At the server, but for photos that are still on their way.
    INCOMPLETE = "incomplete"
    IN_REVIEW = "in_review"
    #: The office asks the citizen something: see ``Case.note``.
    QUESTION = "question"
    APPROVED = "approved"
    REJECTED = "rejected"
    READY = "ready"
    COLLECTED = "collected"
    CANCELLED = "cancelled"

    @property
    def text_key(self) -> str:
        return f"case.state.{self.value}"


@dataclass(frozen=True, slots=True)
class CaseStep:
    state: CaseStateName
    at: datetime
    stage: Text


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
    #: What the office tells or asks; never kept at the kiosk, so empty when the line is down.
    note: str = ""
    steps: tuple[CaseStep, ...] = ()
    #: Told by the server just now; False: from this kiosk's memory.
    fresh: bool = True


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
