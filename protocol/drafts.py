"""Drafts: a form that somebody will finish another day, kept at the server as bytes that the server cannot read.

The code on the slip (35 random bits, its first four characters say that it is a draft) and the birth date make, by
Argon2id (RFC 9106), the name under which the draft lies, a proof that its owner shows, and the key that opens it. The
code alone gives the name only; neither code nor birth date ever leave the kiosk.

=====================================  ==========================================================================
``PUT /v1/drafts/{lookup}``            the sealed bytes, with the header ``Draft-Proof``: SHA-256 of the proof in hex.
                                       201 DraftKept; 200 when these very bytes were kept before; 409 when others were
``POST /v1/drafts/{lookup}/open``      DraftProof → the sealed bytes; 404 unknown or expired, 422 another proof,
                                       429 too many tries
``DELETE /v1/drafts/{lookup}``         DraftProof → 204: it is no longer needed, and erased; 404, 422, 429 as above
=====================================  ==========================================================================
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from pydantic import AwareDatetime, Base64Bytes

from protocol import tracking
from protocol.messages import Message

#: The first characters of a draft's code, where a tracking code names its kiosk. No kiosk has this number.
DRAFT_PART: Final = "DRAF"
DRAFT_DAYS: Final = 14
PROOF_HEADER: Final = "Draft-Proof"
#: About a quarter of a second and 64 MiB for each guess.
_OPS: Final = 3
_MEMORY: Final = 67_108_864
_SALT: Final = hashlib.sha256(b"ekios-draft-lookup:1").digest()[: argon2id.SALTBYTES]
_LOOKUP_BYTES: Final = 16
_KEY_BYTES: Final = SecretBox.KEY_SIZE
_PROOF_BYTES: Final = 32
#: Before the sealed bytes, so that another construction can come later.
_SECRET_BOX: Final = b"\x01"


class DraftBroken(ValueError):
    """Cut, altered, or of another key."""


class DraftProof(Message):
    proof: Base64Bytes


class DraftKept(Message):
    expires_at: AwareDatetime


@dataclass(frozen=True)
class DraftKeys:
    #: 32 hex digits.
    lookup: str
    proof: bytes = field(repr=False)
    key: bytes = field(repr=False)


def mint(random_below: Callable[[int], int]) -> str:
    """A new code of a draft, twelve characters with a check character like a tracking code's."""
    return tracking.mint(DRAFT_PART, random_below)


def is_draft(code: str) -> bool:
    return code.startswith(DRAFT_PART)


def derive(code: str, birth_date: date) -> DraftKeys:
    """Half a second of work, on purpose. ``code``: twelve characters."""
    lookup = argon2id.kdf(argon2id.SALTBYTES, code.encode(), _SALT, _OPS, _MEMORY)[:_LOOKUP_BYTES]
    secret = argon2id.kdf(
        _KEY_BYTES + _PROOF_BYTES, f"{code}\n{birth_date.isoformat()}".encode(), lookup, _OPS, _MEMORY
    )
    return DraftKeys(lookup.hex(), secret[_KEY_BYTES:], secret[:_KEY_BYTES])


def proof_hash(proof: bytes) -> str:
    """What the server keeps of a proof."""
    return hashlib.sha256(proof).hexdigest()


def seal(plain: bytes, keys: DraftKeys) -> bytes:
    return _SECRET_BOX + bytes(SecretBox(keys.key).encrypt(plain))


def unseal(sealed: bytes, keys: DraftKeys) -> bytes:
    """Raises DraftBroken."""
    if sealed[:1] != _SECRET_BOX:
        raise DraftBroken("sealed in a way this version does not know")
    try:
        return bytes(SecretBox(keys.key).decrypt(sealed[1:]))
    except (CryptoError, ValueError) as error:
        raise DraftBroken("cannot be opened") from error
