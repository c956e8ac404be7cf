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
        # Of the same file, so that there is no further key to keep and to lose; neither can be made from the other.
        self._term_key = hashlib.blake2b(b"terms of the search", key=nik_key).digest()

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

    def term(self, agency_id: str, kind: str, term: str) -> int:
        """What a term of the search is found by: 64 bits, for each agency others, so that they cannot be joined."""
        said = "\0".join((agency_id, kind, term)).encode()
        return int.from_bytes(hashlib.blake2b(said, key=self._term_key, digest_size=8).digest(), "big", signed=True)
