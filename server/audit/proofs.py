"""Proofs that the audit log only grew, for a log of millions of entries.

The roots of every TILE leaves are kept in memory, read once and added to as the log grows: a proof then costs some
thousand hashes instead of one for each entry. What is kept was read before: rows that are changed later do not
change it, which only makes a contradiction show earlier.
"""

import threading
from collections import OrderedDict
from typing import Final

from sqlalchemy import Connection, Engine, select

from protocol import merkle
from server.storage import tables

#: A power of two.
TILE: Final = 256
#: Tiles that are read in one query.
_TILES_AT_ONCE: Final = 64
#: Proofs that are remembered: most kiosks hold the same checkpoint and ask for the same one.
_PROOFS: Final = 64


class LogTooShort(Exception):
    """Entries are missing that a proof needs."""


class Proofs:
    """Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._tiles: list[bytes] = []
        self._proofs: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()

    def consistency(self, old_size: int, size: int) -> list[bytes]:
        """The nodes that show the first ``old_size`` leaves to be a prefix of the first ``size``. Raises LogTooShort."""
        if not 0 < old_size <= size:
            raise IndexError(old_size)
        with self._lock:
            proof = self._proofs.get((old_size, size))
            if proof is None:
                self._read_tiles(size // TILE)
                with self._engine.connect() as connection:
                    proof = self._subproof(connection, old_size, 0, size, whole=True)
                self._proofs[old_size, size] = proof
                while len(self._proofs) > _PROOFS:
                    self._proofs.popitem(last=False)
            return proof

    def _subproof(self, connection: Connection, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        """RFC 6962 section 2.1.2, of the leaves from ``start`` to ``end``; ``old`` of them are the old tree."""
        size = end - start
        if old == size:
            return [] if whole else [self._root(connection, start, end)]
        left = start + merkle.split(size)
        if start + old <= left:
            return [*self._subproof(connection, old, start, left, whole=whole), self._root(connection, left, end)]
        return [
            *self._subproof(connection, old - (left - start), left, end, whole=False),
            self._root(connection, start, left),
        ]

    def _root(self, connection: Connection, start: int, end: int) -> bytes:
        """Where a tree is split, a part begins at a multiple of its own size, so it is made of whole tiles and a rest."""
        peaks: list[bytes] = []
        tiles = (end - start) // TILE
        for index, tile in enumerate(self._tiles[start // TILE : start // TILE + tiles]):
            merkle.push(peaks, index, tile)
        if rest := (end - start) % TILE:
            # The tiles' peaks are perfect trees already, all larger than any of the rest.
            peaks.append(merkle.root_of(_leaves(connection, end - rest, end)))
        return merkle.fold(peaks)

    def _read_tiles(self, wanted: int) -> None:
        """Each query in a transaction of its own, so that a long log keeps nobody waiting."""
        while len(self._tiles) < wanted:
            begin = len(self._tiles)
            end = min(wanted, begin + _TILES_AT_ONCE)
            with self._engine.connect() as connection:
                leaves = _leaves(connection, begin * TILE, end * TILE)
            self._tiles += [merkle.root_of(leaves[at : at + TILE]) for at in range(0, len(leaves), TILE)]


def _leaves(connection: Connection, start: int, end: int) -> list[bytes]:
    log = tables.audit_log.c
    query = select(log.leaf_hash).where(log.seq >= start, log.seq < end).order_by(log.seq)
    found = list(connection.execute(query).scalars())
    if len(found) != end - start:
        raise LogTooShort(f"{end - start - len(found)} of the entries from {start} to {end - 1} are missing")
    return found
