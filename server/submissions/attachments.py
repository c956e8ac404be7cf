"""Sealed attachments by hash: received in chunks, resumable at the last durable byte.

The row's ``offset`` is the truth, written after the bytes were durable; what the store holds beyond it was never promised.
A whole blob is read back by its hash, and only then recorded as complete: until then its kiosk keeps it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, bindparam, func, select, update

from protocol.limits import CHUNK_BYTES
from protocol.messages import ItemKind
from server.cases.journal import CaseJournal
from server.foundation.actors import SYSTEM
from server.foundation.failpoints import Failpoints
from server.keeper.client import Keeper
from server.storage import tables
from server.storage.transactions import insert_all_new
from server.submissions.blobs import Blob, BlobStore, Kept
from server.work.gathered import Gathered
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

#: The most that one PATCH may carry; kiosks send CHUNK_BYTES, or up to four at once on a good line.
PATCH_BYTES: Final = 4 * CHUNK_BYTES
_LINK: Final = tables.submission_attachments
_BLOB: Final = tables.attachments
_SENT: Final = tables.submissions
_OF_BLOB: Final = _BLOB.c.kiosk_id == bindparam("kiosk"), _BLOB.c.sha256 == bindparam("blob")
_ROW: Final = select(_BLOB.c.size, _BLOB.c.offset, _BLOB.c.complete).where(*_OF_BLOB)
_COMPLETED: Final = (
    update(_BLOB).where(*_OF_BLOB).values(offset=_BLOB.c.size, complete=True, completed_at=bindparam("now"))
)
_WAITING: Final = (
    select(_SENT.c.id, _SENT.c.kind, _SENT.c.tracking_code)
    .join(_LINK, (_LINK.c.kiosk_id == _SENT.c.kiosk_id) & (_LINK.c.submission_id == _SENT.c.id))
    .where(_SENT.c.kiosk_id == bindparam("kiosk"), _LINK.c.sha256 == bindparam("blob"), _SENT.c.complete.is_(False))
    .order_by(_SENT.c.id)
    .with_for_update()
)
_MISSING: Final = (
    select(func.count())
    .select_from(_LINK)
    .join(_BLOB, (_BLOB.c.kiosk_id == _LINK.c.kiosk_id) & (_BLOB.c.sha256 == _LINK.c.sha256))
    .where(
        _LINK.c.kiosk_id == bindparam("kiosk"),
        _LINK.c.submission_id == bindparam("submission"),
        _BLOB.c.complete.is_(False),
    )
)
_FINISHED: Final = (
    update(_SENT)
    .where(_SENT.c.kiosk_id == bindparam("kiosk"), _SENT.c.id == bindparam("submission"))
    .values(complete=True)
)


class AppendOutcome(StrEnum):
    APPENDED = "APPENDED"
    COMPLETE = "COMPLETE"
    #: No submission of this kiosk names the hash.
    UNKNOWN = "UNKNOWN"
    #: Not where the durable bytes end; the kiosk goes on from ``offset``.
    WRONG_OFFSET = "WRONG_OFFSET"
    #: More bytes than the submission said, or another length.
    WRONG_LENGTH = "WRONG_LENGTH"
    #: All bytes are there but they are others; they were dropped, the kiosk begins anew at 0.
    WRONG_HASH = "WRONG_HASH"


@dataclass(frozen=True)
class AppendResult:
    outcome: AppendOutcome
    offset: int = 0
    complete: bool = False


@dataclass(frozen=True)
class OpenedAttachment:
    name: str
    media_type: str
    data: bytes


class AttachmentStore:
    def __init__(
        self, blobs: BlobStore, units: UnitsOfWork, journal: CaseJournal, keeper: Keeper, failpoints: Failpoints
    ) -> None:
        self.blobs: Final = blobs
        self._units = units
        self._engine = units.engine
        self._journal = journal
        self._keeper = keeper
        self._failpoints = failpoints
        self._complete = Gathered(self._record_all)

    def progress(self, kiosk_id: str, sha256: str) -> AppendResult:
        """How many bytes are durable; UNKNOWN when no submission names the blob."""
        row = self._row(kiosk_id, sha256)
        if row is None:
            return AppendResult(AppendOutcome.UNKNOWN)
        if row.complete:
            return AppendResult(AppendOutcome.COMPLETE, row.size, True)
        if self.blobs.whole(Blob(kiosk_id, sha256)):
            # A crash came between the whole blob and the row.
            self._record_complete(kiosk_id, sha256)
            return AppendResult(AppendOutcome.COMPLETE, row.size, True)
        return AppendResult(AppendOutcome.APPENDED, row.offset)

    def append(self, kiosk_id: str, sha256: str, offset: int, length: int, chunk: bytes) -> AppendResult:
        """Adds ``chunk`` at ``offset`` of a blob of ``length`` bytes, durably."""
        blob = Blob(kiosk_id, sha256)
        with self.blobs.turn(blob):
            state = self.progress(kiosk_id, sha256)
            if state.outcome in (AppendOutcome.COMPLETE, AppendOutcome.UNKNOWN):
                self.blobs.tidy(blob)
                return state
            row = self._row(kiosk_id, sha256)
            assert row is not None
            if offset != row.offset:
                return AppendResult(AppendOutcome.WRONG_OFFSET, row.offset)
            reached = offset + len(chunk)
            if length != row.size or reached > row.size:
                return AppendResult(AppendOutcome.WRONG_LENGTH, row.offset)
            match self.blobs.append(blob, offset, chunk, row.size):
                case Kept.PIECE if self._move_offset(kiosk_id, sha256, offset, reached):
                    return AppendResult(AppendOutcome.APPENDED, reached)
                case Kept.PIECE:
                    # Another server was sent it as well, and was faster.
                    return AppendResult(AppendOutcome.WRONG_OFFSET, self.progress(kiosk_id, sha256).offset)
                case Kept.OTHER_BYTES:
                    self._move_offset(kiosk_id, sha256, offset, 0)
                    return AppendResult(AppendOutcome.WRONG_HASH, 0)
                case Kept.WHOLE:
                    pass
        self._failpoints.reach("attachment.renamed")
        self._record_complete(kiosk_id, sha256)
        self._failpoints.reach("attachment.recorded")
        if offset:
            self.blobs.tidy(blob)
        return AppendResult(AppendOutcome.COMPLETE, reached, True)

    def sealed(self, kiosk_id: str, sha256: str) -> bytes | None:
        """The blob as it came, once it is complete."""
        return self.blobs.read(Blob(kiosk_id, sha256))

    def open(self, kiosk_id: str, submission_id: str, sha256: str) -> OpenedAttachment | None:
        """The attachment in clear; None while it is not complete, or when it is not what the form said. Raises KeeperAway.

        Scope and log are the caller's: ask ``CaseFiles.read`` first.
        """
        link = tables.submission_attachments
        sent = tables.submissions
        with self._engine.connect() as connection:
            row = connection.execute(
                select(link.c.name, link.c.media_type, link.c.plain_sha256, sent.c.key_id)
                .join(sent, (sent.c.kiosk_id == link.c.kiosk_id) & (sent.c.id == link.c.submission_id))
                .where(link.c.kiosk_id == kiosk_id, link.c.submission_id == submission_id, link.c.sha256 == sha256)
            ).first()
        blob = self.sealed(kiosk_id, sha256)
        if row is None or blob is None:
            return None
        data = self._keeper.unseal(row.key_id, blob)
        if data is None:
            return None
        if hashlib.sha256(data).hexdigest() != row.plain_sha256:
            return None
        return OpenedAttachment(row.name, row.media_type, data)

    def _row(self, kiosk_id: str, sha256: str) -> Row[Any, Any, Any] | None:
        with self._engine.connect() as connection:
            return connection.execute(_ROW, {"kiosk": kiosk_id, "blob": sha256}).first()

    def _move_offset(self, kiosk_id: str, sha256: str, before: int, offset: int) -> bool:
        """False when it is no longer at ``before``."""
        blob = tables.attachments
        here = (
            blob.c.kiosk_id == kiosk_id,
            blob.c.sha256 == sha256,
            blob.c.offset == before,
            blob.c.complete.is_(False),
        )
        with self._units.begin(SYSTEM) as work:
            return work.connection.execute(update(blob).where(*here).values(offset=offset)).rowcount == 1

    def _record_complete(self, kiosk_id: str, sha256: str) -> None:
        self._complete.put((kiosk_id, sha256))

    def _record_all(self, blobs: Sequence[tuple[str, str]]) -> None:
        """Kiosks and hashes of blobs that are whole."""
        # In one order for all processes: each kiosk's row is held from its first event on.
        theirs = sorted(set(blobs))

        def record(work: UnitOfWork) -> None:
            work.connection.execute(
                _COMPLETED, [{"kiosk": kiosk_id, "blob": sha256, "now": work.now} for kiosk_id, sha256 in theirs]
            )
            marks = [{"kiosk_id": kiosk_id, "sha256": sha256} for kiosk_id, sha256 in theirs]
            insert_all_new(work.connection, tables.picture_marks, marks)
            for kiosk_id, sha256 in theirs:
                self._finish_submissions(work, kiosk_id, sha256)

        self._units.run(SYSTEM, record)

    def _finish_submissions(self, work: UnitOfWork, kiosk_id: str, sha256: str) -> None:
        """Marks what this blob was the last piece of."""
        connection = work.connection
        for submission in connection.execute(_WAITING, {"kiosk": kiosk_id, "blob": sha256}).all():
            own = {"kiosk": kiosk_id, "submission": submission.id}
            if connection.execute(_MISSING, own).scalar_one():
                continue
            connection.execute(_FINISHED, own)
            if submission.kind == ItemKind.SUBMISSION:
                self._journal.completed(work, submission.tracking_code)
            else:
                self._journal.hint_of(work, submission.tracking_code)
