"""One's own second factors: adding, taking away, and the recovery codes that come with the first."""

from dataclasses import dataclass

from server.people.authenticators import Authenticators, Enrolment
from server.people.held_factors import held
from server.people.passkeys import PasskeyOutcome, Passkeys
from server.people.recovery_codes import RecoveryCodes
from server.people.sessions import Officer
from server.work.unit_of_work import UnitOfWork, UnitsOfWork


@dataclass(frozen=True)
class Added:
    """``recovery_codes`` are shown once, with the first factor; none: the officer has some, or nothing was added."""

    outcome: PasskeyOutcome
    recovery_codes: tuple[str, ...] = ()


class OwnFactors:
    def __init__(
        self, units: UnitsOfWork, authenticators: Authenticators, passkeys: Passkeys, recovery_codes: RecoveryCodes
    ) -> None:
        self._units = units
        self._authenticators = authenticators
        self._passkeys = passkeys
        self._recovery_codes = recovery_codes

    def begin_authenticator(self, officer: Officer) -> Enrolment:
        with self._units.begin(officer.actor) as work:
            return self._authenticators.begin(work, officer.id, officer.user_name)

    def pending_authenticator(self, officer: Officer) -> Enrolment | None:
        return self._authenticators.pending(officer.id, officer.user_name)

    def confirm_authenticator(self, officer: Officer, code: str) -> Added:
        """REFUSED: it is not the code of the secret that waits."""
        with self._units.begin(officer.actor) as work:
            if not self._authenticators.confirm(work, officer.id, code):
                return Added(PasskeyOutcome.REFUSED)
            return Added(PasskeyOutcome.DONE, self._first_codes(work, officer))

    def remove_authenticator(self, officer: Officer) -> bool:
        with self._units.begin(officer.actor) as work:
            gone = self._authenticators.remove(work, officer.id)
            self._tidy(work, officer)
        return gone

    def add_passkey(self, officer: Officer, step: str, credential: str, name: str) -> Added:
        with self._units.begin(officer.actor) as work:
            outcome = self._passkeys.add(work, officer.id, step, credential, name)
            done = outcome is PasskeyOutcome.DONE
            return Added(outcome, self._first_codes(work, officer) if done else ())

    def remove_passkey(self, officer: Officer, passkey_id: str) -> bool:
        with self._units.begin(officer.actor) as work:
            gone = self._passkeys.remove(work, officer.id, passkey_id)
            self._tidy(work, officer)
        return gone

    def new_recovery_codes(self, officer: Officer) -> tuple[str, ...]:
        """Instead of those from before; none without a second factor."""
        with self._units.begin(officer.actor) as work:
            if not held(work.connection, officer.id).any:
                return ()
            return tuple(self._recovery_codes.make(work, officer.id))

    def _first_codes(self, work: UnitOfWork, officer: Officer) -> tuple[str, ...]:
        if held(work.connection, officer.id).recovery_codes:
            return ()
        return tuple(self._recovery_codes.make(work, officer.id))

    def _tidy(self, work: UnitOfWork, officer: Officer) -> None:
        """Without a second factor there is nothing that recovery codes could stand in for."""
        if not held(work.connection, officer.id).any:
            self._recovery_codes.forget(work.connection, officer.id)
