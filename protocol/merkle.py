"""The hash tree of an append-only log (RFC 6962, RFC 9162): roots, and proofs that somebody without the log can check.

Leaves are given as their hashes, SHA-256(0x00 ‖ entry). A tree is kept as its *peaks*: the roots of its perfect
subtrees, largest first.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

HASH_BYTES: Final = 32


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def push(peaks: list[bytes], size: int, leaf: bytes) -> None:
    """Adds the leaf at index ``size``."""
    while size & 1:
        leaf = node(peaks.pop(), leaf)
        size >>= 1
    peaks.append(leaf)


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root of the tree with these peaks."""
    if not peaks:
        return hashlib.sha256(b"").digest()
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node(peak, root)
    return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of leaf hashes (RFC 6962 section 2.1)."""
    peaks: list[bytes] = []
    for index, leaf in enumerate(leaves):
        push(peaks, index, leaf)
    return fold(peaks)


def split(size: int) -> int:
    """The largest power of two below ``size``: how many leaves are to the left of a tree's root."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of the leaf at ``index``."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    left = split(len(leaves))
    if index < left:
        return [*inclusion_proof(leaves[:left], index), root_of(leaves[left:])]
    return [*inclusion_proof(leaves[left:], index - left), root_of(leaves[:left])]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` shows that ``leaf`` is at ``index`` of the tree with ``root`` (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistent(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of ``size`` only adds to that of ``old_size`` (RFC 9162 section 2.1.4.2)."""
    if old_size == size:
        return not proof and old_root == root
    if not 0 < old_size < size or not proof:
        return False
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node(step, old), node(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == root
