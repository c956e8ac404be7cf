"""One-time codes of an authenticator app (TOTP, RFC 6238): set-up, and the check that takes no code twice.

The secret is shown until the first code confirms it, and never again; at rest it is sealed with the vault. A new device replaces
the old one only when it is confirmed, so nobody is left without any.
"""

import hmac
from dataclasses import dataclass
from typing import Final

import pyotp
from sqlalchemy import delete, insert, select, update

from server.foundation.vault import Vault
from server.storage.tables import authenticators
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

PERIOD_S: Final = 30
DIGITS: Final = 6
#: Steps before and after the present one whose code is taken: clocks of phones differ, and people type slowly.
DRIFT_STEPS: Final = 1


@dataclass(frozen=True)
class Enrolment:
    """What is shown until it is confirmed: the secret in base32, and the address that apps read from a QR code."""

    secret: str
    address: str


class Authenticators:
    def __init__(self, units: UnitsOfWork, vault: Vault, issuer: str) -> None:
        """``issuer``: what the app calls the account beside the user name."""
        self._units = units
        self._vault = vault
        self._issuer = issuer

    def begin(self, work: UnitOfWork, officer_id: str, user_name: str) -> Enrolment:
        """A new secret, which waits for its first code."""
        secret = pyotp.random_base32()
        pending = self._vault.close(secret.encode())
        mine = authenticators.c.officer_id == officer_id
        if not work.connection.execute(update(authenticators).where(mine).values(pending=pending)).rowcount:
            work.connection.execute(insert(authenticators).values(officer_id=officer_id, pending=pending, last_step=0))
        return self._shown(secret, user_name)

    def pending(self, officer_id: str, user_name: str) -> Enrolment | None:
        """What waits for its first code, to be shown again after a wrong one."""
        with self._units.engine.connect() as connection:
            sealed = connection.execute(
                select(authenticators.c.pending).where(authenticators.c.officer_id == officer_id)
            ).scalar()
        return None if sealed is None else self._shown(self._vault.open(sealed).decode(), user_name)

    def confirm(self, work: UnitOfWork, officer_id: str, code: str) -> bool:
        """Whether ``code`` is of the waiting secret, which is the officer's from now on."""
        mine = authenticators.c.officer_id == officer_id
        row = work.connection.execute(select(authenticators).where(mine)).first()
        if row is None or row.pending is None:
            return False
        step = self._step(row.pending, code, work)
        if step is None:
            return False
        values = {"secret": row.pending, "pending": None, "confirmed_at": work.now, "last_step": step}
        work.connection.execute(update(authenticators).where(mine).values(**values))
        work.audit("factors.authenticator", f"officer:{officer_id}")
        return True

    def spend(self, work: UnitOfWork, officer_id: str, code: str) -> bool:
        """Whether ``code`` is right and newer than any that was taken before; it is taken now."""
        mine = authenticators.c.officer_id == officer_id
        row = work.connection.execute(select(authenticators).where(mine, authenticators.c.secret.is_not(None))).first()
        step = None if row is None else self._step(row.secret, code, work)
        if step is None:
            return False
        # Of two requests with one code at the same moment, the row takes one.
        newer = authenticators.c.last_step < step
        taken = work.connection.execute(update(authenticators).where(mine, newer).values(last_step=step))
        return taken.rowcount == 1

    def remove(self, work: UnitOfWork, officer_id: str) -> bool:
        """False: there was none."""
        gone = work.connection.execute(delete(authenticators).where(authenticators.c.officer_id == officer_id))
        if gone.rowcount:
            work.audit("factors.authenticator_off", f"officer:{officer_id}")
        return gone.rowcount > 0

    def _step(self, sealed: bytes, code: str, work: UnitOfWork) -> int | None:
        """The step whose code it is, within the drift."""
        typed = "".join(code.split())
        if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
            return None
        app = pyotp.TOTP(self._vault.open(sealed).decode(), digits=DIGITS, interval=PERIOD_S)
        now = int(work.now.timestamp()) // PERIOD_S
        for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
            if hmac.compare_digest(app.at(step * PERIOD_S), typed):
                return step
        return None

    def _shown(self, secret: str, user_name: str) -> Enrolment:
        app = pyotp.TOTP(secret, digits=DIGITS, interval=PERIOD_S)
        return Enrolment(secret, app.provisioning_uri(name=user_name, issuer_name=self._issuer))
