"""Forms that citizens finish another day: sealed bytes that this server cannot read, for a few days, few tries."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select, update

from protocol.drafts import DRAFT_DAYS, proof_hash
from server.fleet.quotas import Quota, Quotas
from server.foundation.actors import SYSTEM, kiosk_actor
from server.storage.citizen_tables import drafts
from server.storage.transactions import insert_new
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

LIFE: Final = timedelta(days=DRAFT_DAYS)
#: Wrong birth dates in a row before a pause, and in all before the draft is erased.
TRIES: Final = 5
TRIES_IN_ALL: Final = 20
PAUSE: Final = timedelta(hours=1)
#: Drafts that one kiosk may leave here at a time.
DRAFTS_A_KIOSK: Final = 500


class DraftOutcome(StrEnum):
    DONE = "DONE"
    #: These very bytes were kept before.
    REPEATED = "REPEATED"
    #: Another draft lies under this name; the kiosk makes a new code.
    TAKEN = "TAKEN"
    #: Never kept, expired, or taken.
    UNKNOWN = "UNKNOWN"
    WRONG = "WRONG"
    #: Too many tries; see ``wait``.
    BLOCKED = "BLOCKED"
    FULL = "FULL"


@dataclass(frozen=True)
class DraftResult:
    outcome: DraftOutcome
    sealed: bytes = b""
    expires_at: datetime | None = None
    wait: timedelta = timedelta()


class CitizenDrafts:
    def __init__(self, units: UnitsOfWork, quotas: Quotas) -> None:
        self._units = units
        self._quotas = quotas

    def keep(self, kiosk_id: str, lookup: str, hashed_proof: str, sealed: bytes) -> DraftResult:
        digest = hashlib.sha256(sealed).hexdigest()

        def keep(work: UnitOfWork) -> DraftResult:
            connection, now = work.connection, work.now
            connection.execute(delete(drafts).where(drafts.c.expires_at <= now))
            there = connection.execute(select(drafts.c.lookup).where(drafts.c.kiosk_id == kiosk_id)).all()
            if len(there) >= DRAFTS_A_KIOSK:
                return DraftResult(DraftOutcome.FULL)
            row = {
                "lookup": lookup,
                "kiosk_id": kiosk_id,
                "proof_hash": hashed_proof,
                "sha256": digest,
                "sealed": sealed,
                "created_at": now,
                "expires_at": now + LIFE,
                "wrong_tries": 0,
            }
            if insert_new(connection, drafts, row):
                return DraftResult(DraftOutcome.DONE, expires_at=now + LIFE)
            kept = connection.execute(select(drafts).where(drafts.c.lookup == lookup)).one()
            same = kept.sha256 == digest and kept.proof_hash == hashed_proof
            return DraftResult(DraftOutcome.REPEATED if same else DraftOutcome.TAKEN, expires_at=kept.expires_at)

        return self._units.run(kiosk_actor(kiosk_id), keep)

    def open(self, kiosk_id: str, lookup: str, proof: bytes) -> DraftResult:
        """The sealed bytes; they stay until ``erase``, since the answer may get lost."""
        return self._with(
            kiosk_id, lookup, proof, lambda _, row: DraftResult(DraftOutcome.DONE, bytes(row.sealed), row.expires_at)
        )

    def erase(self, kiosk_id: str, lookup: str, proof: bytes) -> DraftResult:
        """Its owner has it."""

        def gone(connection: Connection, row: Row[Any]) -> DraftResult:
            connection.execute(delete(drafts).where(drafts.c.lookup == row.lookup))
            return DraftResult(DraftOutcome.DONE)

        return self._with(kiosk_id, lookup, proof, gone)

    def sweep(self) -> int:
        """Erases what nobody came back for; how many."""
        with self._units.begin(SYSTEM) as work:
            return work.connection.execute(delete(drafts).where(drafts.c.expires_at <= work.now)).rowcount

    def _with(
        self, kiosk_id: str, lookup: str, proof: bytes, then: Callable[[Connection, Row[Any]], DraftResult]
    ) -> DraftResult:
        def look(work: UnitOfWork) -> DraftResult:
            connection, now = work.connection, work.now
            row = connection.execute(select(drafts).where(drafts.c.lookup == lookup).with_for_update()).first()
            if row is None or row.expires_at <= now:
                return DraftResult(DraftOutcome.UNKNOWN)
            if row.blocked_until is not None and row.blocked_until > now:
                return DraftResult(DraftOutcome.BLOCKED, wait=row.blocked_until - now)
            if hmac.compare_digest(row.proof_hash, proof_hash(proof)):
                return then(connection, row)
            return _wrong(connection, row, now)

        result = self._units.run(kiosk_actor(kiosk_id), look)
        if result.outcome is DraftOutcome.UNKNOWN and (wait := self._quotas.spend(kiosk_id, Quota.DRAFT_GUESSES)):
            return DraftResult(DraftOutcome.BLOCKED, wait=timedelta(seconds=wait))
        return result


def _wrong(connection: Connection, row: Row[Any], now: datetime) -> DraftResult:
    tries = row.wrong_tries + 1
    if tries >= TRIES_IN_ALL:
        connection.execute(delete(drafts).where(drafts.c.lookup == row.lookup))
        return DraftResult(DraftOutcome.WRONG)
    blocked = now + PAUSE if tries % TRIES == 0 else None
    connection.execute(
        update(drafts).where(drafts.c.lookup == row.lookup).values(wrong_tries=tries, blocked_until=blocked)
    )
    return DraftResult(DraftOutcome.WRONG)
