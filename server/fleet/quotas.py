"""How much one kiosk, and one NIK, may send and ask: what an honest day needs many times over, and no more.

A quota is a bucket that fills by itself: ``burst`` at once, then ``an_hour``. Who has used it up is told how long to
wait, the command centre gets an alarm, and whatever was refused stays where it is until its turn: nobody is ever shut
out for good. Of a NIK only an HMAC is kept, and only until its bucket is full again.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, bindparam, delete, or_, select, update

from server.fleet.alarms import Alarms
from server.foundation.actors import SYSTEM, kiosk_actor
from server.storage import tables
from server.storage.transactions import insert_or_replace, take_turns
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

_HOUR_S: Final = 3600.0
#: A kiosk that goes on over its quota is written down this often.
NOTED_EVERY: Final = timedelta(minutes=1)
_USED: Final = select(tables.quotas.c.subject, tables.quotas.c.quota, tables.quotas.c.used_until).where(
    tables.quotas.c.subject.in_(bindparam("subjects", expanding=True))
)


class Quota(StrEnum):
    """The names are those of ``QuotaSettings``."""

    SUBMISSIONS = "submissions"
    #: Citizens' answers to officers' questions.
    ANSWERS = "answers"
    RATINGS = "ratings"
    #: Cases asked for by their code.
    LOOKUPS = "lookups"
    #: Drafts left at the server.
    DRAFTS = "drafts"
    #: Codes of drafts that do not exist.
    DRAFT_GUESSES = "draft_guesses"
    HELP_CALLS = "help_calls"
    #: Submissions under one NIK, from all kiosks.
    NIK = "nik"


class Allowance(BaseModel):
    """``burst`` at once; what was used comes back at ``an_hour``."""

    model_config = ConfigDict(frozen=True)

    burst: int = Field(gt=0)
    an_hour: float = Field(gt=0)


class QuotaSettings(BaseModel):
    """A citizen's session takes minutes: an honest kiosk has some two hundred a day, and a month of them after a month
    without a line, which is through in half a day."""

    model_config = ConfigDict(frozen=True)

    submissions: Allowance = Allowance(burst=500, an_hour=600)
    answers: Allowance = Allowance(burst=60, an_hour=60)
    ratings: Allowance = Allowance(burst=100, an_hour=60)
    lookups: Allowance = Allowance(burst=60, an_hour=120)
    drafts: Allowance = Allowance(burst=40, an_hour=30)
    draft_guesses: Allowance = Allowance(burst=30, an_hour=30)
    help_calls: Allowance = Allowance(burst=10, an_hour=20)
    nik: Allowance = Allowance(burst=20, an_hour=10)

    def of(self, quota: Quota) -> Allowance:
        found = getattr(self, quota.value)
        assert isinstance(found, Allowance)
        return found


@dataclass(frozen=True)
class Granted:
    """So many of those that were asked for; ``wait`` until the next one, zero when all were granted."""

    number: int
    wait: timedelta = timedelta()

    @property
    def seconds(self) -> int:
        """Whole seconds for ``Retry-After``."""
        return max(1, math.ceil(self.wait.total_seconds()))


class Buckets:
    """Quotas of some subjects within one transaction: taken from in memory, written down together."""

    def __init__(
        self, connection: Connection, settings: QuotaSettings, now: datetime, used: dict[tuple[str, str], datetime]
    ) -> None:
        self._connection = connection
        self._settings = settings
        self._now = now
        self._used = used
        self._changed: dict[tuple[str, str], datetime] = {}

    def take(self, subject: str, quota: Quota, number: int, *, whole: bool = False) -> Granted:
        """As many of ``number`` as there are; ``whole``: all of them or none.

        More than ``burst`` are granted together when the bucket is full, so that no request waits for ever.
        """
        allowance, now = self._settings.of(quota), self._now
        each = timedelta(seconds=_HOUR_S / allowance.an_hour)
        full = each * allowance.burst
        # The generic cell rate algorithm: one moment says how full the bucket is.
        used_until = max(self._used.get((subject, quota.value), now), now)
        if used_until > now + full + each * allowance.burst:
            # Further ahead than any use can bring it: the server's clock was put back, and what was used is not known.
            used_until = now
        there = max(0, (now + full - used_until) // each)
        needed = min(number, allowance.burst)
        if whole and there < needed:
            return Granted(0, used_until + each * needed - full - now)
        granted = number if whole else min(there, number)
        if granted:
            used_until += each * granted
            self._used[subject, quota.value] = self._changed[subject, quota.value] = used_until
        return Granted(granted) if granted == number else Granted(granted, used_until + each - full - now)

    def write(self) -> None:
        rows = [
            {"subject": subject, "quota": quota, "used_until": used_until}
            for (subject, quota), used_until in sorted(self._changed.items())
        ]
        insert_or_replace(self._connection, tables.quotas, *rows)


class Quotas:
    def __init__(self, units: UnitsOfWork, alarms: Alarms, settings: QuotaSettings) -> None:
        self._units = units
        self._clock = units.clock
        self._alarms = alarms
        self._settings = settings

    def spend(self, kiosk_id: str, quota: Quota, number: int = 1) -> int:
        """All of ``number`` or none, in a transaction of its own: 0, or the seconds to wait."""

        def spend(work: UnitOfWork) -> Granted:
            granted = self.take(work.connection, kiosk_id, quota, number, whole=True)
            if granted.wait:
                self.note(work, kiosk_id, quota)
            return granted

        granted = self._units.run(kiosk_actor(kiosk_id), spend)
        return granted.seconds if granted.wait else 0

    def take(self, connection: Connection, subject: str, quota: Quota, number: int, *, whole: bool = False) -> Granted:
        """See :meth:`Buckets.take`, in the caller's transaction."""
        buckets = self.buckets(connection, [(subject, quota)])
        granted = buckets.take(subject, quota, number, whole=whole)
        buckets.write()
        return granted

    def buckets(self, connection: Connection, wanted: Collection[tuple[str, Quota]]) -> "Buckets":
        """Those of the subjects that are named, held until the caller's transaction ends."""
        take_turns(connection, *(f"quota {subject} {quota.value}" for subject, quota in wanted))
        rows = connection.execute(_USED, {"subjects": sorted({subject for subject, _ in wanted})}) if wanted else ()
        return Buckets(connection, self._settings, self._clock.now(), {(one[0], one[1]): one[2] for one in rows})

    def note(self, work: UnitOfWork, kiosk_id: str, quota: Quota) -> None:
        """Writes down that the kiosk is over its quota; when that is news, the alarm comes at once after the commit."""
        now, kiosks = work.now, tables.kiosks.c
        noted = work.connection.execute(
            update(tables.kiosks)
            .where(
                kiosks.id == kiosk_id,
                or_(kiosks.over_quota_at.is_(None), kiosks.over_quota_at <= now - NOTED_EVERY),
            )
            .values(over_quota=quota.value, over_quota_at=now)
        )
        if noted.rowcount:
            work.after_commit(lambda: self._alarms.check(kiosk_id))

    def sweep(self) -> int:
        """Forgets full buckets; how many. Called from time to time."""
        with self._units.begin(SYSTEM) as work:
            gone = delete(tables.quotas).where(tables.quotas.c.used_until <= self._clock.now())
            return work.connection.execute(gone).rowcount
