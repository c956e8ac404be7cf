"""Who signs in to the back office: passwords and sessions.

A session is a random token in the browser's cookie; the database knows only its hash, so a stolen dump signs nobody
in, and signing out or dismissing an officer ends it at once.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, delete, insert, select, update
from starlette.concurrency import run_in_threadpool

from server.foundation.actors import SYSTEM, Actor, Role
from server.people.passwords import PASSWORD_CHARACTERS, Passwords, PasswordsBusy
from server.people.sign_in_limits import Attempt, SignInLimits
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

SESSION_HOURS: Final = 10
IDLE_MINUTES: Final = 60
#: How often ``seen_at`` is written at most; each write is a commit to disk.
SEEN_SECONDS: Final = 60
#: Sign-ins of one address that are worked on at once; the others are told to come again.
AT_ONCE_PER_ADDRESS: Final = 16
#: How long a screen on display shows the wall; it never idles out.
DISPLAY_DAYS: Final = 30
TOKEN_BYTES: Final = 32
#: Stands in the audit log for a name that nobody has: what was typed may be anything, a password too.
UNKNOWN: Final = "unknown"


@dataclass(frozen=True)
class Officer:
    """Who is signed in."""

    id: str
    user_name: str
    name: str
    role: Role
    agency_id: str | None
    agency_name: dict[str, str]
    csrf_token: str
    #: A screen that shows the wall and nothing else, whoever stands before it.
    on_display: bool = False
    #: Somebody else has read the password: it is to be changed before anything else.
    password_handed_out: bool = False

    @property
    def actor(self) -> Actor:
        return Actor(self.id, self.role, self.agency_id)


@dataclass(frozen=True)
class SignIn:
    """``token`` is empty when refused; ``wait`` says for how long nothing is tried for whoever asked.

    ``marks`` are what the browser keeps, see ``sign_in_limits``.
    """

    token: str = ""
    wait: timedelta = timedelta()
    marks: str = ""


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
    def __init__(
        self,
        units: UnitsOfWork,
        passwords: Passwords,
        limits: SignInLimits,
        random_token: Callable[[], str] = lambda: secrets.token_urlsafe(TOKEN_BYTES),
    ) -> None:
        self._units = units
        self._engine = units.engine
        self._clock = units.clock
        self._passwords = passwords
        self._random_token = random_token
        self._limits = limits
        self._at_work: Counter[str] = Counter()

    def sign_in(self, user_name: str, password: str, address: str = "", marks: str = "") -> SignIn:
        """A session for whoever knows the password. A name that nobody has takes as long and is counted alike."""
        tried = self._begin(user_name, address, marks)
        if isinstance(tried, SignIn):
            return tried
        return self._end(tried, _fits(password) and self._passwords.verify(self._hash_of(tried), password))

    async def sign_in_soon(self, user_name: str, password: str, address: str, marks: str) -> SignIn:
        """The same, without holding a thread while the password is verified. Raises PasswordsBusy."""
        if self._at_work[address] >= AT_ONCE_PER_ADDRESS:
            raise PasswordsBusy
        self._at_work[address] += 1
        try:
            tried = await run_in_threadpool(self._begin, user_name, address, marks)
            if isinstance(tried, SignIn):
                return tried
            right = _fits(password) and await self._passwords.verify_soon(self._hash_of(tried), password)
            return await run_in_threadpool(self._end, tried, right)
        finally:
            self._at_work[address] -= 1
            if not self._at_work[address]:
                del self._at_work[address]

    def find(self, token: str, somebody: bool = True) -> Officer | None:
        """The officer whose session ``token`` is, or None: unknown, too old, idle for too long, dismissed.

        ``somebody`` is False for what a page asks by itself: that is no sign of life.
        """
        hashed = token_hash(token)
        with self._units.begin(SYSTEM) as work:
            now = work.now
            row = work.connection.execute(
                select(
                    tables.web_sessions,
                    tables.officers.c.user_name,
                    tables.officers.c.name,
                    tables.officers.c.role,
                    tables.officers.c.password_handed_out,
                    tables.officers.c.agency_id,
                    tables.agencies.c.name.label("agency_name"),
                )
                .join(tables.officers, tables.officers.c.id == tables.web_sessions.c.officer_id)
                .outerjoin(tables.agencies, tables.agencies.c.id == tables.officers.c.agency_id)
                .where(tables.web_sessions.c.token_hash == hashed, tables.officers.c.active)
            ).first()
            if row is None or row.expires_at <= now:
                return None
            if not row.on_display and row.seen_at + timedelta(minutes=IDLE_MINUTES) <= now:
                return None
            if somebody and row.seen_at + timedelta(seconds=SEEN_SECONDS) <= now:
                work.connection.execute(
                    update(tables.web_sessions).where(tables.web_sessions.c.token_hash == hashed).values(seen_at=now)
                )
        return Officer(
            id=row.officer_id,
            user_name=row.user_name,
            name=row.name,
            role=Role(row.role),
            agency_id=row.agency_id,
            agency_name=row.agency_name or {},
            csrf_token=row.csrf_token,
            on_display=row.on_display,
            password_handed_out=row.password_handed_out,
        )

    async def change_password(self, officer: Officer, token: str, change: PasswordChange, place: Attempt) -> SignIn:
        """Another password of one's own, for whoever knows the one so far; all other sessions of the officer end.

        Wrong ones are counted as at the sign-in. ``token`` of the answer is that of the session, which stays.
        Raises PasswordsBusy.
        """
        tried = await run_in_threadpool(self._begin, officer.user_name, place.address, place.marks)
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
            _log(work, officer.id, "officer.own_password")
        return SignIn(token)

    def display(self, token: str) -> None:
        """Leaves the session to a screen: it opens what may be on display, and that for DISPLAY_DAYS."""
        with self._units.begin(SYSTEM) as work:
            officer_id = work.connection.execute(
                update(tables.web_sessions)
                .where(tables.web_sessions.c.token_hash == token_hash(token))
                .values(on_display=True, expires_at=work.now + timedelta(days=DISPLAY_DAYS))
                .returning(tables.web_sessions.c.officer_id)
            ).scalar()
            if officer_id is not None:
                _log(work, officer_id, "session.display")

    def sign_out(self, token: str) -> None:
        with self._units.begin(SYSTEM) as work:
            officer_id = work.connection.execute(
                delete(tables.web_sessions)
                .where(tables.web_sessions.c.token_hash == token_hash(token))
                .returning(tables.web_sessions.c.officer_id)
            ).scalar()
            if officer_id is not None:
                _log(work, officer_id, "session.end")

    def _begin(self, user_name: str, address: str, marks: str) -> "_Tried | SignIn":
        attempt = Attempt(user_name.strip().lower(), address, marks)
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
                return SignIn(self._open(work, officer), marks=self._limits.marked(tried.attempt))
            self._limits.failed(connection, tried.attempt, now)
            wait = self._limits.wait(connection, tried.attempt, now)
            _log(work, UNKNOWN if officer is None else officer.id, "session.refused")
            return SignIn(wait=wait)

    def _open(self, work: UnitOfWork, officer: Row[Any]) -> str:
        token, connection, now = self._random_token(), work.connection, work.now
        connection.execute(delete(tables.web_sessions).where(tables.web_sessions.c.expires_at <= now))
        connection.execute(
            insert(tables.web_sessions).values(
                token_hash=token_hash(token),
                officer_id=officer.id,
                csrf_token=self._random_token(),
                created_at=now,
                seen_at=now,
                expires_at=now + timedelta(hours=SESSION_HOURS),
                on_display=False,
            )
        )
        connection.execute(
            update(tables.officers).where(tables.officers.c.id == officer.id).values(last_sign_in_at=now)
        )
        _log(work, officer.id, "session.begin")
        return token


def _log(work: UnitOfWork, officer_id: str, action: str) -> None:
    """Who it is turns out only within the unit."""
    work.audit(action, f"officer:{officer_id}", by=Actor(officer_id))


def _fits(password: str) -> bool:
    return len(password) <= PASSWORD_CHARACTERS


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
