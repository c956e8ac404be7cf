"""What comes of leaving a draft and of fetching it again."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class DraftProblem(StrEnum):
    #: The server cannot be reached: what was entered stays on the screen.
    NO_LINE = "NO_LINE"
    NOT_A_CODE = "NOT_A_CODE"
    #: No such draft, or its days are over.
    UNKNOWN = "UNKNOWN"
    WRONG_DATE = "WRONG_DATE"
    #: Too many tries; later again.
    BLOCKED = "BLOCKED"
    TOO_LARGE = "TOO_LARGE"
    #: The service is not offered any more, or its draft cannot be read.
    GONE = "GONE"

    @property
    def text_key(self) -> str:
        return f"draft.problem.{self.lower()}"


@dataclass(frozen=True, slots=True)
class DraftKept:
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DraftOpened:
    plain: bytes = field(repr=False)
