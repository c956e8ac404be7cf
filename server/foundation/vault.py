"""What citizens entrust to us, at rest: sealed with a key that is not in the database.

A stolen dump of the database gives neither answers nor NIKs: contents are XSalsa20-Poly1305 boxes, and the NIK
index is an HMAC, because all NIKs there can be are hashed in minutes.
"""

import hashlib
import hmac

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox


class VaultBroken(ValueError):
    """The blob was altered or belongs to another vault key."""


class Vault:
    def __init__(self, key: bytes, nik_key: bytes) -> None:
        self._box = SecretBox(key)
        self._nik_key = nik_key

    def close(self, plain: bytes) -> bytes:
        return bytes(self._box.encrypt(plain))

    def open(self, blob: bytes) -> bytes:
        """Raises VaultBroken."""
        try:
            return bytes(self._box.decrypt(blob))
        except CryptoError as error:
            raise VaultBroken("cannot be opened with this vault's key") from error

    def nik_index(self, nik: str) -> str:
        """What a NIK is found by: 64 hex digits."""
        return hmac.new(self._nik_key, nik.encode(), hashlib.sha256).hexdigest()
