"""Sealing: only the city can read what a kiosk has stored.

libsodium's sealed box (X25519, XSalsa20-Poly1305) by PyNaCl: 48 bytes longer than the plain text. It does not tell
who sealed it; requests are signed for that, and kiosk, sequence and form version are bound inside the content.
Every sealed blob begins with one algorithm byte, so that another construction can come later.
"""

import hashlib
from functools import lru_cache
from typing import Final

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

SEALED_BOX: Final = b"\x01"
#: Bytes that sealing adds: the algorithm byte, an ephemeral key, an authenticator.
OVERHEAD: Final = 1 + 48


class SealBroken(ValueError):
    """The blob is cut, altered, of an unknown kind, or sealed to another key."""


def key_id(public_key: bytes) -> str:
    """A short name of a public key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def seal(plain: bytes, public_key: bytes) -> bytes:
    """``plain`` sealed to a 32-byte X25519 public key."""
    return SEALED_BOX + bytes(SealedBox(PublicKey(public_key)).encrypt(plain))


def unseal(sealed: bytes, private_key: bytes) -> bytes:
    """What :func:`seal` was given. Raises SealBroken."""
    if sealed[:1] != SEALED_BOX:
        raise SealBroken("sealed in a way this version does not know")
    try:
        return bytes(_opener(private_key).decrypt(sealed[1:]))
    except CryptoError as error:
        raise SealBroken("cannot be opened with this key, or was altered") from error


@lru_cache(maxsize=8)
def _opener(private_key: bytes) -> SealedBox[PrivateKey]:
    """Making one multiplies on the curve, which takes as long as opening a small blob; a city has a few keys."""
    return SealedBox(PrivateKey(private_key))


def digest(blob: bytes) -> str:
    """SHA-256 in lower-case hex: the name of a sealed blob on both sides."""
    return hashlib.sha256(blob).hexdigest()
