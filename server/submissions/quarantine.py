"""What was refused is kept as it came: the cause may lie here (a key, a pack, a fault of ours), and the kiosk may be lost.

Bounded, so that junk fills no disk: of each kiosk so many items and bytes, and so many bytes of all; what goes beyond stays at
the kiosk alone, as it did before. Administrators see it, have it tried again, or throw it away for a reason that the log keeps;
of what was thrown away the place is kept, so that it does not come back.
"""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, exists, func, select, update

from protocol.messages import BatchAnswer, ItemStatus
from server.foundation.actors import SYSTEM, Actor, kiosk_actor
from server.storage import tables
from server.storage.transactions import insert_new
from server.submissions.intake import Intake, Sender
from server.work.unit_of_work import UnitsOfWork

#: Of one kiosk.
ITEMS_OF_KIOSK: Final = 200
BYTES_OF_KIOSK: Final = 20_000_000
#: Of all kiosks.
BYTES_OF_ALL: Final = 1_000_000_000
#: What the log wants to know of a reason.
REASON_LEAST: Final = 5
REASON_MOST: Final = 200
_KEPT: Final = tables.quarantine.c
#: Somebody threw these away.
_THERE: Final = _KEPT.item.is_not(None)


@dataclass(frozen=True)
class Entry:
    kiosk_id: str
    submission_id: str
    sha256: str


@dataclass(frozen=True)
class Kept:
    """For people. No personal data."""

    entry: Entry
    kiosk: str
    #: As the item says; "" where it says nothing that can be read.
    service: str
    size: int
    reason: str
    kept_at: datetime
    tried_at: datetime | None


class Quarantine:
    def __init__(self, units: UnitsOfWork, intake: Intake) -> None:
        self._units = units
        self._intake = intake

    # --- what comes in ------------------------------------------------------------------------------------------

    def keep(self, kiosk_id: str, raw_items: Sequence[Any], answer: BatchAnswer) -> int:
        """Keeps what ``answer`` refused of a batch, as far as there is room; how many. What is kept stays as it is."""
        refused = {one.id: one.reason for one in answer.answers if one.status is ItemStatus.REJECTED}
        found = [raw for raw in raw_items if isinstance(raw, dict) and raw.get("id") in refused]
        if not found:
            return 0
        kept = 0
        with self._units.begin(kiosk_actor(kiosk_id)) as work:
            connection = work.connection
            used = connection.execute(
                select(func.count(), func.coalesce(func.sum(_KEPT.size), 0)).where(_KEPT.kiosk_id == kiosk_id, _THERE)
            ).one()
            items, of_kiosk = int(used[0]), int(used[1])
            of_all = int(connection.execute(select(func.coalesce(func.sum(_KEPT.size), 0)).where(_THERE)).scalar_one())
            for raw in found:
                content = gzip.compress(json.dumps(raw).encode(), compresslevel=1)
                of_kiosk, of_all = of_kiosk + len(content), of_all + len(content)
                if items >= ITEMS_OF_KIOSK or of_kiosk > BYTES_OF_KIOSK or of_all > BYTES_OF_ALL:
                    break
                claimed = raw.get("sha256")
                row = {
                    "kiosk_id": kiosk_id,
                    "submission_id": raw["id"],
                    "sha256": claimed[:64] if isinstance(claimed, str) else "",
                    "item": content,
                    "size": len(content),
                    "reason": refused[raw["id"]],
                    "kept_at": work.now,
                }
                new = insert_new(connection, tables.quarantine, row)
                items += new
                kept += new
        return kept

    # --- what administrators see and do -------------------------------------------------------------------------

    def count(self) -> int:
        with self._units.engine.connect() as connection:
            query = select(func.count()).select_from(tables.quarantine).where(_THERE, ~_arrived())
            return int(connection.execute(query).scalar_one())

    def entries(self, limit: int) -> list[Kept]:
        """Oldest first; without what has arrived since."""
        kiosk = tables.kiosks.c
        with self._units.engine.connect() as connection:
            rows = connection.execute(
                select(tables.quarantine, kiosk.name)
                .join(tables.kiosks, kiosk.id == _KEPT.kiosk_id)
                .where(_THERE, ~_arrived())
                .order_by(_KEPT.kept_at, _KEPT.submission_id)
                .limit(limit)
            ).all()
        return [
            Kept(
                Entry(row.kiosk_id, row.submission_id, row.sha256),
                row.name,
                _service(row.item),
                row.size,
                row.reason,
                row.kept_at,
                row.tried_at,
            )
            for row in rows
        ]

    def try_again(self, actor: Actor, entry: Entry) -> ItemStatus | None:
        """What the intake answers today; None when nothing is kept. What is taken leaves the quarantine."""
        with self._units.engine.connect() as connection:
            found = connection.execute(
                select(_KEPT.item, tables.kiosks.c.kiosk_part)
                .join(tables.kiosks, tables.kiosks.c.id == _KEPT.kiosk_id)
                .where(*_is(entry), _THERE)
            ).first()
        if found is None:
            return None
        sender = Sender(entry.kiosk_id, found.kiosk_part)
        answer = self._intake.take(sender, [_unpacked(found.item)], rationed=False)
        status = answer.answers[0].status if answer.answers else ItemStatus.REJECTED
        with self._units.begin(actor) as work:
            if status in (ItemStatus.REJECTED, ItemStatus.CONFLICT):
                reason = answer.answers[0].reason if answer.answers else ""
                values = {"tried_at": work.now, **({"reason": reason} if reason else {})}
                work.connection.execute(update(tables.quarantine).where(*_is(entry)).values(values))
            else:
                work.connection.execute(delete(tables.quarantine).where(*_is(entry)))
            work.audit(
                "quarantine.try", f"kiosk:{entry.kiosk_id}", {"item": entry.submission_id, "status": status.value}
            )
        return status

    def discard(self, actor: Actor, entry: Entry, reason: str) -> bool:
        """Throws it away; False when nothing is kept. The kiosk still has its own. Raises ValueError for a reason that is
        too short or too long."""
        if not REASON_LEAST <= len(reason) <= REASON_MOST:
            raise ValueError("reason")
        with self._units.begin(actor) as work:
            gone = work.connection.execute(
                update(tables.quarantine).where(*_is(entry), _THERE).values(item=None, size=0)
            )
            if not gone.rowcount:
                return False
            work.audit("quarantine.discard", f"kiosk:{entry.kiosk_id}", {"item": entry.submission_id, "reason": reason})
        return True

    def sweep(self) -> int:
        """Forgets what has arrived since, by the kiosk itself or by a stick; how many. Called from time to time."""
        with self._units.begin(SYSTEM) as work:
            return work.connection.execute(delete(tables.quarantine).where(_arrived())).rowcount


def _is(entry: Entry) -> tuple[ColumnElement[bool], ...]:
    return (
        _KEPT.kiosk_id == entry.kiosk_id,
        _KEPT.submission_id == entry.submission_id,
        _KEPT.sha256 == entry.sha256,
    )


def _arrived() -> ColumnElement[bool]:
    sent = tables.submissions.c
    return exists().where(sent.kiosk_id == _KEPT.kiosk_id, sent.id == _KEPT.submission_id)


def _unpacked(content: bytes) -> Any:
    return json.loads(gzip.decompress(content))


def _service(content: bytes) -> str:
    named = _unpacked(content).get("service")
    return named[:64] if isinstance(named, str) else ""
