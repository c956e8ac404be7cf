"""The kiosk's side of the UI table: one app in this process, drawn by software in memory, touched through its window.

``python -m benchmarks.ui.kiosk PACK [--touches] [--driver x11]`` reads the pickled files of a pack, as a kiosk reads its
pack, and prints one JSON object; ``--touches`` leaves out what is not about touches. measure_ui runs it in a process of its
own, because a window lives as long as one.
"""

import argparse
import gc
import json
import pickle
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

from screens.shell import allocator

if TYPE_CHECKING:
    from rehearsal.hands import Hands

ROUNDS: Final = 24
#: The part of the rounds that take no longer than what is called p95.
MOST: Final = 0.95
#: Turns of the loop that tells how fast this machine is just now.
CALIBRATION: Final = 1_000_000
SESSIONS: Final = 500
#: Longer than screens/shell/ahead.py waits before it makes a page.
RESTED_S: Final = 2.0
#: Seconds that CPU is looked at while nobody is there, and frames a second as on a kiosk.
IDLE_S: Final = 10.0


def main() -> int:
    from screens.shell.boot import MAX_FPS, BootOptions, prepare

    arguments = argparse.ArgumentParser()
    arguments.add_argument("pack", type=Path)
    arguments.add_argument("--touches", action="store_true")
    arguments.add_argument("--driver", default="offscreen")
    asked = arguments.parse_args()
    boot = BootOptions(driver=asked.driver, max_fps=0, fullscreen=False)
    prepare(boot)
    from kiosk.catalogue.catalogue import Catalogue
    from rehearsal import rehearse
    from rehearsal.hands import ASSETS, Hands
    from screens.language.texts import load_catalogues

    process = psutil.Process()
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Catalogue.read(pickle.loads(asked.pack.read_bytes()))
        rehearsal = rehearse(Path(folder), load_catalogues(ASSETS / "translations"), catalogue)
        hands = Hands(rehearsal, boot, draws=True, collects_garbage=True, makes_ahead=True).start()
        results = {"start to first usable frame, ms": (time.time() - process.create_time()) * 1000}
        # As at a kiosk that has been on for a while.
        while not gc.get_freeze_count():
            hands.frame()
        results["calibration, CPU ms"] = _calibration()
        results |= _touches(hands)
        if not asked.touches:
            results |= _long(hands, process, Path(folder), MAX_FPS)
        hands.stop()
        hands.rehearsal.close()
    print(json.dumps(results))
    return 0


def _long(hands: "Hands", process: psutil.Process, folder: Path, frames_a_second: int) -> dict[str, float]:
    """What is about hours rather than touches."""
    results = {"worst frame while a backlog syncs and a slip prints, ms": _busy(hands, folder)}
    _sessions(hands, 1)
    results["memory after 1 session, MB"] = _memory(process)
    began = time.perf_counter()
    _sessions(hands, SESSIONS - 1)
    results["a whole session without drawing, ms"] = (time.perf_counter() - began) * 1000 / (SESSIONS - 1)
    results[f"memory after {SESSIONS} sessions, MB"] = _memory(process)
    results["idle CPU, % of a core"] = _idle(hands, process, frames_a_second)
    return results


def _touches(hands: "Hands") -> dict[str, float]:
    from kivy.tests.common import UnitTestTouch

    def press() -> float:
        """A finger goes down on "start": until the frame that shows it pressed."""
        hands.go_home()
        hands.settle()
        button = hands.find(hands.text("home.start"))
        hands.look()
        touch = UnitTestTouch(*button.to_window(*button.center))

        def down() -> None:
            touch.touch_down()
            hands.frame()

        took = _ms(down)
        touch.touch_up()
        hands.settle()
        return took

    def change(words: str, place: str, *, from_home: bool = False) -> float:
        """A finger leaves what leads there: until all of the page was drawn."""
        hands.go_home()
        if not from_home:
            hands.app.flow.citizen.start()
        hands.settle()
        # Nobody was there for a while.
        hands.rehearsal.clock.advance(RESTED_S)
        hands.stage.tick()
        hands.settle()
        leading = hands.find(words)
        hands.look()
        touch = UnitTestTouch(*leading.to_window(*leading.center))
        touch.touch_down()
        hands.settle()

        def up() -> None:
            touch.touch_up()
            while hands.place != place or hands.stage.page.parent is None:
                hands.frame()
            hands.frame()

        return _ms(up)

    def to_search() -> float:
        return change(hands.text("services.search"), "SEARCH")

    def to_services() -> float:
        return change(hands.text("home.start"), "SERVICES", from_home=True)

    def to_service() -> float:
        return change("Surat Keterangan Domisili", "SERVICE")

    def letter() -> float:
        """A key is touched: until its letter was drawn."""
        key = hands.key("a")
        if key is None:
            raise RuntimeError("no keyboard is in sight")
        hands.look()
        touch = UnitTestTouch(*key.to_window(*key.center))

        def strike() -> None:
            touch.touch_down()
            touch.touch_up()
            hands.frame()

        return _ms(strike)

    results = _spread("touch to visible answer, ms", press) | _spread("page change, ms", to_search)
    results |= _spread("page change from home, ms", to_services) | _spread("page change to a service, ms", to_service)
    to_search()
    hands.settle()
    return results | _spread("key to visible letter, ms", letter)


