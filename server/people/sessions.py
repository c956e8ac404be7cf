"""Sessions of the back office: who is signed in, where, since when, and what ends it.

A session is a random token in the browser's cookie; the database knows only its hash, so a stolen dump signs nobody in. It
ends by signing out, after a working day, when nobody was there for an hour, when a colleague or its officer ends it from
elsewhere, and with anything that changes who the officer is.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, and_, bindparam, delete, insert, select, update

from server.foundation.actors import DECIDING, SYSTEM, Actor, Role
from server.people.factors import SETTING
from server.people.held_factors import has_factor
from server.people.sign_in_limits import Attempt
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

SESSION_HOURS: Final = 10
IDLE_MINUTES: Final = 60
#: How often ``seen_at`` is written at most; each write is a commit to disk.
SEEN_SECONDS: Final = 60
#: How long a screen on display shows the wall; it never idles out.
DISPLAY_DAYS: Final = 30
#: How long somebody has shown who they are, for what changes how they sign in.
PROVED_MINUTES: Final = 15
TOKEN_BYTES: Final = 32
#: Of the token's hash: what a session is called on a page. It signs nobody in.
HANDLE_DIGITS: Final = 16
BROWSER_CHARACTERS: Final = 200
#: Stands in the audit log for a name that nobody has: what was typed may be anything, a password too.
UNKNOWN: Final = "unknown"


class How(StrEnum):
    """By what a session was opened."""

    PASSWORD = "password"
    #: Password and a code of the authenticator.
    CODE = "code"
    #: Password and a recovery code.
    RECOVERY = "recovery"
    PASSKEY = "passkey"
    #: The city's identity provider; and the same, when it says that there were several factors.
    PROVIDER = "provider"
    PROVIDER_MFA = "provider_mfa"
    #: The provider, and then a code of the authenticator, or a recovery code; the column takes sixteen characters.
    PROVIDER_CODE = "provider_code"
    PROVIDER_RECOVERY = "provider_recover"


#: Who came with a password, and has to change it when somebody else has read it.
BY_PASSWORD: Final = frozenset({How.PASSWORD, How.CODE, How.RECOVERY})
#: Who came through the provider, which still knows their browser when they are signed out here.
BY_PROVIDER: Final = frozenset({How.PROVIDER, How.PROVIDER_MFA, How.PROVIDER_CODE, How.PROVIDER_RECOVERY})


#: Whose a session is; every page asks for it.
_FOUND: Final = (
    select(
        tables.web_sessions,
        tables.officers.c.user_name,
        tables.officers.c.name,
        tables.officers.c.role,
        tables.officers.c.password_handed_out,
        tables.officers.c.agency_id,
        tables.agencies.c.name.label("agency_name"),
        has_factor(tables.officers.c.id).label("has_factor"),
        select(tables.settings.c.value).where(tables.settings.c.name == SETTING).scalar_subquery().label("demanded"),
    )
    .join(tables.officers, tables.officers.c.id == tables.web_sessions.c.officer_id)
    .outerjoin(tables.agencies, tables.agencies.c.id == tables.officers.c.agency_id)
    .where(tables.web_sessions.c.token_hash == bindparam("token"), tables.officers.c.active)
)
_AREAS: Final = select(tables.officer_areas.c.area_id).where(tables.officer_areas.c.officer_id == bindparam("of"))


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
    #: The city demands a second factor of this role, and there is none yet: it is to be set up before anything else.
    factor_missing: bool = False
    #: Whoever sits there showed who they are within PROVED_MINUTES.
    proved: bool = False
    how: How = How.PASSWORD
    #: Areas of the city that the officer is limited to; empty: none.
    areas: frozenset[str] = frozenset()

    @property
    def actor(self) -> Actor:
        return Actor(self.id, self.role, self.agency_id, self.areas)


@dataclass(frozen=True)
class Session:
    """One of an officer's; ``handle`` is what it is called, not what opens it."""

    handle: str
    began_at: datetime
    seen_at: datetime
    how: How
    on_display: bool
    address: str
    browser: str
    #: The one that asks.
    own: bool = False


