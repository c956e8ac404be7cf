"""Who signs in to the back office: passwords, sessions, and how often one may be wrong.

A session is a random token in the browser's cookie; the database knows only its hash, so a stolen dump signs nobody
in, and signing out or dismissing an officer ends it at once.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from server import audit
from server.actors import Actor, Role
from server.clock import Clock
from server.passwords import Passwords
from server.storage import tables

SESSION_HOURS: Final = 10
IDLE_MINUTES: Final = 60
#: How often ``seen_at`` is written at most; each write is a commit to disk.
SEEN_SECONDS: Final = 60
#: How long a screen on display shows the wall; it never idles out.
DISPLAY_DAYS: Final = 30
#: Wrong passwords in a row that cost nothing; each one more doubles the wait, up to the longest.
FREE_FAILURES: Final = 5
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(minutes=15)
PASSWORD_CHARACTERS: Final = 200
TOKEN_BYTES: Final = 32


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

    @property
    def actor(self) -> Actor:
        return Actor(self.id, self.role, self.agency_id)


@dataclass(frozen=True)
class SignIn:
    """``token`` is empty when refused; ``wait`` says for how long nobody is let in by this name."""

    token: str = ""
    wait: timedelta = timedelta()


class Accounts:
    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        passwords: Passwords,
        random_token: Callable[[], str] = lambda: secrets.token_urlsafe(TOKEN_BYTES),
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._passwords = passwords
        self._random_token = random_token
        self._nobodys_hash = ""

    def sign_in(self, user_name: str, password: str) -> SignIn:
        """A session for whoever knows the password. Unknown names take as long and are counted nowhere."""
        now = self._clock.now()
        with self._engine.connect() as connection:
            officer = connection.execute(
                select(tables.officers).where(tables.officers.c.user_name == user_name.strip().lower())
            ).first()
        if officer is not None and officer.blocked_until is not None and officer.blocked_until > now:
            return SignIn(wait=officer.blocked_until - now)
        right = len(password) <= PASSWORD_CHARACTERS and self._matches(officer, password)
        if officer is None or not officer.active:
            return SignIn()
        with self._engine.begin() as connection:
            return self._open(connection, officer, now) if right else self._refuse(connection, officer, now)

    def find(self, token: str, somebody: bool = True) -> Officer | None:
        """The officer whose session ``token`` is, or None: unknown, too old, idle for too long, dismissed.

        ``somebody`` is False for what a page asks by itself: that is no sign of life.
        """
        now = self._clock.now()
        hashed = token_hash(token)
        with self._engine.begin() as connection:
            row = connection.execute(
                select(
                    tables.web_sessions,
                    tables.officers.c.user_name,
                    tables.officers.c.name,
                    tables.officers.c.role,
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
                connection.execute(
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
        )

    def display(self, token: str) -> None:
        """Leaves the session to a screen: it opens what may be on display, and that for DISPLAY_DAYS."""
        now = self._clock.now()
        with self._engine.begin() as connection:
            officer_id = connection.execute(
                update(tables.web_sessions)
                .where(tables.web_sessions.c.token_hash == token_hash(token))
                .values(on_display=True, expires_at=now + timedelta(days=DISPLAY_DAYS))
                .returning(tables.web_sessions.c.officer_id)
            ).scalar()
            if officer_id is not None:
                self._log(connection, officer_id, "session.display")

    def sign_out(self, token: str) -> None:
        with self._engine.begin() as connection:
            officer_id = connection.execute(
                delete(tables.web_sessions)
                .where(tables.web_sessions.c.token_hash == token_hash(token))
                .returning(tables.web_sessions.c.officer_id)
            ).scalar()
            if officer_id is not None:
                self._log(connection, officer_id, "session.end")

    def _matches(self, officer: Row[Any] | None, password: str) -> bool:
        if officer is not None:
            return self._passwords.verify(officer.password_hash, password)
        # As much work as for a name that exists, so that the time tells nothing.
        self._nobodys_hash = self._nobodys_hash or self._passwords.hash(self._random_token())
        return self._passwords.verify(self._nobodys_hash, password)

    def _open(self, connection: Connection, officer: Row[Any], now: datetime) -> SignIn:
        token = self._random_token()
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
            update(tables.officers)
            .where(tables.officers.c.id == officer.id)
            .values(failed_sign_ins=0, blocked_until=None, last_sign_in_at=now)
        )
        self._log(connection, officer.id, "session.begin")
        return SignIn(token)

    def _refuse(self, connection: Connection, officer: Row[Any], now: datetime) -> SignIn:
        failures = officer.failed_sign_ins + 1
        over = failures - FREE_FAILURES
        # Doubling stops long before the shift gets large: the longest wait is reached after four.
        wait = timedelta() if over < 0 else min(LONGEST_WAIT, FIRST_WAIT * (1 << min(over, 8)))
        connection.execute(
            update(tables.officers)
            .where(tables.officers.c.id == officer.id)
            .values(failed_sign_ins=failures, blocked_until=now + wait if wait else None)
        )
        self._log(connection, officer.id, "session.refused")
        return SignIn(wait=wait)

    def _log(self, connection: Connection, officer_id: str, action: str) -> None:
        audit.append(connection, self._clock.now(), [audit.Entry(officer_id, action, f"officer:{officer_id}")])


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
