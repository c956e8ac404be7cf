"""A disk that forgets: what was written and not yet synced may be there after a power cut, or not, or in part.

The kiosk's own store runs on it: its schema, its pragmas, its transactions, SQLAlchemy and all, over APSW, whose SQLite
takes a file system written in Python (the library of Python's own ``sqlite3`` takes none). Every write, truncation, sync
and deletion is noted in order. ``Disk.cut`` then gives the files as they may lie there when the power goes after any of
them: synced bytes are there; of the rest each sector of 512 bytes is the new one, the old one or zeros, by chance, and a
file's length is any that it had since. What was cut is opened by the kiosk's production library, not by APSW's.
"""

import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import pytest

from kiosk.store import database

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Write:
    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    name: str


@dataclass(frozen=True, slots=True)
class Delete:
    name: str
    #: The folder was synced with it.
    durable: bool


Step = Write | Truncate | Sync | Delete


@dataclass
class Disk:
    """``steps``: all that was asked of it. ``now``: the files as the running program sees them."""

    steps: list[Step] = field(default_factory=list)
    now: dict[str, bytearray] = field(default_factory=dict)

    def do(self, step: Step) -> None:
        self.steps.append(step)
        _apply(self.now, step)

    def cuts(self, at: Iterable[int], chance: random.Random) -> Iterator[tuple[int, dict[str, bytes]]]:
        """After each number of steps of ``at``, which rise: what lies on the disk when the power goes there."""
        safe: dict[str, bytearray] = {}
        loose: dict[str, list[Step]] = {}
        done = 0
        for number in at:
            for step in self.steps[done:number]:
                _settle(safe, loose, step)
            done = number
            yield number, _after_cut(safe, loose, chance)


def _apply(files: dict[str, bytearray], step: Step) -> None:
    if isinstance(step, Delete):
        files.pop(step.name, None)
    elif isinstance(step, Write):
        data = files.setdefault(step.name, bytearray())
        if len(data) < step.offset:
            data.extend(bytes(step.offset - len(data)))
        data[step.offset : step.offset + len(step.data)] = step.data
    elif isinstance(step, Truncate):
        data = files.setdefault(step.name, bytearray())
        del data[step.size :]
        data.extend(bytes(step.size - len(data)))


def _settle(safe: dict[str, bytearray], loose: dict[str, list[Step]], step: Step) -> None:
    """What is durable, and what is not, after the step."""
    if isinstance(step, Sync) or (isinstance(step, Delete) and step.durable):
        for pending in loose.pop(step.name, ()):
            _apply(safe, pending)
        _apply(safe, step)
    else:
        loose.setdefault(step.name, []).append(step)


def _after_cut(safe: dict[str, bytearray], loose: dict[str, list[Step]], chance: random.Random) -> dict[str, bytes]:
    files = dict(safe)
    for name, steps in loose.items():
        if name in files:
            files[name] = bytearray(files[name])
        kind = chance.choice(("nothing", "all", "in order", "sectors", "sectors"))
        if kind == "all":
            kept: Sequence[Step] = steps
        elif kind == "in order":
            kept = steps[: chance.randrange(len(steps) + 1)]
        else:
            kept = ()
        for step in kept:
            _apply(files, step)
        if kind == "sectors":
            for step in steps:
                _in_part(files, step, chance)
    return {name: bytes(data) for name, data in files.items()}


def _in_part(files: dict[str, bytearray], step: Step, chance: random.Random) -> None:
    if isinstance(step, Write):
        for start in range(0, len(step.data), SECTOR):
            piece = step.data[start : start + SECTOR]
            luck = chance.random()
            if luck < 0.45:
                _apply(files, Write(step.name, step.offset + start, piece))
            elif luck < 0.5:
                _apply(files, Write(step.name, step.offset + start, bytes(len(piece))))
    elif chance.random() < 0.5:
        _apply(files, step)


# --- SQLite's side ---------------------------------------------------------------------------------------------------


