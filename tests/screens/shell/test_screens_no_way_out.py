"""No key leaves the app, and no wish to close it: a real window on a real X server, keys from its test extension."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from key_chords import CHORDS, KEYS
from x_display import XDisplay

from screens.access.keys import _CODES
from trial import display
from trial.processes import Group, python, wait_until

pytestmark = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="Xvfb or xdotool is not installed"
)
ROOT = Path(__file__).parents[3]
MARK = "F9"
LONG_KEYS = 20_000


class Screens:
    """The process, and what it printed."""

    def __init__(self, group: Group, folder: Path, name: str) -> None:
        self.display = XDisplay(name)
        environment = {"DISPLAY": name, "PYTHONPATH": str(ROOT), "LIBGL_ALWAYS_SOFTWARE": "1"}
        self.process = group.start(
            "screens", python(str(Path(__file__).parents[1] / "window_process.py"), str(folder)), environment
        )
        self._group, self._log = group, group.log("screens")
        wait_until("screens", lambda: "ready" in self.lines(), group, seconds=60)
        wait_until("screens", lambda: self.display.windows(self.process.pid), group)
        (self.window,) = self.display.windows(self.process.pid)
        self.display.run("windowfocus", "--sync", str(self.window))

    def lines(self) -> list[str]:
        return self._log.read_text().splitlines()

    def heard(self) -> list[tuple[int, int]]:
        """Code and number of widgets in the window."""
        return [
            (int(code), int(count))
            for line in self.lines()
            if line.startswith("key ")
            for _, code, count in [line.split()]
        ]

    def still_there(self) -> None:
        """It hears a key and shows its window, one widget in it."""
        before = self._marks()
        self.display.press(MARK)
        wait_until("screens", lambda: self._marks() > before, self._group)
        assert self.display.windows(self.process.pid) == [self.window]
        assert {count for _, count in self.heard()} == {1}

    def _marks(self) -> int:
        return [code for code, _ in self.heard()].count(_CODES[MARK.lower()])


@pytest.fixture
def screens(tmp_path: Path) -> Iterator[Screens]:
    with Group(tmp_path / "logs") as group:
        made = Screens(group, tmp_path / "kiosk", display.start_virtual(group, (540, 960)))
        yield made
        # Who asks it properly ends it: what held before was not a program that hung.
        assert group.stop_one("screens") == 0
        assert made.lines()[-1] == "ended"


def test_no_key_and_no_wish_to_close_leaves_the_app(screens: Screens) -> None:
    screens.still_there()
    for _ in range(3):
        screens.display.ask_to_close(screens.window)
        screens.still_there()
    for chord in CHORDS:
        screens.display.press(chord)
    screens.still_there()
    assert {_CODES["escape"], _CODES["f1"], _CODES["f11"], _CODES["f4"], ord("q")} <= {
        code for code, _ in screens.heard()
    }


@pytest.mark.soak
def test_keys_by_the_thousand_do_not_leave_the_app(screens: Screens) -> None:
    chance = random.Random(5)
    for _ in range(LONG_KEYS // 200):
        screens.display.press(*chance.choices(KEYS, k=200))
        screens.display.ask_to_close(screens.window)
        screens.still_there()
