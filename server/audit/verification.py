"""Whether the audit log holds: every entry hashed anew, compared with the tree, the checkpoints and the witnesses.

With the database in hand somebody can set rows, tree and checkpoints back so that all of them agree. What kiosks have
seen (``server.audit.witnesses``) they cannot set back for long: each tells it anew with its next heartbeat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, select

from protocol import merkle
from protocol.checkpoints import Checkpoint
from server.audit import audit
from server.storage import tables

#: Rows that are held in memory at a time.
_READ_ROWS: Final = 1000
#: More are counted, and not named one by one.
NAMED_PROBLEMS: Final = 200


class Problem(StrEnum):
    ENTRY_ALTERED = "ENTRY_ALTERED"
    ENTRIES_MISSING = "ENTRIES_MISSING"
    TREE_DIFFERS = "TREE_DIFFERS"
    CHECKPOINT_UNSIGNED = "CHECKPOINT_UNSIGNED"
    CHECKPOINT_BEYOND = "CHECKPOINT_BEYOND"
    CHECKPOINT_CONTRADICTED = "CHECKPOINT_CONTRADICTED"
    #: So many more that are not named.
    MORE_ALTERED = "MORE_ALTERED"


@dataclass(frozen=True)
class Found:
    """``first`` and ``last``: entries, or the size of a checkpoint."""

    problem: Problem
    first: int
    last: int = 0

    def __str__(self) -> str:
        match self.problem:
            case Problem.ENTRY_ALTERED:
                return f"entry {self.first} was altered"
            case Problem.ENTRIES_MISSING:
                return f"entries from {self.first} to {self.last} are missing"
            case Problem.TREE_DIFFERS:
                return f"the log has {self.first} entries, its tree {self.last}, or the tree is of other entries"
            case Problem.CHECKPOINT_UNSIGNED:
                return f"the checkpoint at {self.first} is not signed by this server"
            case Problem.CHECKPOINT_BEYOND:
                return f"a checkpoint knows {self.first} entries, the log has {self.last}"
            case Problem.CHECKPOINT_CONTRADICTED:
                return f"the log contradicts its checkpoint at {self.first}"
            case _:
                return f"{self.first} more entries were altered"


@dataclass(frozen=True)
class Statement:
    """What a witness holds. ``name`` is a kiosk's, or that of whoever brought a checkpoint from outside."""

    name: str
    held: Checkpoint
    #: What the witness itself found wrong, as it said.
    complaint: str = ""
    #: So often it let go of what it held, by the city's word that the log was set back.
    restarts: int = 0


class Verdict(StrEnum):
    AGREES = "AGREES"
    #: It knows entries that the log does not have any more.
    KNOWS_MORE = "KNOWS_MORE"
    #: The log's first entries are not those that it has seen.
    CONTRADICTS = "CONTRADICTS"
    #: What it shows is not signed by this server, so it proves nothing.
    PROVES_NOTHING = "PROVES_NOTHING"
    #: It agrees by what it holds, and refused what it was shown since.
    COMPLAINS = "COMPLAINS"


@dataclass(frozen=True)
class Heard:
    statement: Statement
    verdict: Verdict


@dataclass(frozen=True)
class Verification:
    size: int
    problems: tuple[Found, ...] = ()
    witnesses: tuple[Heard, ...] = ()

    @property
    def against(self) -> tuple[Heard, ...]:
        """The witnesses that do not agree, whoever knows most first."""
        return tuple(one for one in self.witnesses if one.verdict is not Verdict.AGREES)

    @property
    def holds(self) -> bool:
        return not self.problems and not self.against

    def words(self) -> list[str]:
        """Everything that is wrong, in English, for the operator."""
        return [*map(str, self.problems), *(_words(one, self.size) for one in self.against)]


