"""What comes of sending a submission."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from forms import Violation


class RefusedReason(StrEnum):
    #: Answers are missing or wrong; see ``violations``.
    INVALID = "INVALID"
    NO_CONSENT = "NO_CONSENT"
    TOO_LARGE = "TOO_LARGE"
    DISK_FULL = "DISK_FULL"
    STORAGE_BROKEN = "STORAGE_BROKEN"

    @property
    def text_key(self) -> str:
        return f"send.refused.{self.lower()}"


@dataclass(frozen=True, slots=True)
class Saved:
    """Durable at this kiosk. ``code`` is twelve characters; show it with ``TrackingCodes.display``."""

    id: str
    code: str
    service: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was kept, and nothing of the citizen's answers is lost."""

    reason: RefusedReason
    violations: tuple[Violation, ...] = ()
