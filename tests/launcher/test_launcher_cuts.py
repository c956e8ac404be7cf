"""An update whose power goes at any byte and any step: there is always a whole program to start, and it comes through."""

import hashlib
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from launcher.slots import BAD, GOOD, TRYING, Order, Slots
from launcher.trial import STARTS, Choice
from protocol.line.releases import ReleaseFile, ReleaseManifest
from rehearsal.cut_disk import CutDisk, PowerCut
from sync.down.slot_filling import FileAltered, SlotFiller
from tests.soaking import SOAK

ROOT = Path("/programs")
#: Of one update, at the least; every one of them is cut in the long form.
POINTS = 10_000
SAMPLED = 200
_CHUNK = 200


def _content(name: str, size: int) -> bytes:
    return random.Random(name).randbytes(size)


#: By release: what it is made of. The second one shares two files with the first, under the same and another name.
FILES = {
    1: {"kiosk": _content("kiosk 1", 700), "_internal/lib.so": _content("lib", 900), "a.txt": _content("text", 300)},
    2: {
        "kiosk": _content("kiosk 2", 2500),
        "_internal/lib.so": _content("lib", 900),
        "_internal/b.txt": _content("text", 300),
        "_internal/new.so": _content("new", 2200),
        "empty": b"",
    },
}
BLOBS = {hashlib.sha256(one).hexdigest(): one for files in FILES.values() for one in files.values()}


@cache
def release(number: int) -> ReleaseManifest:
    listed = tuple(
        ReleaseFile(path=path, sha256=hashlib.sha256(one).hexdigest(), size=len(one), run=path == "kiosk")
        for path, one in FILES[number].items()
    )
    return ReleaseManifest(number=number, version=f"0.{number}", files=listed)


@cache
def manifest(number: int) -> bytes:
    return release(number).model_dump_json().encode()


class Machine:
    """A kiosk as far as an update goes: it is started again and again, whatever happens to it."""

    def __init__(self, seed: int, *, second_comes_up: bool = True) -> None:
        self.disk = CutDisk(random.Random(seed))
        self.slots = Slots(self.disk, ROOT)
        self.second_comes_up = second_comes_up
        self.fetched = 0
        self.started: list[int] = []

    def live(self, wanted: int) -> None:
        """Starts until nothing changes any more; each start is of a whole program."""
        for _ in range(20):
            if not self._start(wanted):
                return
        raise AssertionError("it never comes to rest")

    def _start(self, wanted: int) -> bool:
        """Whether it is to be started again."""
        slot = Choice(self.slots).next()
        number = self.slots.number(slot)
        self.started.append(number)
        if slot:
            assert self.slots.whole(slot), "a program that is not whole was started"
            assert self.disk.can_run(ROOT / slot / "kiosk")
            assert {path.relative_to(ROOT / slot).as_posix() for path in self.disk.files(ROOT / slot)} >= set(
                FILES[number]
            )
        if self.slots.state().phase == TRYING:
            if number == 2 and not self.second_comes_up:
                return True
            Choice(self.slots).good()
        state = self.slots.state()
        if number == wanted or (state.phase == BAD and state.number == wanted):
            return False
        ready = SlotFiller(self.slots, self._fetch).fill(manifest(wanted), release(wanted))
        self.slots.give_order(Order(wanted, ready))
        return True

    def _fetch(self, sha256: str, offset: int) -> Iterator[bytes]:
        content = BLOBS[sha256][offset:]
        for place in range(0, len(content), _CHUNK):
            self.fetched += len(content[place : place + _CHUNK])
            yield content[place : place + _CHUNK]

    def cut_during(self, wanted: int, point: int) -> None:
        """The power goes once, at that point, and comes back; a file that was torn is fetched anew."""
        self.disk.cut_at = self.disk.points + point
        try:
            self.live(wanted)
        except PowerCut:
            self.live_on(wanted)

    def live_on(self, wanted: int) -> None:
        try:
            self.live(wanted)
        except FileAltered:
            self.live(wanted)


