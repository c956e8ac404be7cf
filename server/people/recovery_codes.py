"""Recovery codes: for whoever lost the device that makes their codes. Shown once, kept as an HMAC, each good once."""

import base64
import hashlib
import hmac
import secrets
from typing import Final

from sqlalchemy import Connection, delete, insert, update

from server.storage.tables import recovery_codes
from server.work.unit_of_work import UnitOfWork

CODES: Final = 10
#: Sixty bits, in groups that can be copied by hand; base32 has no 0, 1 and 8 that look like letters.
CODE_CHARACTERS: Final = 12
_GROUP: Final = 4


class RecoveryCodes:
    def __init__(self, key: bytes) -> None:
        """``key`` is secret: who steals the table cannot try codes against it."""
        self._key = hmac.digest(key, b"ekios recovery codes", "sha256")

    def make(self, work: UnitOfWork, officer_id: str) -> list[str]:
        """New ones, as they are shown; those from before are good no more."""
        codes = [_random_code() for _ in range(CODES)]
        work.connection.execute(delete(recovery_codes).where(recovery_codes.c.officer_id == officer_id))
        work.connection.execute(
            insert(recovery_codes), [{"officer_id": officer_id, "code_hash": self._hash(one)} for one in codes]
        )
        work.audit("factors.recovery_codes", f"officer:{officer_id}")
        return codes

    def spend(self, work: UnitOfWork, officer_id: str, text: str) -> bool:
        """Whether ``text`` is one of the officer's that was not used yet; it is used from now on."""
        codes = recovery_codes.c
        return (
            work.connection.execute(
                update(recovery_codes)
                .where(codes.officer_id == officer_id, codes.code_hash == self._hash(text), codes.used_at.is_(None))
                .values(used_at=work.now)
            ).rowcount
            == 1
        )

    @staticmethod
    def forget(connection: Connection, officer_id: str) -> None:
        connection.execute(delete(recovery_codes).where(recovery_codes.c.officer_id == officer_id))

    def _hash(self, text: str) -> str:
        typed = "".join(text.split()).replace("-", "").upper()
        return hmac.new(self._key, typed.encode(), hashlib.sha256).hexdigest()


def _random_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(8)).decode()[:CODE_CHARACTERS]
    return "-".join(letters[place : place + _GROUP] for place in range(0, CODE_CHARACTERS, _GROUP))
