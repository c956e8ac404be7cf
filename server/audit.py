"""The audit log: append-only, an RFC 6962 Merkle tree, signed checkpoints that kiosks keep as witnesses.

No personal data stands in it, so that erasing a person's data stays possible. Appending is the last thing that a
transaction does: the tree's one row is locked until the commit.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from sqlalchemy import Connection, insert, select, update

from server.identity_numbers import mask_values
from server.storage import tables

HASH_BYTES: Final = 32
#: Rows that verification holds in memory at a time.
_READ_ROWS: Final = 1000


@dataclass(frozen=True)
class Entry:
    actor: str
    action: str
    object: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Checkpoint:
    """A signed head: the root of the first ``size`` entries."""

    origin: str
    size: int
    root: bytes
    at: datetime
    signature: bytes

    def text(self) -> bytes:
        return checkpoint_text(self.origin, self.size, self.root)

    def data(self) -> dict[str, Any]:
        """As the feed carries it."""
        return {
            "origin": self.origin,
            "size": self.size,
            "root": base64.b64encode(self.root).decode(),
            "signature": base64.b64encode(self.signature).decode(),
        }


def checkpoint_text(origin: str, size: int, root: bytes) -> bytes:
    """What a checkpoint's signature covers: the body of a C2SP tlog-checkpoint."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()


# --- writing -------------------------------------------------------------------------------------------------------


def append(connection: Connection, at: datetime, entries: Iterable[Entry]) -> int:
    """Writes entries into the caller's transaction; gives the size of the log then."""
    size, peaks = _lock_tree(connection)
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
        _push(peaks, size, row["leaf_hash"])
        size += 1
    if rows:
        connection.execute(insert(tables.audit_log), rows)
        connection.execute(update(tables.audit_tree).values(size=size, peaks=b"".join(peaks)))
    return size


def lock(connection: Connection) -> None:
    """Makes whoever else would append wait until this transaction ends."""
    _lock_tree(connection)


def checkpoint(connection: Connection, at: datetime, origin: str, key: bytes) -> Checkpoint | None:
    """Signs the log as it stands; None when nothing has been added since the last one."""
    size, peaks = _lock_tree(connection)
    newest = latest_checkpoint(connection)
    if size == 0 or (newest is not None and newest.size == size):
        return None
    root = _fold(peaks)
    signature = SigningKey(key).sign(checkpoint_text(origin, size, root)).signature
    made = Checkpoint(origin, size, root, at, signature)
    connection.execute(
        insert(tables.checkpoints).values(size=size, origin=origin, root=root, at=at, signature=signature)
    )
    return made


def latest_checkpoint(connection: Connection) -> Checkpoint | None:
    row = connection.execute(select(tables.checkpoints).order_by(tables.checkpoints.c.size.desc()).limit(1)).first()
    return None if row is None else Checkpoint(row.origin, row.size, row.root, row.at, row.signature)


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


# --- proofs (RFC 6962 section 2.1) ---------------------------------------------------------------------------------


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    peaks: list[bytes] = []
    for index, leaf in enumerate(leaves):
        _push(peaks, index, leaf)
    return _fold(peaks)


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of the leaf at ``index``."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root_of(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split])]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` shows that ``leaf`` is at ``index`` of the tree with ``root`` (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = _node(step, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = _node(found, step)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """The nodes that show the first ``old_size`` leaves to be a prefix."""
    if not 0 < old_size <= len(leaves):
        raise IndexError(old_size)
    return _subproof(leaves, old_size, True)


def consistent(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of ``size`` only adds to that of ``old_size`` (RFC 9162 section 2.1.4.2)."""
    if old_size == size:
        return not proof and old_root == root
    if not 0 < old_size < size or not proof:
        return False
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = _node(step, old), _node(step, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = _node(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and old == old_root and new == root


def leaves(connection: Connection, size: int | None = None) -> list[bytes]:
    """The leaf hashes as stored, of the first ``size`` entries."""
    query = select(tables.audit_log.c.leaf_hash).order_by(tables.audit_log.c.seq)
    if size is not None:
        query = query.where(tables.audit_log.c.seq < size)
    return list(connection.execute(query).scalars())


# --- verification --------------------------------------------------------------------------------------------------


def verify(connection: Connection, public_key: bytes, witness: Checkpoint | None = None) -> list[str]:
    """What is wrong with the log, in words; empty when it holds.

    Every entry is hashed anew and compared with its leaf, the tree's row and every checkpoint. ``witness`` is a
    checkpoint that somebody else kept: a log that was cut and signed anew contradicts it.
    """
    problems = []
    hashes: list[bytes] = []
    result = connection.execution_options(yield_per=_READ_ROWS).execute(
        select(tables.audit_log).order_by(tables.audit_log.c.seq)
    )
    for row in result.mappings():
        if row["seq"] != len(hashes):
            problems.append(f"entries from {len(hashes)} to {row['seq'] - 1} are missing")
            return problems
        hashes.append(leaf_hash(dict(row)))
        if hashes[-1] != row["leaf_hash"]:
            problems.append(f"entry {row['seq']} was altered")
    tree = connection.execute(select(tables.audit_tree.c.size)).scalar() or 0
    if tree != len(hashes):
        problems.append(f"the log has {len(hashes)} entries, its tree {tree}")
    rows = connection.execute(select(tables.checkpoints).order_by(tables.checkpoints.c.size)).all()
    points = [Checkpoint(row.origin, row.size, row.root, row.at, row.signature) for row in rows]
    for point in [*points, *([witness] if witness else [])]:
        if not signature_holds(point, public_key):
            problems.append(f"the checkpoint at {point.size} is not signed by this server")
        elif point.size > len(hashes):
            problems.append(f"a checkpoint knows {point.size} entries, the log has {len(hashes)}")
        elif root_of(hashes[: point.size]) != point.root:
            problems.append(f"the log contradicts its checkpoint at {point.size}")
    return problems


def signature_holds(point: Checkpoint, public_key: bytes) -> bool:
    try:
        VerifyKey(public_key).verify(point.text(), point.signature)
    except (BadSignatureError, ValueError):
        return False
    return True


# --- the tree ------------------------------------------------------------------------------------------------------


def _lock_tree(connection: Connection) -> tuple[int, list[bytes]]:
    row = connection.execute(select(tables.audit_tree.c.size, tables.audit_tree.c.peaks).with_for_update()).first()
    if row is None:
        raise LookupError("the audit tree's row is made by the first migration")
    peaks = [row.peaks[start : start + HASH_BYTES] for start in range(0, len(row.peaks), HASH_BYTES)]
    return row.size, peaks


def _push(peaks: list[bytes], size: int, leaf: bytes) -> None:
    """Adds the leaf at index ``size`` to the roots of perfect subtrees, largest first."""
    while size & 1:
        leaf = _node(peaks.pop(), leaf)
        size >>= 1
    peaks.append(leaf)


def _fold(peaks: Sequence[bytes]) -> bytes:
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = _node(peak, root)
    return root


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def _subproof(leaves: Sequence[bytes], size: int, whole: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = _split(len(leaves))
    if size <= split:
        return [*_subproof(leaves[:split], size, whole), root_of(leaves[split:])]
    return [*_subproof(leaves[split:], size - split, False), root_of(leaves[:split])]
