"""What a city publishes for everybody: how long its offices really take, and its budget.

``GET /v1/documents/{name}`` gives a SignedDocument, or 404. A heartbeat's answer tells which versions there are, so that
a kiosk asks only for what is new to it. The signature is the city's (the key of staff badges, over other first bytes), so
what stands at a kiosk is what the city said, whoever carried it; versions only rise.
"""

from datetime import UTC, datetime
from typing import Annotated, Final

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from pydantic import AwareDatetime, Base64Bytes, Field

from protocol.messages import Message, Name, Short

TRANSPARENCY: Final = "transparency"
BUDGET: Final = "budget"
DOCUMENT_BYTES: Final = 500_000
BUDGET_LINES: Final = 60
#: No badge begins like this, so a signature of one is never one of the other.
_DOMAIN: Final = "ekios-document:1"


class DocumentRefused(ValueError):
    """Not signed by this city, or altered."""


class SignedDocument(Message):
    name: Name
    version: Annotated[int, Field(ge=1)]
    made_at: AwareDatetime
    #: JSON: a Transparency or a Budget.
    body: str
    signature: Base64Bytes


class ServiceTimes(Message):
    """Of cases decided within the period. Working days; the clock stands while the office waits for the citizen."""

    id: Name
    name: dict[str, str]
    promised_days: int
    decided: int
    #: None when too few were decided to say.
    median_days: int | None = None
    #: Nine of ten were decided within so many.
    ninetieth_days: int | None = None
    #: Decided in time, in per cent.
    in_time_percent: int | None = None
    #: Satisfaction index and grade; "" when nobody answered the survey.
    index: Short = ""
    grade: Short = ""


class AgencyTimes(Message):
    id: Name
    name: dict[str, str]
    decided: int
    in_time_percent: int | None = None
    median_days: int | None = None
    ninetieth_days: int | None = None
    index: Short = ""
    grade: Short = ""
    surveys: int = 0
    complaints_answered: int = 0
    complaints_late: int = 0
    complaints_open: int = 0
    services: tuple[ServiceTimes, ...] = ()


class Transparency(Message):
    since: AwareDatetime
    #: Of each element in the index: "1/9", "0.111" or "0.11".
    weight: Short
    agencies: tuple[AgencyTimes, ...]


class BudgetLine(Message):
    name: dict[str, str]
    planned_rupiah: Annotated[int, Field(ge=0, le=10**16)]
    spent_rupiah: Annotated[int, Field(ge=0, le=10**16)]


class Budget(Message):
    year: Annotated[int, Field(ge=2000, le=2100)]
    #: Where the figures come from.
    source: Short = ""
    lines: Annotated[tuple[BudgetLine, ...], Field(min_length=1, max_length=BUDGET_LINES)]


def sign(name: str, version: int, made_at: datetime, body: str, key: bytes) -> bytes:
    """``key`` is the city's 32-byte Ed25519 seed for badges and documents."""
    return bytes(SigningKey(key).sign(_signed(name, version, made_at, body)).signature)


def verify(document: SignedDocument, verify_key: bytes) -> None:
    """Raises DocumentRefused."""
    try:
        VerifyKey(verify_key).verify(
            _signed(document.name, document.version, document.made_at, document.body), document.signature
        )
    except (BadSignatureError, ValueError) as error:
        raise DocumentRefused("not signed by this city") from error


def _signed(name: str, version: int, made_at: datetime, body: str) -> bytes:
    moment = made_at.astimezone(UTC).isoformat(timespec="microseconds")
    return "\n".join((_DOMAIN, name, str(version), moment, body)).encode()