class Sessions:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units
        self._engine = units.engine
        self._clock = units.clock

    def open(self, work: UnitOfWork, officer_id: str, how: How, place: Attempt) -> str:
        """The token of a new session, in the caller's unit of work."""
        token, connection, now = random_token(), work.connection, work.now
        connection.execute(delete(tables.web_sessions).where(tables.web_sessions.c.expires_at <= now))
        connection.execute(
            insert(tables.web_sessions).values(
                token_hash=token_hash(token),
                officer_id=officer_id,
                csrf_token=random_token(),
                created_at=now,
                seen_at=now,
                proved_at=now,
                expires_at=now + timedelta(hours=SESSION_HOURS),
                on_display=False,
                how=how.value,
                address=place.address[:64],
                browser=place.browser[:BROWSER_CHARACTERS],
            )
        )
        connection.execute(
            update(tables.officers).where(tables.officers.c.id == officer_id).values(last_sign_in_at=now)
        )
        log(work, officer_id, "session.begin", how=how.value)
        return token

    def find(self, token: str, somebody: bool = True) -> Officer | None:
        """The officer whose session ``token`` is, or None: unknown, too old, idle for too long, dismissed.

        ``somebody`` is False for what a page asks by itself: that is no sign of life.
        """
        hashed = token_hash(token)
        with self._units.begin(SYSTEM) as work:
            now = work.now
            row = work.connection.execute(_FOUND, {"token": hashed}).first()
            if row is None or not alive(row, now):
                return None
            if somebody and row.seen_at + timedelta(seconds=SEEN_SECONDS) <= now:
                work.connection.execute(
                    update(tables.web_sessions).where(tables.web_sessions.c.token_hash == hashed).values(seen_at=now)
                )
            areas = _areas(work, row.officer_id) if row.role in DECIDING else frozenset()
        return Officer(
            id=row.officer_id,
            user_name=row.user_name,
            name=row.name,
            role=Role(row.role),
            agency_id=row.agency_id,
            agency_name=row.agency_name or {},
            csrf_token=row.csrf_token,
            on_display=row.on_display,
            password_handed_out=row.password_handed_out and row.how in BY_PASSWORD,
            factor_missing=row.role in (row.demanded or ()) and not row.has_factor and row.how != How.PROVIDER_MFA,
            proved=row.proved_at is not None and row.proved_at + timedelta(minutes=PROVED_MINUTES) > now,
            how=How(row.how),
            areas=areas,
        )

    def of(self, officer_id: str, token: str = "") -> Sequence[Session]:
        """The officer's sessions that are not over, the last seen first; ``token`` is the one that asks."""
        sessions = tables.web_sessions.c
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(tables.web_sessions).where(sessions.officer_id == officer_id).order_by(sessions.seen_at.desc())
            ).all()
        now, own = self._clock.now(), token_hash(token)
        return [
            Session(
                row.token_hash[:HANDLE_DIGITS],
                row.created_at,
                row.seen_at,
                How(row.how),
                row.on_display,
                row.address,
                row.browser,
                row.token_hash == own,
            )
            for row in rows
            if alive(row, now)
        ]

    def end(self, actor: Actor, officer_id: str, handle: str) -> bool:
        """Ends one of the officer's sessions, which is called ``handle``; False when there is none."""
        called = tables.web_sessions.c.token_hash.startswith(handle, autoescape=True)
        return len(handle) == HANDLE_DIGITS and self._end(actor, officer_id, called) > 0

    def end_all(self, actor: Actor, officer_id: str, but: str = "") -> int:
        """Ends the officer's sessions, but for that of the token ``but``; how many."""
        return self._end(actor, officer_id, tables.web_sessions.c.token_hash != token_hash(but))

    def prove(self, officer_id: str, token: str) -> None:
        """Whoever sits there has just shown who they are."""
        with self._units.begin(SYSTEM) as work:
            work.connection.execute(
                update(tables.web_sessions)
                .where(tables.web_sessions.c.token_hash == token_hash(token))
                .values(proved_at=work.now)
            )
            log(work, officer_id, "session.proved")

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
                log(work, officer_id, "session.display")

    def sign_out(self, token: str) -> None:
        with self._units.begin(SYSTEM) as work:
            officer_id = work.connection.execute(
                delete(tables.web_sessions)
                .where(tables.web_sessions.c.token_hash == token_hash(token))
                .returning(tables.web_sessions.c.officer_id)
            ).scalar()
            if officer_id is not None:
                log(work, officer_id, "session.end")

    def _end(self, actor: Actor, officer_id: str, which: Any) -> int:
        mine = tables.web_sessions.c.officer_id == officer_id
        with self._units.begin(actor) as work:
            ended = work.connection.execute(delete(tables.web_sessions).where(and_(mine, which))).rowcount
            if ended:
                work.audit("session.ended", f"officer:{officer_id}", {"sessions": ended})
        return ended


def alive(row: Row[Any], now: datetime) -> bool:
    """Whether the session of a row of ``web_sessions`` is not over."""
    idle = not row.on_display and row.seen_at + timedelta(minutes=IDLE_MINUTES) <= now
    return row.expires_at > now and not idle


def log(work: UnitOfWork, officer_id: str, action: str, **details: str) -> None:
    """An entry about, and by, whoever it turned out to be within the unit."""
    work.audit(action, f"officer:{officer_id}", details, by=Actor(officer_id))


def random_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _areas(work: UnitOfWork, officer_id: str) -> frozenset[str]:
    return frozenset(work.connection.execute(_AREAS, {"of": officer_id}).scalars())
