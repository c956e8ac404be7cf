"""The audit log: append-only, an RFC 6962 Merkle tree, signed checkpoints that kiosks keep as witnesses.

No personal data stands in it, so that erasing a person's data stays possible. Appending is the last thing that a
transaction does: the tree's one row is locked until the commit.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from nacl.signing import SigningKey
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from protocol import checkpoints, merkle
from protocol.checkpoints import Checkpoint
from server.foundation.identity_numbers import mask_values
from server.storage import tables

_TREE: Final = select(tables.audit_tree.c.size, tables.audit_tree.c.peaks).with_for_update()
_GROWN: Final = update(tables.audit_tree).values(size=bindparam("grown"), peaks=bindparam("to"))
_ENTRIES: Final = insert(tables.audit_log)


@dataclass(frozen=True)
class Entry:
    actor: str
    action: str
    object: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Signed:
    """A checkpoint, and when it was made."""

    checkpoint: Checkpoint
    at: datetime


# --- writing -------------------------------------------------------------------------------------------------------


def append(connection: Connection, at: datetime, entries: Iterable[Entry]) -> int:
    """Writes entries into the caller's transaction; gives the size of the log then. See ``UnitOfWork.audit``."""
    size, peaks = lock_tree(connection)
    rows = []
    for entry in entries:
        row: dict[str, Any] = {
            "seq": size,
            "at": at,
            "actor": entry.actor,
            "action": entry.action,
            "object": entry.object,
            "details": mask_values(entry.details),
        }
        row["leaf_hash"] = leaf_hash(row)
        rows.append(row)
        merkle.push(peaks, size, row["leaf_hash"])
        size += 1
    if rows:
        connection.execute(_ENTRIES, rows)
        connection.execute(_GROWN, {"grown": size, "to": b"".join(peaks)})
    return size


def lock(connection: Connection) -> None:
    """Makes whoever else would append wait until this transaction ends."""
    lock_tree(connection)


def checkpoint(connection: Connection, at: datetime, origin: str, key: bytes) -> Checkpoint | None:
    """Signs the log as it stands; None when nothing has been added since the last one."""
    size, peaks = lock_tree(connection)
    newest = latest_checkpoint(connection)
    # A log that is smaller than its own checkpoint was cut; that is for the verification to tell, not to be signed.
    if size == 0 or (newest is not None and newest.checkpoint.size >= size):
        return None
    root = merkle.fold(peaks)
    signature = SigningKey(key).sign(checkpoints.text(origin, size, root)).signature
    connection.execute(
        insert(tables.checkpoints).values(size=size, origin=origin, root=root, at=at, signature=signature)
    )
    return checkpoints.make(origin, size, root, signature)


def latest_checkpoint(connection: Connection) -> Signed | None:
    row = connection.execute(select(tables.checkpoints).order_by(tables.checkpoints.c.size.desc()).limit(1)).first()
    return None if row is None else signed_of(row)


def signed_of(row: Row[Any]) -> Signed:
    """Of a row of ``checkpoints``."""
    return Signed(checkpoints.make(row.origin, row.size, row.root, row.signature), row.at)


def leaf_hash(row: Mapping[str, Any]) -> bytes:
    """SHA-256(0x00 ‖ canonical JSON of the entry), RFC 6962 section 2.1."""
    text = json.dumps(
        {
            "seq": row["seq"],
            "at": row["at"].astimezone(UTC).isoformat(),
            "actor": row["actor"],
            "action": row["action"],
            "object": row["object"],
            "details": row["details"],
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(b"\x00" + text.encode()).digest()


# --- the tree ------------------------------------------------------------------------------------------------------


def lock_tree(connection: Connection) -> tuple[int, list[bytes]]:
    """Size and peaks; whoever else would append waits until this transaction ends."""
    row = connection.execute(_TREE).first()
    if row is None:
        raise LookupError("the audit tree's row is made by the first migration")
    step = merkle.HASH_BYTES
    return row.size, [row.peaks[start : start + step] for start in range(0, len(row.peaks), step)]
