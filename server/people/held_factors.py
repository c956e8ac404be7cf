"""Which second factors an officer has, in Python and in SQL."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from server.storage import tables


@dataclass(frozen=True)
class Held:
    """What an officer can show beside the password."""

    authenticator: bool
    passkeys: int
    #: Not used yet.
    recovery_codes: int

    @property
    def any(self) -> bool:
        """Whether the password alone opens nothing; recovery codes stand in for what was lost, and are none themselves."""
        return self.authenticator or self.passkeys > 0


def has_factor(officer_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """``Held.any`` in SQL."""
    authenticators, passkeys = tables.authenticators.c, tables.passkeys.c
    return or_(
        exists().where(authenticators.officer_id == officer_id, authenticators.secret.is_not(None)),
        exists().where(passkeys.officer_id == officer_id),
    )


def held(connection: Connection, officer_id: str) -> Held:
    authenticators, passkeys, codes = tables.authenticators.c, tables.passkeys.c, tables.recovery_codes.c
    count = func.count()
    return Held(
        connection.execute(
            select(count).where(authenticators.officer_id == officer_id, authenticators.secret.is_not(None))
        ).scalar_one()
        > 0,
        connection.execute(select(count).where(passkeys.officer_id == officer_id)).scalar_one(),
        connection.execute(select(count).where(codes.officer_id == officer_id, codes.used_at.is_(None))).scalar_one(),
    )