def _installed(seed: int, **what: bool) -> Machine:
    """With the first release."""
    machine = Machine(seed, **what)
    machine.live(1)
    assert machine.started[-1] == 1
    return machine


def _points(**what: bool) -> int:
    machine = _installed(0, **what)
    before = machine.disk.points
    machine.live(2)
    return machine.disk.points - before


def _chosen(points: int) -> list[int]:
    return list(range(points)) if SOAK else sorted(random.Random(7).sample(range(points), SAMPLED))


@pytest.mark.longer_in_soak
def test_an_update_that_is_cut_anywhere_leaves_no_kiosk_dead_and_comes_through() -> None:
    points = _points()
    assert points >= POINTS
    dead = 0
    for point in _chosen(points):
        machine = _installed(point)
        machine.cut_during(2, point)
        state = machine.slots.state()
        dead += not (machine.slots.number(machine.slots.current()) == 2 and state.phase == GOOD)
        assert 0 not in machine.started[2:], "the installed program is never needed"
    print(f"cut at {len(_chosen(points)):,} of {points:,} points: {dead} dead kiosks")
    assert dead == 0


@pytest.mark.longer_in_soak
def test_a_release_that_does_not_come_up_is_gone_back_from_wherever_the_power_goes() -> None:
    points = _points(second_comes_up=False)
    for point in _chosen(points):
        machine = _installed(point, second_comes_up=False)
        machine.cut_during(2, point)
        state = machine.slots.state()
        assert (machine.slots.number(machine.slots.current()), state.phase, state.number) == (1, BAD, 2), point
        assert machine.started.count(2) <= STARTS + 1, "it is not tried for ever"


def test_only_what_is_new_is_fetched_and_a_fetch_goes_on_where_it_broke_off() -> None:
    machine = _installed(1)
    machine.fetched = 0
    machine.live(2)
    new = len(FILES[2]["kiosk"]) + len(FILES[2]["_internal/new.so"])
    assert machine.fetched == new

    broken = _installed(1)
    broken.fetched = 0
    filler = SlotFiller(broken.slots, lambda sha256, offset: _breaking(broken, sha256, offset))
    for _ in range(3):
        with pytest.raises(ConnectionError):
            filler.fill(manifest(2), release(2))
    broken.live(2)
    assert broken.fetched == new


def _breaking(machine: Machine, sha256: str, offset: int) -> Iterator[bytes]:
    """One piece of a file, which is written down, and then the line is gone."""
    yield next(machine._fetch(sha256, offset))
    raise ConnectionError


def test_a_slot_in_which_a_bit_turned_is_not_tried_and_mended() -> None:
    machine = _installed(1)
    ready = SlotFiller(machine.slots, machine._fetch).fill(manifest(2), release(2))
    machine.slots.give_order(Order(2, ready))
    machine.disk.rot(ROOT / ready / "kiosk")
    assert Choice(machine.slots).next() == machine.slots.current() != ready
    assert machine.slots.order() == Order()
    machine.live(2)
    assert machine.slots.number(machine.slots.current()) == 2


def test_a_program_that_rots_gives_way_to_the_other_slot_and_then_to_the_installed_one() -> None:
    machine = _installed(1)
    machine.live(2)
    second = machine.slots.current()
    machine.disk.rot(ROOT / second / "kiosk")
    first = Choice(machine.slots).next(careful=True)
    assert machine.slots.number(first) == 1
    machine.disk.rot(ROOT / first / "a.txt")
    assert Choice(machine.slots).next(careful=True) == ""


def test_notes_that_cannot_be_read_are_none() -> None:
    machine = _installed(1)
    for name in ("launcher.json", "order.json", "alive.json"):
        machine.disk.write(ROOT / name, b"\x00\x00{")
    assert machine.slots.order() == Order()
    assert machine.slots.number(Choice(machine.slots).next()) == 1