def _busy(hands: "Hands", folder: Path) -> float:
    """Frames are drawn as fast as they can be while other threads send what waited over a real line, with their
    photos, and print over TCP to an emulator; the screens hear of each step."""
    from benchmarks.ui.backlog import Backlog
    from screens.shell.garbage import GIVE_BACK_S, QUIET_S

    hands.go_home()
    hands.app.flow.citizen.start()
    hands.app.flow.citizen.open_service("domisili")
    hands.settle(4)
    backlog = Backlog(folder, hands.kiosk.bus)
    # Garbage of the pages before is collected while nobody waits, and is not of this measure.
    rested = time.perf_counter() + 2 * (QUIET_S + GIVE_BACK_S)
    while time.perf_counter() < rested:
        hands.frame()
    thread = threading.Thread(target=backlog.run, name="bench-backlog")
    thread.start()
    worst = 0.0
    while thread.is_alive():
        worst = max(worst, _ms(hands.frame))
    thread.join()
    backlog.close()
    return worst


def _sessions(hands: "Hands", count: int) -> None:
    """Home, the form's first page, a name typed into it, the end with its wipe."""
    from rehearsal.gallery.way import Way, open_form

    draws, hands.draws = hands.draws, False
    way = Way(hands)
    for _ in range(count):
        hands.go_home()
        hands.settle()
        open_form(way, "domisili")
        hands.settle()
        model = hands.page.model
        model.focus_on(model.questions[1])
        hands.page.entry.type("Siti Aminah")
        hands.settle()
    hands.go_home()
    hands.settle()
    hands.draws = draws


def _memory(process: psutil.Process) -> float:
    """Proportional set size, as for the peer; after a collection, as at a kiosk when nobody waits."""
    gc.collect()
    allocator.give_back()
    return float(process.memory_full_info().pss) / 1e6


def _idle(hands: "Hands", process: psutil.Process, frames_a_second: int) -> float:
    """On the home screen, with frames as often as on a kiosk."""
    from kivy.clock import Clock

    hands.go_home()
    hands.settle()
    Clock._max_fps = frames_a_second
    before, began = sum(process.cpu_times()[:2]), time.perf_counter()
    while time.perf_counter() - began < IDLE_S:
        hands.frame()
    spent = sum(process.cpu_times()[:2]) - before
    Clock._max_fps = 0
    return float(spent) / (time.perf_counter() - began) * 100


def _spread(name: str, measure: Callable[[], float]) -> dict[str, float]:
    before = time.process_time()
    times = sorted(measure() for _ in range(ROUNDS))
    spent = (time.process_time() - before) / ROUNDS
    label = name.removesuffix(", ms")
    return {
        name: statistics.median(times),
        f"{label}, p95, ms": times[int(len(times) * MOST)],
        f"{label}, worst of {ROUNDS}, ms": times[-1],
        f"{label} with the way there, CPU ms": spent * 1000,
    }


def _ms(job: Callable[[], object]) -> float:
    """Until the last dot of what it draws is drawn: drawing by software goes on in threads of its own."""
    from kivy.graphics.opengl import glFinish

    glFinish()
    began = time.perf_counter()
    job()
    glFinish()
    return (time.perf_counter() - began) * 1000


def _calibration() -> float:
    before, total = time.process_time(), 0
    for number in range(CALIBRATION):
        total += number * number % 7
    return (time.process_time() - before) * 1000


if __name__ == "__main__":
    raise SystemExit(main())
