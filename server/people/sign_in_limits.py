"""How often one may be wrong at the sign-in: nobody is kept out for good, and nothing is learnt about names.

What is counted are wrong passwords only, in the database, so that all processes know of them; whether the name exists
makes no difference. The wait belongs to a name *at an address*: whoever guesses elsewhere keeps no officer out. A
browser in which an officer signed in before carries a mark (OWASP calls it a device cookie) and is counted by itself, so
that not even somebody in the same office keeps that officer out. Browsers without a mark share, for each name, a pace
that stays slow for guessing from a thousand addresses.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from server.storage.tables import sign_in_failures

#: Wrong ones of a name at an address that cost nothing; each one more doubles the wait, up to the longest.
FREE_FAILURES: Final = 5
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(minutes=15)
#: Wrong ones of an address within a minute, over all names.
FAILURES_PER_ADDRESS: Final = 15
ADDRESS_WITHIN: Final = timedelta(minutes=1)
#: Wrong ones of a name from all unmarked browsers within the hour; then they are tried one in PACE.
FAILURES_PER_NAME: Final = 60
PACE: Final = timedelta(seconds=10)
#: How long a wrong one is remembered.
REMEMBERED: Final = timedelta(hours=1)
#: Officers that one browser is marked for; the one who signed in last stands first.
MARKS: Final = 5
_MARK_BYTES: Final = 12


@dataclass(frozen=True)
class Attempt:
    """Who tries: a name as typed, the address, and the browser's marks."""

    name: str
    address: str
    marks: str = ""
    #: As it calls itself; counted by nobody, shown beside the session.
    browser: str = ""


@dataclass(frozen=True)
class Paced:
    """What is tried, counted apart from other things, and how fast from all unmarked browsers together: ``free`` within the
    hour, then one in ``pace``."""

    what: str
    free: int
    pace: timedelta


PASSWORDS: Final = Paced("", FAILURES_PER_NAME, PACE)
#: Second steps. Three of a million codes are right at a time, and whoever guesses has the password already: at this pace a year of
#: guessing from everywhere finds one in three times.
CODES: Final = Paced("code ", 10, timedelta(minutes=5))


class SignInLimits:
    def __init__(self, key: bytes, paced: Paced = PASSWORDS) -> None:
        """``key`` is secret; what it makes are marks, and names in the table that nobody can read there."""
        self._key = hmac.digest(key, b"ekios sign-in", "sha256")
        self._paced = paced

    def wait(self, connection: Connection, attempt: Attempt, now: datetime) -> timedelta:
        """How long nothing is tried for it; zero when it may be tried now."""
        pair, address, name = self._keys(attempt)
        waits = [_doubling(_failures(connection, pair, now - REMEMBERED), now)]
        if address and name:
            recent = _failures(connection, address, now - ADDRESS_WITHIN)
            if len(recent) >= FAILURES_PER_ADDRESS:
                waits.append(recent[-FAILURES_PER_ADDRESS] + ADDRESS_WITHIN - now)
            guesses = _failures(connection, name, now - REMEMBERED)
            if len(guesses) >= self._paced.free:
                waits.append(guesses[-1] + self._paced.pace - now)
        return max(timedelta(), *waits)

    def failed(self, connection: Connection, attempt: Attempt, now: datetime) -> None:
        connection.execute(delete(sign_in_failures).where(sign_in_failures.c.at < now - REMEMBERED))
        rows = [{"key": key, "at": now} for key in self._keys(attempt) if key]
        connection.execute(insert(sign_in_failures), rows)

    def succeeded(self, connection: Connection, attempt: Attempt) -> None:
        """What was wrong before at the same place is forgotten; what others tried elsewhere is not."""
        connection.execute(delete(sign_in_failures).where(sign_in_failures.c.key == self._keys(attempt)[0]))

    def marked(self, attempt: Attempt) -> str:
        """The browser's marks from now on."""
        fresh = secrets.token_urlsafe(_MARK_BYTES)
        kept = [one for one in attempt.marks.split("~") if one and one != self._mark(attempt)]
        return "~".join([f"{fresh}.{self._seal(fresh, attempt.name)}", *kept][:MARKS])

    def _keys(self, attempt: Attempt) -> tuple[str, str, str]:
        """Of the name at its place, of the address, and of the name anywhere; a marked browser has only the first."""
        mark = self._mark(attempt)
        if mark:
            return self._counted("mark", attempt.name, mark), "", ""
        return (
            self._counted("pair", attempt.name, attempt.address),
            self._counted("address", attempt.address),
            self._counted("name", attempt.name),
        )

    def _mark(self, attempt: Attempt) -> str:
        """The one that was given for this name; empty when there is none, or it was made up."""
        for one in attempt.marks.split("~")[:MARKS]:
            label, _, seal = one.partition(".")
            if seal.isascii() and hmac.compare_digest(seal, self._seal(label, attempt.name)):
                return one
        return ""

    def _seal(self, label: str, name: str) -> str:
        return self._hidden("seal", label, name)[:32]

    def _counted(self, kind: str, *parts: str) -> str:
        return self._hidden(f"{self._paced.what}{kind}", *parts)

    def _hidden(self, *parts: str) -> str:
        return hmac.new(self._key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def _failures(connection: Connection, key: str, since: datetime) -> Sequence[datetime]:
    """When they were, the oldest first."""
    rows = sign_in_failures.c
    return connection.execute(select(rows.at).where(rows.key == key, rows.at > since).order_by(rows.at)).scalars().all()


def _doubling(failures: Sequence[datetime], now: datetime) -> timedelta:
    over = len(failures) - FREE_FAILURES
    if over < 0:
        return timedelta()
    # Doubling stops long before the shift gets large: the longest wait is reached after four.
    return failures[-1] + min(LONGEST_WAIT, FIRST_WAIT * (1 << min(over, 8))) - now