def verify(connection: Connection, public_key: bytes, statements: Sequence[Statement] = ()) -> Verification:
    """Reads the whole log once, whatever its length, and holds a thousand rows of it in memory."""
    points = [audit.signed_of(row).checkpoint for row in connection.execute(select(tables.checkpoints))]
    reading = _Reading({point.size for point in points} | {one.held.size for one in statements})
    rows = connection.execution_options(yield_per=_READ_ROWS).execute(
        select(tables.audit_log).order_by(tables.audit_log.c.seq)
    )
    for row in rows.mappings():
        reading.take(dict(row))
    problems = reading.problems
    tree = connection.execute(select(tables.audit_tree.c.size, tables.audit_tree.c.peaks)).first()
    if reading.altered > NAMED_PROBLEMS:
        problems.append(Found(Problem.MORE_ALTERED, reading.altered - NAMED_PROBLEMS))
    known, peaks = (tree.size, tree.peaks) if tree is not None else (0, b"")
    if known != reading.next or (not reading.broken and peaks != b"".join(reading.peaks)):
        problems.append(Found(Problem.TREE_DIFFERS, reading.next, known))
    for point in sorted(points, key=lambda one: one.size):
        if not point.signed_by(public_key):
            problems.append(Found(Problem.CHECKPOINT_UNSIGNED, point.size))
        elif point.size > reading.next:
            problems.append(Found(Problem.CHECKPOINT_BEYOND, point.size, reading.next))
        elif reading.roots.get(point.size, point.root) != point.root:
            problems.append(Found(Problem.CHECKPOINT_CONTRADICTED, point.size))
    heard = [Heard(one, _judge(one, reading, public_key)) for one in statements]
    heard.sort(key=lambda one: -one.statement.held.size)
    return Verification(reading.next, tuple(problems), tuple(heard))


def counts(found: Verification) -> dict[str, int]:
    """What came of it, for the log itself."""
    return {"problems": len(found.problems), "witnesses": len(found.witnesses), "against": len(found.against)}


@dataclass
class _Reading:
    """The log as it goes by: its tree, and its root at each of the ``sizes`` that somebody knows."""

    sizes: set[int]
    next: int = 0
    peaks: list[bytes] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    problems: list[Found] = field(default_factory=list)
    #: Entries are missing, so that no tree can be made from there on.
    broken: bool = False
    altered: int = 0

    def take(self, row: Mapping[str, Any]) -> None:
        seq = row["seq"]
        if seq != self.next:
            self.broken = True
            self.problems.append(Found(Problem.ENTRIES_MISSING, self.next, seq - 1))
        leaf = audit.leaf_hash(row)
        if leaf != row["leaf_hash"]:
            self.altered += 1
            if self.altered <= NAMED_PROBLEMS:
                self.problems.append(Found(Problem.ENTRY_ALTERED, seq))
        if not self.broken:
            merkle.push(self.peaks, seq, leaf)
            if seq + 1 in self.sizes:
                self.roots[seq + 1] = merkle.fold(self.peaks)
        self.next = seq + 1


def _judge(one: Statement, reading: _Reading, public_key: bytes) -> Verdict:
    if not one.held.signed_by(public_key):
        return Verdict.PROVES_NOTHING
    if one.held.size > reading.next:
        return Verdict.KNOWS_MORE
    if reading.roots.get(one.held.size) != one.held.root:
        return Verdict.CONTRADICTS
    return Verdict.COMPLAINS if one.complaint else Verdict.AGREES


def _words(one: Heard, size: int) -> str:
    name, held = one.statement.name, one.statement.held.size
    match one.verdict:
        case Verdict.KNOWS_MORE:
            return f"{name} has seen {held} entries, the log has {size}: entries from {size} to {held - 1} were cut"
        case Verdict.CONTRADICTS:
            return f"{name} has seen {held} entries that are not the log's first {held}: one of them was changed"
        case Verdict.PROVES_NOTHING:
            return f"{name} shows a checkpoint at {held} that this server's key did not sign"
        case _:
            return f"{name} holds {held} entries that agree, and refused a checkpoint since: {one.statement.complaint}"
