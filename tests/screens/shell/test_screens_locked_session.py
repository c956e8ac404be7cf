"""The session that the package starts, under Xorg and under cage: no key, chord or touch leads out, and nobody else looks in."""

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from key_chords import CHORDS, storm
from x_display import XDisplay

from screens.access.keys import _CODES
from trial import display
from trial.processes import ROOT, Group, wait_until

SESSION = ROOT / "deploy" / "kiosk" / "kiosk-session"
WINDOW = ROOT / "tests" / "screens" / "window_process.py"
SIZE = (540, 960)
MARK = "F9"
SHORT, LONG = 100, 100_000
#: A screen without a graphics card; its input comes from the test extension alone.
DUMMY = """
Section "ServerFlags"
    Option "AutoAddDevices" "false"
EndSection
Section "Device"
    Identifier "none"
    Driver "dummy"
    VideoRam 65536
EndSection
Section "Monitor"
    Identifier "portrait"
    HorizSync 5-1000
    VertRefresh 5-200
    Modeline "540x960" 40 540 560 600 640 960 970 980 1000
EndSection
Section "Screen"
    Identifier "screen"
    Device "none"
    Monitor "portrait"
    DefaultDepth 24
    SubSection "Display"
        Depth 24
        Modes "540x960"
    EndSubSection
EndSection
"""

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("Xvfb", "xdotool", "xauth"))), reason="Xvfb, xdotool or xauth is not installed"
)


class Session:
    """``outside``: where keys are pressed. ``inside``: the display that the program draws in."""

    def __init__(self, group: Group, folder: Path, environment: dict[str, str]) -> None:
        self.group, self.log = group, group.log("session")
        # Not below the test's own folder: the name of a socket has 107 characters at most.
        self.run = Path(tempfile.mkdtemp(prefix="run-"))
        program = folder / "program"
        program.write_text(
            f'#!/bin/sh\necho "display $DISPLAY"\nexec {ROOT}/.venv/bin/python -u {WINDOW} {folder}/kiosk\n'
        )
        program.chmod(0o755)
        given = {
            **{"RUNTIME_DIRECTORY": str(self.run), "XDG_RUNTIME_DIR": str(self.run), "EKIOS_DATA": str(folder)},
            **{"EKIOS_PROGRAM": str(program), "PYTHONPATH": str(ROOT), "LIBGL_ALWAYS_SOFTWARE": "1"},
        }
        self.start = lambda *before: group.start("session", [*before, str(SESSION)], {**given, **environment})

    def ready(self) -> None:
        wait_until("session", lambda: "ready" in self.lines(), self.group, seconds=60)

    def lines(self) -> list[str]:
        return self.log.read_text(errors="replace").splitlines()

    @property
    def display(self) -> str:
        return next(line.removeprefix("display ") for line in self.lines() if line.startswith("display "))

    def still_there(self, keyboard: XDisplay) -> None:
        """The program hears a key, with one widget in its window."""
        before = self._marks()
        keyboard.press(MARK)
        wait_until("session", lambda: self._marks() > before, self.group)
        assert {int(line.split()[2]) for line in self.lines() if line.startswith("key ")} == {1}

    def _marks(self) -> int:
        return sum(line.startswith(f"key {_CODES[MARK.lower()]} ") for line in self.lines())

    def ends_when_asked(self) -> None:
        """The program has the time to end as it should, and the display goes after it."""
        self.group.stop_one("session")
        assert "ended" in self.lines()


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    with Group(tmp_path / "logs") as made:
        yield made


