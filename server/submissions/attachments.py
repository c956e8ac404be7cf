"""Sealed attachments by hash: received in chunks, resumable at the last durable byte.

The row's ``offset`` is the truth, written after the bytes were synced; what a file holds beyond it was never promised
and is cut off. A whole blob is hashed, renamed to its final name, and only then recorded as complete.
"""

import fcntl
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Row, bindparam, func, select, update

from protocol.limits import CHUNK_BYTES
from protocol.messages import ItemKind
from runtime.files import make_folder, sync_folder
from server.cases.journal import CaseJournal
from server.foundation.actors import SYSTEM
from server.foundation.failpoints import Failpoints
from server.keeper.client import Keeper
from server.storage import tables
from server.storage.transactions import insert_all_new
from server.work.gathered import Gathered
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

#: The most that one PATCH may carry; kiosks send CHUNK_BYTES, or up to four at once on a good line.
PATCH_BYTES: Final = 4 * CHUNK_BYTES
_HASH_READ: Final = 1 << 20
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
        self, folder: Path, units: UnitsOfWork, journal: CaseJournal, keeper: Keeper, failpoints: Failpoints
    ) -> None:
        self._folder = folder
        self._units = units
        self._engine = units.engine
        self._journal = journal
        self._keeper = keeper
        self._failpoints = failpoints
        self._complete = Gathered(self._record_all)
        make_folder(folder)

    def progress(self, kiosk_id: str, sha256: str) -> AppendResult:
        """How many bytes are durable; UNKNOWN when no submission names the blob."""
        row = self._row(kiosk_id, sha256)
        if row is None:
            return AppendResult(AppendOutcome.UNKNOWN)
        if row.complete:
            return AppendResult(AppendOutcome.COMPLETE, row.size, True)
        if self._path(kiosk_id, sha256).exists():
            # A crash came between the final name and the row.
            self._record_complete(kiosk_id, sha256)
            return AppendResult(AppendOutcome.COMPLETE, row.size, True)
        return AppendResult(AppendOutcome.APPENDED, row.offset)

    def append(self, kiosk_id: str, sha256: str, offset: int, length: int, chunk: bytes) -> AppendResult:
        """Adds ``chunk`` at ``offset`` of a blob of ``length`` bytes, durably."""
        final = self._path(kiosk_id, sha256)
        make_folder(final.parent)
        with final.with_suffix(".part").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            state = self.progress(kiosk_id, sha256)
            if state.outcome is AppendOutcome.COMPLETE:
                final.with_suffix(".part").unlink(missing_ok=True)
                return state
            row = self._row(kiosk_id, sha256)
            if row is None:
                final.with_suffix(".part").unlink(missing_ok=True)
                return AppendResult(AppendOutcome.UNKNOWN)
            if offset != row.offset:
                return AppendResult(AppendOutcome.WRONG_OFFSET, row.offset)
            if length != row.size or offset + len(chunk) > row.size:
                return AppendResult(AppendOutcome.WRONG_LENGTH, row.offset)
            file.truncate(offset)
            file.write(chunk)
            file.flush()
            self._failpoints.reach("attachment.appended")
            os.fsync(file.fileno())
            if not offset:
                # A new file: without its name the bytes are lost.
                sync_folder(final.parent)
            self._failpoints.reach("attachment.synced")
            reached = offset + len(chunk)
            if reached < row.size:
                self._record_offset(kiosk_id, sha256, reached)
                return AppendResult(AppendOutcome.APPENDED, reached)
            if _hash_of(final.with_suffix(".part")) != sha256:
                self._record_offset(kiosk_id, sha256, 0)
                return AppendResult(AppendOutcome.WRONG_HASH, 0)
            final.with_suffix(".part").rename(final)
            sync_folder(final.parent)
        self._failpoints.reach("attachment.renamed")
        self._record_complete(kiosk_id, sha256)
        self._failpoints.reach("attachment.recorded")
        return AppendResult(AppendOutcome.COMPLETE, reached, True)

    def sealed(self, kiosk_id: str, sha256: str) -> bytes | None:
        """The blob as it came, once it is complete."""
        path = self._path(kiosk_id, sha256)
        return path.read_bytes() if path.exists() else None

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

    def _path(self, kiosk_id: str, sha256: str) -> Path:
        return self._folder / kiosk_id / sha256[:2] / sha256

    def _row(self, kiosk_id: str, sha256: str) -> Row[Any, Any, Any] | None:
        with self._engine.connect() as connection:
            return connection.execute(_ROW, {"kiosk": kiosk_id, "blob": sha256}).first()

    def _record_offset(self, kiosk_id: str, sha256: str, offset: int) -> None:
        blob = tables.attachments
        with self._units.begin(SYSTEM) as work:
            work.connection.execute(
                update(blob).where(blob.c.kiosk_id == kiosk_id, blob.c.sha256 == sha256).values(offset=offset)
            )

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


def _hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_HASH_READ):
            digest.update(piece)
    return digest.hexdigest()
