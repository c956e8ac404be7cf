"""Taking in what somebody carried here on a stick (``protocol.outbox.exports``): the same intake, the same answers.

The whole file is read and verified before anything of it is taken. Then each item goes where it would have gone by the line;
what has arrived before is a duplicate, so a file that is taken in twice changes nothing. The kiosk is told to send again what it
had parked, and hears that it is here.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Final

from sqlalchemy import select, update

from protocol.limits import BATCH_ITEMS
from protocol.messages import ItemAnswer, ItemStatus
from protocol.outbox.exports import (
    ExportFault,
    ExportRefused,
    Header,
    ItemRecord,
    PieceRecord,
    Record,
    decode,
    read_header,
)
from server.fleet.alarms import Alarms
from server.fleet.device_commands import DeviceCommands
from server.foundation.actors import SYSTEM, Actor
from server.foundation.keys import CityKeys
from server.storage import tables
from server.submissions.attachments import AppendOutcome, AttachmentStore
from server.submissions.intake import Intake, Sender
from server.submissions.quarantine import Quarantine
from server.work.unit_of_work import UnitsOfWork

#: For so long a kiosk that comes back hears that it may send again what it had parked.
TOLD_FOR: Final = timedelta(days=90)
#: Of a report.
REFUSED_SHOWN: Final = 50


class KioskShutOut(Exception):
    """The file was written after its kiosk had been shut out: whoever has the kiosk may have written it."""

    def __init__(self, at: datetime) -> None:
        super().__init__("shut out")
        self.at = at


class UnknownKiosk(Exception):
    """No kiosk of this city has ever had the file's number."""


@dataclass(frozen=True)
class ImportReport:
    kiosk_id: str
    kiosk: str
    made_at: datetime
    #: How many items got which answer.
    counts: dict[ItemStatus, int] = field(default_factory=dict)
    #: Attachments that are whole now and were not before.
    attachments: int = 0
    #: The first of those that were refused.
    refused: tuple[ItemAnswer, ...] = ()

    @property
    def new(self) -> int:
        return sum(self.counts.get(one, 0) for one in (ItemStatus.STORED, ItemStatus.MISSING_ATTACHMENTS))

    @property
    def known(self) -> int:
        return self.counts.get(ItemStatus.DUPLICATE, 0)

    @property
    def not_taken(self) -> int:
        return self.counts.get(ItemStatus.REJECTED, 0) + self.counts.get(ItemStatus.CONFLICT, 0)


