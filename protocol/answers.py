"""Answers that prove where they come from: the server signs status and time for the very request that is answered.

A captive portal, a proxy's error page or a cached answer has no such proof, whatever its status: a kiosk gives nothing up
because of it, and takes nothing for done. The proof stands in a header, so that streams and empty answers have it too::

    Ekios-Answer: at=<ms>, judged=<ms>, proof=<Ed25519 signature, base64url>

``at`` is the server's time of day, ``judged`` the time by which it judges signatures: the two differ only where the server's
clock was once put back (see the server's ``signing_clock``). Both in milliseconds of the epoch.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

HEADER: Final = "Ekios-Answer"
#: Codes of a 403: the office has not approved this kiosk yet; it was shut out.
WAITING_CODE: Final = "waiting"
REVOKED_CODE: Final = "revoked"
#: Codes that are said of what was sent, not of how: repeated, it will never do better.
FINAL_CODES: Final = frozenset({"invalid", "too_large"})
_PATTERN: Final = re.compile(r"at=(\d{1,15}), judged=(\d{1,15}), proof=([A-Za-z0-9_-]{86})")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Proof:
    """The server's time of day when it answered, and the time by which it judged the request's signature."""

    at: datetime
    judged: datetime


def prove(request_signature: str, status: int, proof: Proof, key: bytes) -> str:
    """The header's value. ``request_signature``: the request's ``Signature`` header; ``key``: the city's Ed25519 seed."""
    at, judged = ((moment - _EPOCH) // _MS for moment in (proof.at, proof.judged))
    signature = _signing_key(key).sign(_signed(request_signature, status, at, judged)).signature
    return f"at={at}, judged={judged}, proof={base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@lru_cache(maxsize=4)
def _signing_key(key: bytes) -> SigningKey:
    """To make it takes as long as to sign."""
    return SigningKey(key)


def read(header: str | None, request_signature: str, status: int, verify_key: bytes) -> Proof | None:
    """What the city's server proves of its answer to that request; None when it is not its answer."""
    match = _PATTERN.fullmatch(header or "")
    if match is None:
        return None
    at, judged = int(match[1]), int(match[2])
    try:
        signature = base64.urlsafe_b64decode(match[3] + "==")
        VerifyKey(verify_key).verify(_signed(request_signature, status, at, judged), signature)
        return Proof(_EPOCH + at * _MS, _EPOCH + judged * _MS)
    except (BadSignatureError, binascii.Error, OverflowError):
        return None


def _signed(request_signature: str, status: int, at: int, judged: int) -> bytes:
    # No badge and no document of the city begins like this.
    return f"ekios-answer 1\n{request_signature}\n{status}\n{at}\n{judged}".encode()
