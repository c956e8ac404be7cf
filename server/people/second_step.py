"""The second step of a sign-in: after the right password, or the provider, a code of the authenticator or a recovery code.

Wrong codes are counted apart from wrong passwords and at a slower pace, see ``sign_in_limits.CODES``; a right password does not
wipe them out.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from server.foundation.actors import SYSTEM
from server.people.authenticators import Authenticators
from server.people.held_factors import Held, held
from server.people.recovery_codes import RecoveryCodes
from server.people.sessions import How, Sessions, log
from server.people.sign_in_limits import Attempt, SignInLimits
from server.people.steps import Kind, Steps
from server.storage.tables import officers
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

#: What the first step was, in the data of the step that waits.
FIRST: Final = "first"
_AFTER_PROVIDER: Final = {How.CODE: How.PROVIDER_CODE, How.RECOVERY: How.PROVIDER_RECOVERY}


@dataclass(frozen=True)
class SignIn:
    """``token`` is empty when nobody is signed in; ``wait`` says for how long nothing is tried for whoever asked.

    ``marks`` are what the browser keeps, see ``sign_in_limits``.
    """

    token: str = ""
    wait: timedelta = timedelta()
    marks: str = ""
    #: The first step was right and a second one is wanted: what the browser brings back for it.
    step: str = ""


@dataclass(frozen=True)
class Waiting:
    """Whoever did the first step, and what they can show now."""

    officer_id: str
    user_name: str
    held: Held


class SecondStep:
    def __init__(
        self,
        units: UnitsOfWork,
        sessions: Sessions,
        authenticators: Authenticators,
        recovery_codes: RecoveryCodes,
        limits: SignInLimits,
    ) -> None:
        self._units = units
        self._sessions = sessions
        self._steps = Steps(units)
        self._authenticators = authenticators
        self._recovery_codes = recovery_codes
        self._limits = limits

    def waiting(self, token: str) -> Waiting | None:
        """None: the step is over, or its officer was deactivated meanwhile."""
        step = self._steps.look(token, Kind.SECOND)
        if step is None:
            return None
        with self._units.engine.connect() as connection:
            row = connection.execute(
                select(officers).where(officers.c.id == step.officer_id, officers.c.active)
            ).first()
            return None if row is None else Waiting(row.id, row.user_name, held(connection, row.id))

    def show(self, token: str, code: str, place: Attempt) -> SignIn:
        """A session for whoever shows a right code. Without ``token`` and ``wait`` the code was wrong, or the step is over."""
        waiting = self.waiting(token)
        if waiting is None:
            return SignIn()
        attempt = replace(place, name=waiting.user_name)
        with self._units.begin(SYSTEM) as work:
            if wait := self._limits.wait(work.connection, attempt, work.now):
                return SignIn(wait=wait)
            how = self._right(work, waiting.officer_id, code)
            step = None if how is None else self._steps.use(work, token, Kind.SECOND)
            if how is not None and step is not None:
                if step.data.get(FIRST) == How.PROVIDER:
                    how = _AFTER_PROVIDER[how]
                self._limits.succeeded(work.connection, attempt)
                session = self._sessions.open(work, waiting.officer_id, how, attempt)
                return SignIn(session, marks=self._limits.marked(attempt))
            self._limits.failed(work.connection, attempt, work.now)
            log(work, waiting.officer_id, "session.code_refused")
            return SignIn(wait=self._limits.wait(work.connection, attempt, work.now))

    def _right(self, work: UnitOfWork, officer_id: str, code: str) -> How | None:
        if self._authenticators.spend(work, officer_id, code):
            return How.CODE
        return How.RECOVERY if self._recovery_codes.spend(work, officer_id, code) else None
