"""The launcher as a process of its own, with programs that are real processes on a real disk."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launcher import trial
from launcher.disk import RealDisk
from launcher.slots import BAD, Alive, Order, Slots
from launcher.trial import COMES_UP_S, HANGS_S, JUDGED_S, SETTLES_S, Trial, Verdict
from protocol.line.releases import ReleaseManifest
from server.fleet.releases.releases import of_folder

#: A program that writes which one it is; it waits until it is told to end where its release says so.
_PROGRAM = """#!/bin/sh
echo "{name}" >> "$EKIOS_PROGRAMS/started"
{then}
"""
#: As long as somebody waits for it, in the tests' patience.
_WITHIN_S = 20.0


def _program(folder: Path, name: str, then: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kiosk").write_text(_PROGRAM.format(name=name, then=then))
    (folder / "kiosk").chmod(0o755)


@pytest.fixture
def slots(tmp_path: Path) -> Slots:
    _program(tmp_path / "installed", "installed", "exit 0")
    return Slots(RealDisk(), tmp_path / "programs")


def _put(slots: Slots, slot: str, number: int, then: str) -> None:
    folder = slots.root / slot
    _program(folder, f"release {number}", then)
    files = [
        {
            "path": one.path,
            "sha256": hashlib.sha256(one.content.read_bytes()).hexdigest(),
            "size": one.content.stat().st_size,
            "run": one.run,
        }
        for one in of_folder(folder)
    ]
    manifest = ReleaseManifest.model_validate({"number": number, "version": str(number), "files": files})
    slots.disk.write(folder / "release.json", manifest.model_dump_json().encode())


def _launcher(slots: Slots) -> "subprocess.Popen[bytes]":
    given = {"EKIOS_PROGRAMS": str(slots.root), "EKIOS_INSTALLED": str(slots.root.parent / "installed")}
    # Without site packages: it needs nothing but Python.
    return subprocess.Popen([sys.executable, "-S", "-m", "launcher"], env={**os.environ, **given})


def _run(slots: Slots) -> int:
    return _launcher(slots).wait(_WITHIN_S)


def _started(slots: Slots) -> list[str]:
    return (slots.root / "started").read_text().splitlines()


def test_without_a_release_the_installed_program_runs(slots: Slots) -> None:
    slots.root.mkdir()
    assert (_run(slots), _started(slots)) == (0, ["installed"])


def test_a_release_that_ends_at_once_is_tried_three_times_and_the_one_before_runs(slots: Slots) -> None:
    _put(slots, "a", 1, "exit 0")
    slots.switch("a")
    _put(slots, "b", 2, "exit 1")
    slots.give_order(Order(2, "b"))
    assert _run(slots) == 0
    assert _started(slots) == ["release 2"] * 3 + ["release 1"]
    state = slots.state()
    assert (slots.current(), state.phase, state.number, state.reason) == ("a", BAD, 2, "does not come up")
    slots.give_order(Order(2, "b"))
    _run(slots)
    assert _started(slots)[4:] == ["release 1"], "it is not tried again"


def test_a_program_that_cannot_be_started_at_all_gives_way(slots: Slots) -> None:
    _put(slots, "b", 2, "exit 0")
    (slots.root / "b" / "kiosk").chmod(0o644)
    slots.give_order(Order(2, "b"))
    assert _run(slots) == 0
    assert (_started(slots), slots.current(), slots.state().phase) == (["installed"], "", BAD)


def test_an_order_that_comes_while_a_program_runs_is_done_when_that_ends(slots: Slots) -> None:
    _put(slots, "a", 1, 'cp "$EKIOS_PROGRAMS/later.json" "$EKIOS_PROGRAMS/order.json"; exit 0')
    slots.switch("a")
    _put(slots, "b", 2, "exit 1")
    slots.root.joinpath("later.json").write_text(json.dumps({"number": 2, "slot": "b"}))
    # Release 1 orders it again each time; what was bad stays bad, and the launcher ends when it is asked to.
    process = _launcher(slots)
    try:
        _until(lambda: _started_or_none(slots).count("release 2") == 3 and slots.current() == "a")
    finally:
        process.terminate()
        process.wait(_WITHIN_S)
    assert slots.state().phase == BAD


def test_a_signal_reaches_the_program_and_ends_both(slots: Slots) -> None:
    slots.root.mkdir()
    _program(slots.root.parent / "installed", "installed", "exec sleep 60")
    process = _launcher(slots)
    _until(lambda: (slots.root / "started").exists())
    process.send_signal(signal.SIGTERM)
    assert process.wait(_WITHIN_S) != 0


def test_an_order_to_the_installed_program_is_done(slots: Slots) -> None:
    _put(slots, "a", 1, "exit 0")
    slots.switch("a")
    slots.give_order(Order(0, "installed"))
    _run(slots)
    assert (_started(slots), slots.current()) == (["installed"], "")


def _until(condition: Callable[[], object]) -> None:
    waiting = threading.Event()
    for _ in range(int(_WITHIN_S / 0.02)):
        if condition():
            return
        waiting.wait(0.02)
    raise AssertionError("did not come about")


def _started_or_none(slots: Slots) -> list[str]:
    return _started(slots) if (slots.root / "started").exists() else []


# --- how a new program is judged ----------------------------------------------------------------------------------


def _ticks(*troubles: str) -> Iterator[Alive]:
    for tick in range(1, 10_000):
        yield Alive("here", tick, troubles)


def test_a_program_that_stays_up_without_new_trouble_is_good() -> None:
    one, said = Trial("here", ("scanner",), 0.0), _ticks("scanner")
    assert one.look(next(said), 1.0) is None
    assert [one.look(next(said), now) for now in (50.0, 100.0, 150.0, 200.0, 250.0, 300.0)] == [None] * 6
    assert one.look(next(said), SETTLES_S + 1.0) is Verdict.GOOD


@pytest.mark.parametrize("said", [Alive(), Alive("another start", 1)])
def test_a_program_that_says_nothing_is_lost_as_is_one_whose_words_are_of_another_start(said: Alive) -> None:
    one = Trial("here", (), 0.0)
    assert one.look(said, COMES_UP_S) is None
    assert one.look(said, COMES_UP_S + 1) is Verdict.LOST


def test_a_program_whose_screen_hangs_is_lost() -> None:
    one = Trial("here", (), 0.0)
    assert one.look(Alive("here", 1), 5.0) is None
    assert one.look(Alive("here", 1), 5.0 + HANGS_S) is None
    assert one.look(Alive("here", 1), 6.0 + HANGS_S) is Verdict.LOST


def test_a_trouble_that_was_not_there_before_has_time_to_go_and_is_worse_when_it_stays() -> None:
    passing, staying = Trial("here", (), 0.0), Trial("here", (), 0.0)
    for now in range(1, int(JUDGED_S), 30):
        assert passing.look(Alive("here", now, ("printer",)), now) is None
        assert staying.look(Alive("here", now, ("printer",)), now) is None
    assert passing.look(Alive("here", 90_000), JUDGED_S) is Verdict.GOOD
    assert staying.look(Alive("here", 90_000, ("printer",)), JUDGED_S + 2) is Verdict.WORSE
    assert staying.worse == {"printer"}
    assert trial.STARTS == 3
