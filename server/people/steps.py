"""What waits between two requests of a sign-in: a second step, a passkey's challenge, an errand at the provider.

It lies in the database, because the next request may reach another process; the browser keeps a random token, of which only the
hash is known here. Each is used once and lives for minutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from server.people.sessions import random_token, token_hash
from server.storage.tables import sign_in_steps
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

#: How long somebody has for it.
STEP_LIFE: Final = timedelta(minutes=10)


class Kind(StrEnum):
    #: The password was right; a code or a passkey is still wanted.
    SECOND = "second"
    #: A challenge that a passkey is to sign, at the door.
    PASSKEY = "passkey"
    #: A challenge for a new passkey.
    REGISTER = "register"
    #: Somebody is away at the identity provider.
    PROVIDER = "provider"


@dataclass(frozen=True)
class Step:
    officer_id: str | None
    data: Mapping[str, Any]


class Steps:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def begin(self, work: UnitOfWork, kind: Kind, officer_id: str | None, data: Mapping[str, Any]) -> str:
        """The token that the browser brings back."""
        token = random_token()
        work.connection.execute(delete(sign_in_steps).where(sign_in_steps.c.expires_at <= work.now))
        work.connection.execute(
            insert(sign_in_steps).values(
                token_hash=token_hash(token),
                kind=kind.value,
                officer_id=officer_id,
                data=dict(data),
                expires_at=work.now + STEP_LIFE,
            )
        )
        return token

    def look(self, token: str, kind: Kind) -> Step | None:
        """Without using it up."""
        with self._units.engine.connect() as connection:
            return self.find(connection, token, kind)

    def find(self, connection: Connection, token: str, kind: Kind) -> Step | None:
        steps = sign_in_steps.c
        row = connection.execute(
            select(sign_in_steps).where(
                steps.token_hash == token_hash(token),
                steps.kind == kind.value,
                steps.expires_at > self._units.clock.now(),
            )
        ).first()
        return None if row is None else Step(row.officer_id, row.data)

    def use(self, work: UnitOfWork, token: str, kind: Kind) -> Step | None:
        """Once: of two that come with the same token, one gets it."""
        found = self.find(work.connection, token, kind)
        gone = work.connection.execute(delete(sign_in_steps).where(sign_in_steps.c.token_hash == token_hash(token)))
        return found if gone.rowcount else None
