"""The kiosk's side of the UI table: one app in this process, drawn by software in memory, touched through its window.

``python -m benchmarks.ui_kiosk PACK`` reads the pickled files of a pack, as a kiosk reads its pack, and prints one JSON
object. measure_ui runs it in a process of its own, because a window lives as long as one.
"""

import gc
import json
import pickle
import statistics
import sys
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

ROUNDS: Final = 12
SESSIONS: Final = 500
#: Seconds that CPU is looked at while nobody is there, and frames a second as on a kiosk.
IDLE_S: Final = 10.0


def main() -> int:
    from screens.shell.boot import MAX_FPS, BootOptions, prepare

    boot = BootOptions(driver="offscreen", max_fps=0)
    prepare(boot)
    from kiosk.catalogue.catalogue import Catalogue
    from rehearsal import rehearse
    from rehearsal.hands import ASSETS, Hands
    from screens.language.texts import load_catalogues

    process = psutil.Process()
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Catalogue.read(pickle.loads(Path(sys.argv[1]).read_bytes()))
        rehearsal = rehearse(Path(folder), load_catalogues(ASSETS / "translations"), catalogue)
        hands = Hands(rehearsal, boot, draws=True, collects_garbage=True).start()
        results = {"start to first usable frame, ms": (time.time() - process.create_time()) * 1000}
        # As at a kiosk that has been on for a while.
        while not gc.get_freeze_count():
            hands.frame()
        results |= _touches(hands)
        results["worst frame while a backlog syncs and a slip prints, ms"] = _busy(hands, Path(folder))
        _sessions(hands, 1)
        results["memory after 1 session, MB"] = _memory(process)
        began = time.perf_counter()
        _sessions(hands, SESSIONS - 1)
        results["a whole session without drawing, ms"] = (time.perf_counter() - began) * 1000 / (SESSIONS - 1)
        results[f"memory after {SESSIONS} sessions, MB"] = _memory(process)
        results["idle CPU, % of a core"] = _idle(hands, process, MAX_FPS)
        hands.stop()
        hands.rehearsal.close()
    print(json.dumps(results))
    return 0


def _touches(hands: "Hands") -> dict[str, float]:
    from kivy.tests.common import UnitTestTouch

    def press() -> float:
        """A finger goes down on "start": until the frame that shows it pressed."""
        hands.go_home()
        hands.settle()
        button = hands.find(hands.text("home.start"))
        touch = UnitTestTouch(*button.to_window(*button.center))

        def down() -> None:
            touch.touch_down()
            hands.frame()

        took = _ms(down)
        touch.touch_up()
        hands.settle()
        return took

    def change() -> float:
        """A finger leaves a service's card: until the service's page was drawn."""
        hands.go_home()
        hands.app.flow.citizen.start()
        hands.settle()
        card = hands.find(hands.text("services.search"))
        touch = UnitTestTouch(*card.to_window(*card.center))
        touch.touch_down()
        hands.frame()

        def up() -> None:
            touch.touch_up()
            while hands.place != "SEARCH" or hands.stage.page.parent is None:
                hands.frame()
            hands.frame()

        return _ms(up)

    def letter() -> float:
        """A key is touched: until its letter was drawn."""
        key = hands.key("a")
        if key is None:
            raise RuntimeError("no keyboard is in sight")
        touch = UnitTestTouch(*key.to_window(*key.center))

        def strike() -> None:
            touch.touch_down()
            touch.touch_up()
            hands.frame()

        return _ms(strike)

    results = _spread("touch to visible answer, ms", press) | _spread("page change, ms", change)
    return results | _spread("key to visible letter, ms", letter)


def _busy(hands: "Hands", folder: Path) -> float:
    """Frames are drawn as fast as they can be while other threads send what waited over a real line, with their
    photos, and print over TCP to an emulator; the screens hear of each step."""
    from benchmarks.ui_backlog import Backlog
    from screens.shell.garbage import GIVE_BACK_S, QUIET_S

    hands.go_home()
    hands.app.flow.citizen.start()
    hands.app.flow.citizen.open_service("domisili")
    hands.settle(4)
    backlog = Backlog(folder, hands.kiosk.bus)
    # What the pages before left lying about is tidied while nobody waits, and is not of this measure.
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
    """Proportional set size, as for the peer; tidied, as a kiosk is when nobody waits."""
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
    times = [measure() for _ in range(ROUNDS)]
    return {name: statistics.median(times), f"{name.removesuffix(', ms')}, worst of {ROUNDS}, ms": max(times)}


def _ms(job: Callable[[], object]) -> float:
    began = time.perf_counter()
    job()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    raise SystemExit(main())
