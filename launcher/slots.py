"""The folder of the programs: two slots, a link to the one that runs, and who writes which note.

::

    a/ b/            a program each, whole when its ``release.json`` is there: that is written last and removed first
    current          the link; absent: the program that the machine was installed with runs
    order.json       written by the program: try this slot
    launcher.json    written by the launcher: what is tried, what was good, what was bad
    alive.json       written by the program while it is tried
    parts/           files that are being fetched, by their hash

The launcher of one year reads the notes of a program of another: members are only ever added.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final, TypeVar

from launcher.disk import Disk

SLOTS: Final = ("a", "b")
#: Instead of a slot: the program that the machine was installed with.
INSTALLED: Final = "installed"
RELEASE: Final = "release.json"
PARTS: Final = "parts"
_CURRENT: Final = "current"
_ORDER: Final = "order.json"
_STATE: Final = "launcher.json"
_ALIVE: Final = "alive.json"

#: In the environment: names this start to the program, which repeats it in what it tells of itself.
LAUNCH: Final = "EKIOS_LAUNCH"

TRYING: Final = "trying"
GOOD: Final = "good"
BAD: Final = "bad"


@dataclass(frozen=True)
class Order:
    """Which slot to try (or INSTALLED), and which components were in trouble before."""

    number: int = 0
    slot: str = ""
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """``phase`` of the release ``number`` in ``slot``; ``back_to`` is the slot before, empty for the installed program."""

    phase: str = ""
    number: int = 0
    slot: str = ""
    back_to: str = ""
    #: How often it was started to be tried.
    starts: int = 0
    troubles: tuple[str, ...] = ()
    #: Why it was bad.
    reason: str = ""


@dataclass(frozen=True)
class Alive:
    """``launch`` names the start that it belongs to; ``tick`` differs each time."""

    launch: str = ""
    tick: int = 0
    troubles: tuple[str, ...] = ()


Note = TypeVar("Note", Order, State, Alive)


class Slots:
    def __init__(self, disk: Disk, root: Path) -> None:
        self.disk = disk
        self.root = root

    def current(self) -> str:
        found = self.disk.pointed(self.root / _CURRENT)
        return found if found in SLOTS else ""

    def spare(self) -> str:
        """The slot that does not run."""
        return SLOTS[1] if self.current() == SLOTS[0] else SLOTS[0]

    def switch(self, slot: str) -> None:
        """Empty: the installed program."""
        if slot == self.current():
            return
        if slot:
            self.disk.point(self.root / _CURRENT, slot)
        else:
            self.disk.remove(self.root / _CURRENT)

    def number(self, slot: str) -> int:
        """Of the release in a slot; 0 when it holds none."""
        number = self.manifest(slot).get("number", 0)
        return number if isinstance(number, int) else 0

    def manifest(self, slot: str) -> dict[str, Any]:
        return _json(self.disk, self.root / slot / RELEASE) if slot else {}

    def whole(self, slot: str) -> bool:
        """Every byte of the slot is as its release says."""
        listed = self.manifest(slot).get("files", [])
        return bool(listed) and all(self._same(self.root / slot / one["path"], one["sha256"]) for one in listed)

    def _same(self, path: Path, sha256: str) -> bool:
        try:
            return hashlib.sha256(self.disk.read(path)).hexdigest() == sha256
        except OSError:
            return False

    def order(self) -> Order:
        return _note(Order, self.disk, self.root / _ORDER)

    def give_order(self, order: Order) -> None:
        self.disk.write(self.root / _ORDER, _bytes(order))

    def order_done(self) -> None:
        self.disk.remove(self.root / _ORDER)

    def state(self) -> State:
        return _note(State, self.disk, self.root / _STATE)

    def keep(self, state: State) -> None:
        self.disk.write(self.root / _STATE, _bytes(state))

    def alive(self) -> Alive:
        return _note(Alive, self.disk, self.root / _ALIVE)

    def tell(self, alive: Alive) -> None:
        self.disk.write(self.root / _ALIVE, _bytes(alive))


def _json(disk: Disk, path: Path) -> dict[str, Any]:
    """Empty for what is not there or cannot be read."""
    try:
        found = json.loads(disk.read(path))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _bytes(note: Order | State | Alive) -> bytes:
    return json.dumps(asdict(note)).encode()


def _note(kind: type[Note], disk: Disk, path: Path) -> Note:
    known = {one.name for one in fields(kind)}
    found = {name: value for name, value in _json(disk, path).items() if name in known}
    if "troubles" in found:
        found["troubles"] = tuple(str(one) for one in found["troubles"])
    return kind(**found)
