"""What the kiosk knows of its line to the server."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LineCondition(StrEnum):
    #: Not tried yet since the start.
    UNKNOWN = "UNKNOWN"
    ONLINE = "ONLINE"
    #: The server cannot be reached, or answers with errors.
    OFFLINE = "OFFLINE"
    #: The server asked for patience (429 or 503 with Retry-After).
    SLOWED = "SLOWED"
    #: The server does not accept this kiosk's signature.
    REFUSED = "REFUSED"
    #: The office has not approved this kiosk yet.
    WAITING = "WAITING"
    #: The kiosk was shut out.
    REVOKED = "REVOKED"
    #: The server no longer understands this version.
    UPDATE_NEEDED = "UPDATE_NEEDED"


class Approval(StrEnum):
    """Whether the office has let this kiosk into its fleet, as far as the line tells."""

    GIVEN = "GIVEN"
    WAITING = "WAITING"
    #: It was shut out before it ever got anything to do.
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a technician compares with a router: where the server is, and how well it is heard."""

    server: str
    #: Of this machine on the way there; "" when there is no way.
    own_address: str = ""
    #: Of the radio, 0 to 1; None: by cable, or nobody can tell.
    signal: float | None = None


@dataclass(frozen=True, slots=True)
class LineSpeed:
    """What was measured just now."""

    #: There and back, the middle one of some tries; None: no answer came.
    round_trip_s: float | None
    #: Of the pack in force; None: there is none, or it did not come.
    bytes_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class LineState:
    """``detail`` is for technicians and holds no personal data."""

    condition: LineCondition
    since: datetime
    detail: str = ""
    #: The last time the server answered as it should.
    last_contact: datetime | None = None

    @property
    def online(self) -> bool:
        return self.condition is LineCondition.ONLINE
