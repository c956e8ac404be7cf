"""The readiness report: every self-test of a kiosk at one moment, signed by the kiosk's own key.

What is signed is the very bytes of the report, behind a word that no other message of ours begins with; those bytes travel and are kept.
A byte that was changed anywhere, and the signature no longer fits. The same digest stands on the printed slip and on the office's page.
"""

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Final

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from pydantic import AwareDatetime, Base64Bytes, Field, ValidationError

from protocol.line.base import Message, Name, Short, Uuid

_PURPOSE: Final = b"ekios readiness report 1\0"
#: The report as it is signed, and its checks.
BODY_BYTES: Final = 16_384
CHECKS_MOST: Final = 30
SIGNATURE_BYTES: Final = 64
_SHOWN: Final = 16


class CheckOutcome(StrEnum):
    GOOD = "good"
    BAD = "bad"
    #: Nobody looked, so nobody can say.
    UNTESTED = "untested"


class ReadinessCheck(Message):
    #: A component (``protocol.components``), or ``touch``, ``clock``, ``line``, ``pack``.
    name: Name
    outcome: CheckOutcome
    #: For technicians; nothing of anybody.
    detail: Short = ""


class ReadinessReport(Message):
    id: Uuid
    kiosk_id: Uuid
    #: By the kiosk's clock as the server corrected it.
    made_at: AwareDatetime
    staff_id: Name
    software: Short
    pack_version: int
    checks: Annotated[tuple[ReadinessCheck, ...], Field(min_length=1, max_length=CHECKS_MOST)]

    @property
    def ready(self) -> bool:
        """All was tested, and all of it is good."""
        return all(check.outcome is CheckOutcome.GOOD for check in self.checks)


class SignedReadiness(Message):
    """``POST /v1/readiness`` (204)."""

    #: A ReadinessReport in JSON, as it was signed.
    body: Annotated[Base64Bytes, Field(max_length=BODY_BYTES)]
    signature: Base64Bytes


class ReportRefused(ValueError):
    """Not signed by this kiosk, altered, or no report."""


def signed(report: ReadinessReport, sign: Callable[[bytes], bytes]) -> tuple[bytes, bytes]:
    """The report's bytes, and their signature."""
    body = report.model_dump_json().encode()
    return body, sign(_PURPOSE + body)


def verified(body: bytes, signature: bytes, public_key: bytes) -> ReadinessReport:
    """What the bytes say. Raises ReportRefused."""
    try:
        VerifyKey(public_key).verify(_PURPOSE + body, signature)
        return ReadinessReport.model_validate_json(body)
    except (BadSignatureError, ValueError, ValidationError) as error:
        raise ReportRefused("not signed by this kiosk, or altered") from error


def digest(body: bytes) -> str:
    """What people compare, slip with page: ``4F2A 90C1 …``."""
    shown = hashlib.sha256(body).hexdigest()[:_SHOWN].upper()
    return " ".join(shown[start : start + 4] for start in range(0, _SHOWN, 4))
