"""Envelopes that the server has not acknowledged yet, with state per item; and their sealed attachments."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Integer, Row, Text, cast, func, literal, select, type_coerce, update

from kiosk.store.database import Database, Use
from kiosk.store.schema import KIOSK_SEQ, Moment, attachments, marks, outbox
from protocol.messages import ItemKind

#: Erased in one transaction: so many payloads, and so many bytes of them unless one alone is larger.
ERASED_AT_ONCE: Final = 500
ERASED_BYTES: Final = 8_000_000

#: What a citizen waits for is built once: to put such a statement together takes longer than SQLite needs for it.
_ADD: Final = outbox.insert()
_ADD_ATTACHMENTS: Final = attachments.insert()
#: A mark is JSON, and a number's JSON is its digits.
_NEXT_SEQ: Final = (
    update(marks)
    .where(marks.c.name == KIOSK_SEQ)
    .values(value=cast(cast(type_coerce(marks.c.value, Text), Integer) + 1, Text))
    .returning(marks.c.value)
)


class OutboxState(StrEnum):
    #: To be sent.
    WAITING = "WAITING"
    #: The server holds the envelope and waits for attachments.
    DELIVERED = "DELIVERED"
    #: The server holds all of it.
    ACKNOWLEDGED = "ACKNOWLEDGED"
    #: Refused for good; kept, shown to field staff with the reason, never deleted.
    PARKED = "PARKED"


#: What the server does not hold whole.
OPEN_STATES: Final = (OutboxState.WAITING, OutboxState.DELIVERED, OutboxState.PARKED)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a sealed submission without opening it. ``sealed`` is b"" once erased."""

    kiosk_seq: int
    id: str
    kind: ItemKind
    tracking_code: str
    service: str
    form_version: str
    pack_version: int
    key_id: str
    sha256: str
    sealed: bytes
    device_time: datetime
    boot_id: str
    state: OutboxState = OutboxState.WAITING
    reason: str = ""
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SealedAttachment:
    sha256: str
    size: int
    sealed: bytes


@dataclass(frozen=True, slots=True)
class AttachmentInfo:
    sha256: str
    kiosk_seq: int
    size: int
    delivered: bool


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """``waiting``: not yet acknowledged and not parked, attachments included."""

    waiting: int
    parked: int
    oldest_at: datetime | None


class Outbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    # --- the kiosk's side ------------------------------------------------------------------------------------------

    def next_seq(self) -> int:
        """The next number of this kiosk's sequence; call it inside the transaction that adds the envelope."""
        with self._database.transaction() as connection:
            given = connection.execute(_NEXT_SEQ).scalar()
            if given is None:
                given = (connection.execute(select(func.max(outbox.c.kiosk_seq))).scalar() or 0) + 1
                connection.execute(marks.insert().values(name=KIOSK_SEQ, value=given))
        return int(given)

    def add(self, envelope: Envelope, sealed_attachments: Sequence[SealedAttachment] = ()) -> None:
        size = len(envelope.sealed) + sum(len(attachment.sealed) for attachment in sealed_attachments)
        with self._database.growing(Use.BEGUN, size) as connection:
            connection.execute(
                _ADD,
                {
                    "kiosk_seq": envelope.kiosk_seq,
                    "id": envelope.id,
                    "kind": envelope.kind.value,
                    "tracking_code": envelope.tracking_code,
                    "service": envelope.service,
                    "form_version": envelope.form_version,
                    "pack_version": envelope.pack_version,
                    "key_id": envelope.key_id,
                    "sha256": envelope.sha256,
                    "sealed": envelope.sealed,
                    "device_time": envelope.device_time,
                    "boot_id": envelope.boot_id,
                    "state": envelope.state.value,
                },
            )
            if sealed_attachments:
                rows = [
                    {
                        "sha256": attachment.sha256,
                        "kiosk_seq": envelope.kiosk_seq,
                        "position": position,
                        "size": attachment.size,
                        "sealed": attachment.sealed,
                    }
                    for position, attachment in enumerate(sealed_attachments)
                ]
                connection.execute(_ADD_ATTACHMENTS, rows)

    def get(self, kiosk_seq: int) -> Envelope | None:
        with self._database.transaction() as connection:
            row = connection.execute(select(outbox).where(outbox.c.kiosk_seq == kiosk_seq)).one_or_none()
        return None if row is None else _envelope(row)

    def counts(self) -> OutboxCounts:
        open_states = (OutboxState.WAITING, OutboxState.DELIVERED)
        with self._database.transaction() as connection:
            waiting, oldest = connection.execute(
                select(func.count(), func.min(outbox.c.device_time, type_=Moment)).where(
                    outbox.c.state.in_(open_states)
                )
            ).one()
            parked = connection.execute(
                select(func.count()).select_from(outbox).where(outbox.c.state == OutboxState.PARKED)
            ).scalar_one()
        return OutboxCounts(waiting, parked, oldest)

    def parked(self) -> tuple[Envelope, ...]:
        """Refused items, oldest first."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                select(outbox).where(outbox.c.state == OutboxState.PARKED).order_by(outbox.c.kiosk_seq)
            ).all()
        return tuple(_envelope(row) for row in rows)

    def unpark(self, kiosk_seq: int) -> bool:
        """Try a parked item again. False when it is not parked."""
        return self._move(kiosk_seq, (OutboxState.PARKED,), OutboxState.WAITING, "")

    def unpark_all(self) -> int:
        """Try all parked items again; gives how many."""
        with self._database.transaction() as connection:
            return connection.execute(
                update(outbox)
                .where(outbox.c.state == OutboxState.PARKED)
                .values(state=OutboxState.WAITING.value, reason="")
            ).rowcount

    # --- the line's side -------------------------------------------------------------------------------------------

    def waiting_seqs(self, limit: int, *, newest: bool) -> tuple[int, ...]:
        """Numbers of WAITING envelopes, from the newest or from the oldest on."""
        order = outbox.c.kiosk_seq.desc() if newest else outbox.c.kiosk_seq.asc()
        with self._database.transaction() as connection:
            rows = connection.execute(
                select(outbox.c.kiosk_seq).where(outbox.c.state == OutboxState.WAITING).order_by(order).limit(limit)
            )
            return tuple(rows.scalars())

    def attachments_of(self, kiosk_seq: int) -> tuple[AttachmentInfo, ...]:
        """In the order in which the content names them."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                select(attachments.c.sha256, attachments.c.size, attachments.c.delivered)
                .where(attachments.c.kiosk_seq == kiosk_seq)
                .order_by(attachments.c.position)
            ).all()
        return tuple(AttachmentInfo(row.sha256, kiosk_seq, row.size, row.delivered) for row in rows)

    def undelivered_attachments(self, limit: int) -> tuple[AttachmentInfo, ...]:
        """Attachments of DELIVERED envelopes that the server still lacks: the newest envelope's first, then the
        oldest's, in turns, so that neither a fresh slip nor the backlog is starved."""
        half = (limit + 1) // 2
        query = (
            select(attachments.c.sha256, attachments.c.kiosk_seq, attachments.c.size)
            .join(outbox, outbox.c.kiosk_seq == attachments.c.kiosk_seq)
            .where(outbox.c.state == OutboxState.DELIVERED, attachments.c.delivered.is_(False))
        )
        with self._database.transaction() as connection:
            newest = connection.execute(
                query.order_by(attachments.c.kiosk_seq.desc(), attachments.c.position).limit(half)
            )
            oldest = connection.execute(query.order_by(attachments.c.kiosk_seq, attachments.c.position).limit(half))
            rows = [row for pair in _in_turns(newest.all(), oldest.all()) for row in pair]
        return tuple({row.sha256: AttachmentInfo(row.sha256, row.kiosk_seq, row.size, False) for row in rows}.values())

    def attachment_bytes(self, sha256: str) -> bytes | None:
        with self._database.transaction() as connection:
            return connection.execute(select(attachments.c.sealed).where(attachments.c.sha256 == sha256)).scalar()

    def delivered(self, kiosk_seq: int, received_at: datetime, missing: Sequence[str], now: datetime) -> bool:
        """The server holds the envelope; it still lacks the attachments in ``missing``.

        ACKNOWLEDGED when none is missing. False when nothing was waiting (the answer came twice).
        """
        with self._database.transaction() as connection:
            mine = (attachments.c.kiosk_seq == kiosk_seq, attachments.c.sealed.is_not(None))
            connection.execute(
                update(attachments).where(*mine, attachments.c.sha256.not_in(missing)).values(delivered=True)
            )
            connection.execute(
                update(attachments).where(*mine, attachments.c.sha256.in_(missing)).values(delivered=False)
            )
            open_states = (OutboxState.WAITING, OutboxState.DELIVERED)
            changed = connection.execute(
                update(outbox)
                .where(outbox.c.kiosk_seq == kiosk_seq, outbox.c.state.in_(open_states))
                .values(
                    state=OutboxState.DELIVERED.value,
                    received_at=func.coalesce(outbox.c.received_at, literal(received_at, Moment)),
                )
            ).rowcount
            self._acknowledge_if_whole(kiosk_seq, now)
        return bool(changed)

    def attachment_delivered(self, sha256: str, now: datetime) -> None:
        """The server has verified an attachment; its envelope is ACKNOWLEDGED with the last one."""
        with self._database.transaction() as connection:
            seq = connection.execute(
                update(attachments)
                .where(attachments.c.sha256 == sha256)
                .values(delivered=True)
                .returning(attachments.c.kiosk_seq)
            ).scalar()
            if seq is not None:
                self._acknowledge_if_whole(seq, now)

    def park(self, kiosk_seq: int, reason: str) -> bool:
        """Refused for good. False when it was not open."""
        return self._move(kiosk_seq, (OutboxState.WAITING, OutboxState.DELIVERED), OutboxState.PARKED, reason[:200])

    def send_again(self, kiosk_seq: int) -> bool:
        """The server turned out not to hold what it had acknowledged in part: from the beginning."""
        with self._database.transaction() as connection:
            connection.execute(update(attachments).where(attachments.c.kiosk_seq == kiosk_seq).values(delivered=False))
            return self._move(kiosk_seq, (OutboxState.DELIVERED,), OutboxState.WAITING, "")

    def send_all_again(self) -> int:
        """Everything that was acknowledged, in part or whole, and is still kept: from the beginning. Gives how many."""
        kept = (
            outbox.c.state.in_((OutboxState.DELIVERED, OutboxState.ACKNOWLEDGED)),
            outbox.c.sealed.is_not(None),
        )
        with self._database.transaction() as connection:
            mine = attachments.c.kiosk_seq.in_(select(outbox.c.kiosk_seq).where(*kept))
            connection.execute(update(attachments).where(mine).values(delivered=False))
            return connection.execute(
                update(outbox).where(*kept).values(state=OutboxState.WAITING.value, acknowledged_at=None)
            ).rowcount

    def erase_acknowledged(self, before: datetime) -> int:
        """Erase payloads of what was acknowledged before that time: a portion of them, which a nearly full disk has room
        for, since what is overwritten goes through the log. Gives how many payloads; 0: none is left."""
        old = (outbox.c.state == OutboxState.ACKNOWLEDGED, outbox.c.acknowledged_at < before)
        with self._database.transaction() as connection:
            photos = connection.execute(
                select(attachments.c.sha256, attachments.c.size)
                .join(outbox, outbox.c.kiosk_seq == attachments.c.kiosk_seq)
                .where(*old, attachments.c.sealed.is_not(None))
                .order_by(attachments.c.kiosk_seq, attachments.c.position)
                .limit(ERASED_AT_ONCE)
            ).all()
            if photos:
                portion = tuple(row.sha256 for row in _portion(photos))
                connection.execute(update(attachments).where(attachments.c.sha256.in_(portion)).values(sealed=None))
                return len(portion)
            envelopes = connection.execute(
                select(outbox.c.kiosk_seq, func.length(outbox.c.sealed).label("size"))
                .where(*old, outbox.c.sealed.is_not(None))
                .limit(ERASED_AT_ONCE)
            ).all()
            seqs = tuple(row.kiosk_seq for row in _portion(envelopes))
            if seqs:
                connection.execute(update(outbox).where(outbox.c.kiosk_seq.in_(seqs)).values(sealed=None))
        return len(seqs)

    def _acknowledge_if_whole(self, kiosk_seq: int, now: datetime) -> None:
        open_attachments = (
            select(attachments.c.sha256)
            .where(attachments.c.kiosk_seq == kiosk_seq, attachments.c.delivered.is_(False))
            .exists()
        )
        with self._database.transaction() as connection:
            connection.execute(
                update(outbox)
                .where(outbox.c.kiosk_seq == kiosk_seq, outbox.c.state == OutboxState.DELIVERED, ~open_attachments)
                .values(state=OutboxState.ACKNOWLEDGED.value, acknowledged_at=now)
            )

    def _move(self, kiosk_seq: int, sources: Sequence[OutboxState], target: OutboxState, reason: str) -> bool:
        with self._database.transaction() as connection:
            changed = connection.execute(
                update(outbox)
                .where(outbox.c.kiosk_seq == kiosk_seq, outbox.c.state.in_(sources))
                .values(state=target.value, reason=reason)
            ).rowcount
        return bool(changed)


def _envelope(row: Row[Any]) -> Envelope:
    return Envelope(
        kiosk_seq=row.kiosk_seq,
        id=row.id,
        kind=ItemKind(row.kind),
        tracking_code=row.tracking_code,
        service=row.service,
        form_version=row.form_version,
        pack_version=row.pack_version,
        key_id=row.key_id,
        sha256=row.sha256,
        sealed=row.sealed or b"",
        device_time=row.device_time,
        boot_id=row.boot_id,
        state=OutboxState(row.state),
        reason=row.reason,
        received_at=row.received_at,
    )


def _portion(rows: Sequence[Row[Any, Any]]) -> Iterator[Row[Any, Any]]:
    """From the front, up to ERASED_BYTES; one at least."""
    total = 0
    for row in rows:
        if total and total + row.size > ERASED_BYTES:
            return
        total += row.size
        yield row


def _in_turns(first: Sequence[Any], second: Sequence[Any]) -> Iterable[tuple[Any, ...]]:
    for index in range(max(len(first), len(second))):
        yield (*first[index : index + 1], *second[index : index + 1])
