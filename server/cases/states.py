"""A case's states, and the values that go between what decides about cases and what shows them.

States: INCOMPLETE (attachments still on their way) → RECEIVED → IN_REVIEW ⇄ QUESTION, IN_REVIEW → APPROVED → READY →
COLLECTED, IN_REVIEW → REJECTED, any open one → CANCELLED. What a citizen contests (``server.cases.contests``) begins again
at RECEIVED. Of a complaint APPROVED means answered and COLLECTED closed (``server.cases.complaint_actions``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from protocol.messages import CaseState, Content
from protocol.packs import ServiceDescription


class CaseOutcome(StrEnum):
    DONE = "DONE"
    NOT_FOUND = "NOT_FOUND"
    #: Not the actor's agency, or not a role that decides.
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    #: A colleague has taken it; a supervisor may assign it.
    ALREADY_TAKEN = "ALREADY_TAKEN"
    #: Take it first.
    NOT_TAKEN = "NOT_TAKEN"
    #: The action does not fit the case's state.
    WRONG_STATE = "WRONG_STATE"
    #: Attachments are still on their way; nothing can be decided yet.
    INCOMPLETE = "INCOMPLETE"
    #: A text for the citizen is needed.
    TEXT_MISSING = "TEXT_MISSING"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    #: There is no stage to go to.
    NO_SUCH_STAGE = "NO_SUCH_STAGE"
    #: It is done at another stage of the service's workflow.
    NOT_AT_THIS_STAGE = "NOT_AT_THIS_STAGE"
    #: Only supervisors work at the case's stage.
    SUPERVISORS_ONLY = "SUPERVISORS_ONLY"
    #: Whoever brought the case to its stage does not work at it.
    FOUR_EYES = "FOUR_EYES"
    NO_SUCH_OFFICER = "NO_SUCH_OFFICER"
    #: No agency of this name, nobody decides there, or the complaint is there already.
    NO_SUCH_AGENCY = "NO_SUCH_AGENCY"
    #: The citizen objects to what this very officer decided; another one looks at it.
    OWN_DECISION = "OWN_DECISION"


@dataclass(frozen=True)
class CaseResult:
    outcome: CaseOutcome
    #: What the citizen now sees; None when refused.
    state: CaseState | None = None

    @property
    def ok(self) -> bool:
        return self.outcome is CaseOutcome.DONE


@dataclass(frozen=True)
class CaseMessage:
    id: str
    direction: str  # ask, answer, objection, reopening
    at: datetime
    text: str
    officer_id: str | None
    kiosk_id: str | None
    #: Of what the citizen sent: its attachments.
    attachments: tuple["CaseAttachment", ...] = ()
    #: What the citizen wrote is for the case's officer only, and was left out.
    withheld: bool = False


@dataclass(frozen=True)
class CaseAttachment:
    submission_id: str
    sha256: str
    name: str
    media_type: str
    size: int
    complete: bool


@dataclass(frozen=True)
class CaseFile:
    """Everything about one case, opened. ``row`` is the row of ``cases``."""

    row: Row[Any]
    description: ServiceDescription
    content: Content
    state: CaseState
    steps: Sequence[Row[Any]]
    messages: tuple[CaseMessage, ...]
    attachments: tuple[CaseAttachment, ...]
    #: Who complains is known to the case's officer only: it was left out, with the pictures and the citizen's words.
    hidden: bool = False


@dataclass
class Change:
    """What an action does to a case: columns, the step's name, a public note."""

    action: str
    values: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)