class OutboxImport:
    def __init__(
        self,
        units: UnitsOfWork,
        keys: CityKeys,
        unseal: Callable[[str, bytes], bytes | None],
        city: str,
        intake: Intake,
        attachments: AttachmentStore,
        quarantine: Quarantine,
        commands: DeviceCommands,
        alarms: Alarms,
    ) -> None:
        """``unseal``: what a blob holds that was sealed to the key of that id; None when it cannot be opened."""
        self._units = units
        self._keys = keys
        self._unseal = unseal
        self._city = city
        self._intake = intake
        self._attachments = attachments
        self._quarantine = quarantine
        self._commands = commands
        self._alarms = alarms

    def take(self, actor: Actor, file: BinaryIO) -> ImportReport:
        """All of ``file``, which can be read again from its beginning.

        Raises ExportRefused, UnknownKiosk, KioskShutOut and KeeperAway; nothing of the file was taken then.
        """
        file.seek(0)
        header, line = read_header(file)
        key = self._key(header)
        kiosk = self._kiosk(header)
        begin = file.tell()

        def records() -> Iterator[Record]:
            file.seek(begin)
            return decode(file, header, line, key, kiosk.public_key)

        for _ in records():
            """Whether all of it is whole and the kiosk's own is known at its end."""
        sender = Sender(header.kiosk_id, kiosk.kiosk_part)
        counts: Counter[ItemStatus] = Counter()
        refused: list[ItemAnswer] = []
        sizes: dict[str, int] = {}
        for batch in _batches(records()):
            answer = self._intake.take(sender, batch, rationed=False)
            self._quarantine.keep(header.kiosk_id, batch, answer)
            sizes |= _sizes(batch)
            counts.update(one.status for one in answer.answers)
            refused += [one for one in answer.answers if one.status in (ItemStatus.REJECTED, ItemStatus.CONFLICT)]
        whole = self._take_attachments(header.kiosk_id, sizes, records())
        report = ImportReport(
            header.kiosk_id, kiosk.name, header.made_at, dict(counts), whole, tuple(refused[:REFUSED_SHOWN])
        )
        with self._units.begin(actor) as work:
            details = {one.value: number for one, number in counts.items()}
            work.audit("outbox.import", f"kiosk:{header.kiosk_id}", {"made_at": header.made_at.isoformat(), **details})
        self._know_at_stake(header, report)
        if report.new or report.attachments:
            self._commands.send(actor, header.kiosk_id, "retry_parked", TOLD_FOR)
        return report

    def _know_at_stake(self, header: Header, report: ImportReport) -> None:
        """What the kiosk had not delivered when it wrote the file is here now, but for what was refused. A kiosk that still
        speaks says so itself with its next heartbeat; of one that is silent its alarm says less from now on."""
        kiosk = tables.kiosks.c
        left: dict[str, Any] = {"outbox_waiting": 0, "outbox_parked": report.not_taken, "outbox_reasons": {}}
        if not report.not_taken:
            left["outbox_oldest_at"] = None
        with self._units.begin(SYSTEM) as work:
            known = work.connection.execute(
                update(tables.kiosks)
                .where(kiosk.id == header.kiosk_id, kiosk.last_heartbeat_at < header.made_at, *tables.IN_FLEET)
                .values(left)
            )
            if known.rowcount:
                work.after_commit(lambda: self._alarms.check(header.kiosk_id))

    def _key(self, header: Header) -> bytes:
        """Of the file's stream."""
        known = header.key_id in {one.key_id for one in self._keys.public_sealing_keys()}
        if not known:
            raise ExportRefused(ExportFault.OTHER_KEY if header.city == self._city else ExportFault.OTHER_CITY)
        key = self._unseal(header.key_id, header.sealed_key)
        if key is None:
            raise ExportRefused(ExportFault.DAMAGED)
        return key

    def _kiosk(self, header: Header) -> Any:
        kiosk = tables.kiosks.c
        columns = (kiosk.name, kiosk.kiosk_part, kiosk.public_key, kiosk.approved_at, kiosk.revoked_at)
        with self._units.engine.connect() as connection:
            found = connection.execute(select(*columns).where(kiosk.id == header.kiosk_id)).first()
        if found is None or found.approved_at is None:
            raise UnknownKiosk
        if found.revoked_at is not None and header.made_at >= found.revoked_at:
            raise KioskShutOut(found.revoked_at)
        return found

    def _take_attachments(self, kiosk_id: str, sizes: dict[str, int], records: Iterator[Record]) -> int:
        """How many became whole by this."""
        whole, current, offset, durable, wanted = 0, "", 0, 0, False
        for record in records:
            if not isinstance(record, PieceRecord):
                continue
            if record.sha256 != current:
                current, offset = record.sha256, 0
                progress = self._attachments.progress(kiosk_id, current)
                # An item that was refused has nobody who waits for its pictures; what is whole needs nothing.
                wanted = progress.outcome is AppendOutcome.APPENDED
                durable = progress.offset
            if wanted:
                fresh = record.data[max(0, durable - offset) :]
                if fresh:
                    done = self._attachments.append(kiosk_id, current, durable, sizes.get(current, 0), fresh)
                    wanted = done.outcome is AppendOutcome.APPENDED
                    durable = done.offset
                    whole += done.complete
            offset += len(record.data)
        return whole


def _batches(records: Iterator[Record]) -> Iterator[Sequence[Any]]:
    batch: list[Any] = []
    for record in records:
        if isinstance(record, ItemRecord):
            batch.append(json.loads(record.content))
            if len(batch) == BATCH_ITEMS:
                yield batch
                batch = []
    if batch:
        yield batch


def _sizes(batch: Sequence[Any]) -> dict[str, int]:
    """Of the attachments that the items name, as far as they can be read."""
    try:
        return {one["sha256"]: int(one["size"]) for item in batch for one in item["attachments"]}
    except (KeyError, TypeError, ValueError):
        return {}