class _File:
    def __init__(self, disk: Disk, name: str, *, passing: bool) -> None:
        self._disk, self._name, self._passing = disk, name, passing
        disk.now.setdefault(name, bytearray())

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._disk.now[self._name][offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.do(Write(self._name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        self._disk.do(Truncate(self._name, size))

    def xSync(self, flags: int) -> None:
        self._disk.do(Sync(self._name))

    def xFileSize(self) -> int:
        return len(self._disk.now[self._name])

    def xSectorSize(self) -> int:
        return SECTOR

    def xDeviceCharacteristics(self) -> int:
        return 0

    def xFileControl(self, operation: int, pointer: int) -> bool:
        return False

    def xLock(self, level: int) -> None: ...
    def xUnlock(self, level: int) -> None: ...

    def xCheckReservedLock(self) -> bool:
        return False

    def xClose(self) -> None:
        if self._passing:
            self._disk.do(Delete(self._name, durable=False))


class _FileSystem(apsw.VFS):
    def __init__(self, disk: Disk, name: str) -> None:
        self._disk = disk
        super().__init__(name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> _File:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name or f"passing-{len(self._disk.steps)}"
        return _File(self._disk, path, passing=bool(flags[0] & apsw.SQLITE_OPEN_DELETEONCLOSE))

    def xDelete(self, name: str, sync_folder: bool) -> None:
        if name not in self._disk.now:
            raise apsw.IOError
        self._disk.do(Delete(name, sync_folder))

    def xAccess(self, name: str, flags: int) -> bool:
        return name in self._disk.now

    def xFullPathname(self, name: str) -> str:
        return name


class _Cursor:
    """A cursor as SQLAlchemy's dialect for ``sqlite3`` uses one."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.description: Any = None
        self.rowcount = -1
        self._rows: list[Any] = []

    @property
    def lastrowid(self) -> int:
        return self._connection.last_insert_rowid()

    def execute(self, statement: str, parameters: Any = ()) -> "_Cursor":
        return self.executemany(statement, [parameters])

    def executemany(self, statement: str, rows: Iterable[Any]) -> "_Cursor":
        before = self._connection.total_changes()
        with _as_sqlite3():
            for row in rows:
                cursor = self._connection.cursor()
                cursor.exec_trace = self._begun
                self._rows = list(cursor.execute(statement, row))
        self.rowcount = self._connection.total_changes() - before
        return self

    def _begun(self, cursor: apsw.Cursor, _statement: str, _row: Any) -> bool:
        # Later, a statement that gave no row has no columns any more.
        self.description = [(*column, None, None, None, None, None) for column in cursor.get_description()] or None
        return True

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Any]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []


class _Connection:
    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.isolation_level = None

    def cursor(self) -> _Cursor:
        return _Cursor(self._connection)

    def execute(self, statement: str, parameters: Any = ()) -> _Cursor:
        return self.cursor().execute(statement, parameters)

    def executescript(self, script: str) -> None:
        with _as_sqlite3():
            list(self._connection.execute(script))

    def create_function(self, name: str, arguments: int, function: Any, deterministic: bool = False) -> None:
        self._connection.create_scalar_function(name, function, arguments, deterministic=deterministic)

    def commit(self) -> None:
        if self._connection.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()


@contextmanager
def _as_sqlite3() -> Iterator[None]:
    try:
        yield
    except apsw.ConstraintError as error:
        raise sqlite3.IntegrityError(str(error)) from error
    except apsw.Error as error:
        raise sqlite3.OperationalError(str(error)) from error


@contextmanager
def disk_as_file_system() -> Iterator[tuple[Disk, Callable[[Path], Any]]]:
    """A disk that forgets, empty, and how a database on it is opened: by its file's name alone."""
    disk = Disk()
    name = f"forgets-{id(disk)}"
    system = _FileSystem(disk, name)
    opened: list[apsw.Connection] = []

    def connect(path: Path) -> _Connection:
        opened.append(apsw.Connection(path.name, vfs=name))
        return _Connection(opened[-1])

    yield disk, connect
    for connection in opened:
        connection.close(True)
    system.unregister()


@contextmanager
def disk_under_the_store(patch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Every store of a kiosk that is opened meanwhile lies on it."""
    with disk_as_file_system() as (disk, connect), patch.context() as patched:
        patched.setattr(database, "_open_file", connect)
        yield disk