def pressed_and_touched(session: Session, keyboard: XDisplay, many: int) -> None:
    session.still_there(keyboard)
    keyboard.press(*CHORDS)
    session.still_there(keyboard)
    chance = random.Random(11)
    for _ in range(many // SHORT):
        storm(keyboard, chance, SHORT, SIZE)
        session.still_there(keyboard)


def has_xorg() -> bool:
    driver = Path("/usr/lib/xorg/modules/drivers/dummy_drv.so")
    return os.geteuid() == 0 and shutil.which("Xorg") is not None and driver.is_file()


@pytest.mark.longer_in_soak
def test_nothing_leads_out_of_the_session_under_xorg(group: Group, tmp_path: Path) -> None:
    number = display.free_number()
    environment = {"EKIOS_SESSION": "xorg", "EKIOS_XORG_DISPLAY": number}
    if has_xorg():
        configuration = tmp_path / "xorg.conf.d"
        configuration.mkdir()
        (configuration / "10-dummy.conf").write_text(DUMMY)
        shutil.copy(ROOT / "deploy/kiosk/xorg.conf", configuration / "90-ekios-kiosk.conf")
        environment["EKIOS_XORG"] = f"-configdir {configuration} -sharevts -novtswitch -logfile {tmp_path}/xorg.log"
    else:
        environment |= {"EKIOS_XORG_PROGRAM": "Xvfb", "EKIOS_XORG": f"-screen 0 {SIZE[0]}x{SIZE[1]}x24"}
    session = Session(group, tmp_path, environment)
    session.start()
    session.ready()
    inside = XDisplay(number, str(session.run / "xauthority"))
    program = int((session.run / "program.pid").read_text())
    wait_until("session", lambda: inside.windows(program) != [], group)
    (window,) = inside.windows(program)
    inside.run("windowfocus", "--sync", str(window))
    assert inside.in_front() == str(window)
    assert XDisplay(number, "/dev/null").in_front() == "", "without its cookie nobody sees the display"
    pressed_and_touched(session, inside, LONG if os.environ.get("EKIOS_SOAK") else SHORT)
    assert inside.windows(program) == [window] and inside.in_front() == str(window)
    session.ends_when_asked()


@pytest.mark.skipif(
    not all(map(shutil.which, ("cage", "Xwayland", "unshare"))), reason="cage or Xwayland is not installed"
)
@pytest.mark.longer_in_soak
def test_nothing_leads_out_of_the_session_under_cage(group: Group, tmp_path: Path) -> None:
    """In a window of another display, so that keys pass cage before they reach the program."""
    outside = display.start_virtual(group, SIZE)
    session = Session(
        group,
        tmp_path,
        {"EKIOS_SESSION": "cage", "DISPLAY": outside, "WLR_BACKENDS": "x11", "WLR_RENDERER": "pixman"},
    )
    # cage refuses to run as root, as it should: here it has a user without root.
    nobody = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
    if nobody and subprocess.run([*nobody, "true"], capture_output=True).returncode:
        pytest.skip("no user namespaces here")
    session.start(*nobody)
    session.ready()
    keyboard = XDisplay(outside)
    keyboard.touch((SIZE[0] // 2, SIZE[1] // 2))
    pressed_and_touched(session, keyboard, LONG if os.environ.get("EKIOS_SOAK") else SHORT)
    session.ends_when_asked()


def test_a_display_that_is_unknown_is_said(group: Group, tmp_path: Path) -> None:
    done = subprocess.run(
        [SESSION],
        env={**os.environ, "RUNTIME_DIRECTORY": str(tmp_path), "EKIOS_SESSION": "gnome"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 64 and "write xorg or cage" in done.stderr


def test_a_code_that_was_left_is_given_once_and_stands_in_no_command(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\necho "$@ <$(cat)>"\n')
    program.chmod(0o755)
    code = tmp_path / "enrol-code"
    code.write_text("https://kios.kota.go.id 7KQX-9RM2\n")
    environment = {"RUNTIME_DIRECTORY": str(tmp_path), "EKIOS_DATA": str(tmp_path), "EKIOS_PROGRAM": str(program)}

    def said() -> str:
        command = [SESSION.with_name("kiosk-program")]
        return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True).stdout.strip()

    assert said() == "--enrol - <https://kios.kota.go.id 7KQX-9RM2>"
    assert not code.exists() and said() == "<>"
