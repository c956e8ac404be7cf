"""Who signs in to the back office with a password, and how a password is changed.

Whoever has a second factor gets no session for the password alone, but a second step.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Row, delete, select, update
from starlette.concurrency import run_in_threadpool

from server.foundation.actors import SYSTEM
from server.people.held_factors import held
from server.people.passwords import PASSWORD_CHARACTERS, Passwords, PasswordsBusy
from server.people.second_step import SignIn
from server.people.sessions import UNKNOWN, How, Officer, Sessions, log, token_hash
from server.people.sign_in_limits import Attempt, SignInLimits
from server.people.steps import Kind, Steps
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

#: Sign-ins of one address that are worked on at once, and those that wait for their turn: at eight a whole office comes
#: from one address. More are told to come again.
AT_ONCE_PER_ADDRESS: Final = 4
WAITING_PER_ADDRESS: Final = 96


@dataclass(frozen=True)
class PasswordChange:
    """``new`` has been found fit."""

    current: str
    new: str


@dataclass(frozen=True)
class _Tried:
    attempt: Attempt
    #: None: nobody is called so.
    officer: Row[Any] | None


class Accounts:
    def __init__(self, units: UnitsOfWork, passwords: Passwords, limits: SignInLimits) -> None:
        self._units = units
        self._engine = units.engine
        self._clock = units.clock
        self._passwords = passwords
        self.sessions: Final = Sessions(units)
        self._steps = Steps(units)
        self._limits = limits
        self._present: Counter[str] = Counter()
        self._turns: dict[str, asyncio.Semaphore] = {}

    def sign_in(self, user_name: str, password: str, address: str = "", marks: str = "") -> SignIn:
        """A session for whoever knows the password, or a second step. A name that nobody has takes as long and is
        counted alike."""
        tried = self._begin(Attempt(user_name, address, marks))
        if isinstance(tried, SignIn):
            return tried
        return self._end(tried, _fits(password) and self._passwords.verify(self._hash_of(tried), password))

    async def sign_in_soon(self, attempt: Attempt, password: str) -> SignIn:
        """The same, without holding a thread while the password is verified. Raises PasswordsBusy."""
        async with self._turn(attempt.address):
            tried = await run_in_threadpool(self._begin, attempt)
            if isinstance(tried, SignIn):
                return tried
            right = _fits(password) and await self._passwords.verify_soon(self._hash_of(tried), password)
            return await run_in_threadpool(self._end, tried, right)

    @contextlib.asynccontextmanager
    async def _turn(self, address: str) -> AsyncIterator[None]:
        """One address never has all places at argon2. Raises PasswordsBusy."""
        if self._present[address] >= AT_ONCE_PER_ADDRESS + WAITING_PER_ADDRESS:
            raise PasswordsBusy
        self._present[address] += 1
        try:
            async with self._turns.setdefault(address, asyncio.Semaphore(AT_ONCE_PER_ADDRESS)):
                yield
        finally:
            self._present[address] -= 1
            if not self._present[address]:
                del self._present[address], self._turns[address]

    def find(self, token: str, somebody: bool = True) -> Officer | None:
        """See ``Sessions.find``."""
        return self.sessions.find(token, somebody)

    async def change_password(self, officer: Officer, token: str, change: PasswordChange, place: Attempt) -> SignIn:
        """Another password of one's own, for whoever knows the one so far; all other sessions of the officer end, and sign-ins
        that wait for their second step.

        Wrong ones are counted as at the sign-in. ``token`` of the answer is that of the session, which stays.
        Raises PasswordsBusy.
        """
        tried = await run_in_threadpool(self._begin, place)
        if isinstance(tried, SignIn):
            return tried
        right = _fits(change.current) and await self._passwords.verify_soon(self._hash_of(tried), change.current)
        if not right:
            return await run_in_threadpool(self._end, tried, False)
        encoded = await self._passwords.hash_soon(change.new)
        return await run_in_threadpool(self._changed, officer, token, encoded)

    def _changed(self, officer: Officer, token: str, encoded: str) -> SignIn:
        sessions = tables.web_sessions.c
        with self._units.begin(officer.actor) as work:
            work.connection.execute(
                update(tables.officers)
                .where(tables.officers.c.id == officer.id)
                .values(password_hash=encoded, password_handed_out=False)
            )
            others = (sessions.officer_id == officer.id) & (sessions.token_hash != token_hash(token))
            work.connection.execute(delete(tables.web_sessions).where(others))
            begun = tables.sign_in_steps.c.officer_id == officer.id
            work.connection.execute(delete(tables.sign_in_steps).where(begun))
            log(work, officer.id, "officer.own_password")
        return SignIn(token)

    async def prove(self, officer: Officer, token: str, password: str, place: Attempt) -> SignIn:
        """Whoever sits before a session shows with the password that it is still the officer. Raises PasswordsBusy."""
        tried = await run_in_threadpool(self._begin, place)
        if isinstance(tried, SignIn):
            return tried
        if not (_fits(password) and await self._passwords.verify_soon(self._hash_of(tried), password)):
            return await run_in_threadpool(self._end, tried, False)
        await run_in_threadpool(self.sessions.prove, officer.id, token)
        return SignIn(token)

    def display(self, token: str) -> None:
        """See ``Sessions.display``."""
        self.sessions.display(token)

    def sign_out(self, token: str) -> None:
        """See ``Sessions.sign_out``."""
        self.sessions.sign_out(token)

    def _begin(self, typed: Attempt) -> "_Tried | SignIn":
        attempt = replace(typed, name=typed.name.strip().lower())
        with self._engine.connect() as connection:
            wait = self._limits.wait(connection, attempt, self._clock.now())
            officer = connection.execute(
                select(tables.officers).where(tables.officers.c.user_name == attempt.name)
            ).first()
        return SignIn(wait=wait) if wait else _Tried(attempt, officer)

    def _hash_of(self, tried: _Tried) -> str:
        return self._passwords.nobodys if tried.officer is None else str(tried.officer.password_hash)

    def _end(self, tried: _Tried, right: bool) -> SignIn:
        officer = tried.officer
        with self._units.begin(SYSTEM) as work:
            connection, now = work.connection, work.now
            if right and officer is not None and officer.active:
                self._limits.succeeded(connection, tried.attempt)
                if held(connection, officer.id).any:
                    return SignIn(step=self._steps.begin(work, Kind.SECOND, officer.id, {}))
                token = self.sessions.open(work, officer.id, How.PASSWORD, tried.attempt)
                return SignIn(token, marks=self._limits.marked(tried.attempt))
            self._limits.failed(connection, tried.attempt, now)
            wait = self._limits.wait(connection, tried.attempt, now)
            log(work, UNKNOWN if officer is None else officer.id, "session.refused")
            return SignIn(wait=wait)


def _fits(password: str) -> bool:
    return len(password) <= PASSWORD_CHARACTERS
