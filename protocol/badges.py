"""Staff badges: a QR that says who somebody is, signed by the city. The PIN is known to the roster only.

``EKB1.<staff id>.<expiry, days since 1970>.<signature, base64url>`` where the Ed25519 signature covers all before
its dot. A badge alone opens nothing: a kiosk wants the PIN too, and the staff id on the roster it was sent.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

PREFIX: Final = "EKB1."
_PATTERN: Final = re.compile(r"EKB1\.([a-z0-9][a-z0-9_-]{0,63})\.([0-9]{1,6})\.([A-Za-z0-9_-]{86})")
_EPOCH: Final = date(1970, 1, 1)


class BadgeFault(StrEnum):
    """What is wrong with a badge."""

    #: Of another city, forged, altered, or no badge at all: without a signature of ours that is all the same.
    NOT_OURS = "NOT_OURS"
    #: Ours, and past its day.
    EXPIRED = "EXPIRED"


class BadgeRefused(ValueError):
    """Not a badge of this city, altered, or past its day; ``fault`` says which."""

    def __init__(self, message: str, fault: BadgeFault = BadgeFault.NOT_OURS) -> None:
        super().__init__(message)
        self.fault = fault


@dataclass(frozen=True)
class Badge:
    staff_id: str
    #: The last day on which it is good.
    expires: date


def issue(staff_id: str, expires: date, signing_key: bytes) -> str:
    """The text of a badge's QR. ``signing_key`` is the city's 32-byte Ed25519 seed for badges."""
    head = f"{PREFIX}{staff_id}.{(expires - _EPOCH).days}"
    signature = SigningKey(signing_key).sign(head.encode()).signature
    token = f"{head}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
    if not _PATTERN.fullmatch(token):
        raise ValueError(f"{staff_id!r} cannot stand on a badge: use a-z, 0-9, - and _, at most 64")
    return token


def read(token: str, verify_key: bytes, now: datetime) -> Badge:
    """The badge in ``token``. Raises BadgeRefused."""
    match = _PATTERN.fullmatch(token)
    if match is None:
        raise BadgeRefused("not a staff badge")
    staff_id, days, encoded = match.groups()
    try:
        signature = base64.urlsafe_b64decode(encoded + "==")
        VerifyKey(verify_key).verify(token.rpartition(".")[0].encode(), signature)
    except (BadSignatureError, binascii.Error) as error:
        raise BadgeRefused("not signed by this city") from error
    expires = _EPOCH + timedelta(days=int(days))
    if now.astimezone(UTC).date() > expires:
        raise BadgeRefused(f"expired on {expires.isoformat()}", BadgeFault.EXPIRED)
    return Badge(staff_id, expires)
