"""Everything that has to happen before Kivy is imported for the first time, and the proof that it worked.

Kivy reads its environment and its configuration at import, and its defaults are those of a desktop program: files
in the home folder, keys that lead out of the window, a touchscreen read twice. All of that is settled here, once.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from screens.look.tokens import DEFAULT_DPI

#: What SDL may draw on; "offscreen" is for tests and pictures only.
DRIVERS: Final = ("x11", "KMSDRM", "offscreen")
#: Frames a second that Kivy is set to; the real rate is about 4/3 of it.
MAX_FPS: Final = 45


class BootError(RuntimeError):
    """The window is not what was asked for; the message says what to do."""


@dataclass(frozen=True)
class BootOptions:
    driver: str = "x11"
    width: int = 1080
    height: int = 1920
    dpi: float = DEFAULT_DPI
    #: Of the picture's lower edge above the floor; None: as the city set it for its kiosks (``panel_bottom_mm``).
    bottom_mm: float | None = None
    fullscreen: bool = True
    #: Where the window's upper left corner is, when it does not fill the screen.
    left: int = 0
    top: int = 0
    show_cursor: bool = False
    #: 0: as fast as frames can be drawn, for pictures and tests.
    max_fps: int = MAX_FPS
    #: ``auto``: only what changed is drawn, where the window is seen to keep the rest; ``whole``: never.
    drawing: str = "auto"
    #: An mtdev device file of the touchscreen; empty: the pointer that Xorg or libinput already calibrated.
    touch_device: str = ""


def prepare(options: BootOptions) -> None:
    """Sets environment and configuration. Raises BootError when Kivy was imported before, or the driver is unknown."""
    if "kivy" in sys.modules and "kivy.core.window" in sys.modules:
        raise BootError("Kivy's window was imported before screens.boot.prepare; import screens.app only after it")
    if options.driver not in DRIVERS:
        raise BootError(f"no such SDL video driver: {options.driver!r}; one of {', '.join(DRIVERS)}")
    os.environ.update(
        {
            "KIVY_NO_ARGS": "1",
            "KIVY_NO_CONFIG": "1",
            "KIVY_NO_FILELOG": "1",
            "KIVY_NO_ENV_CONFIG": "1",
            "KIVY_LOG_MODE": "PYTHON",
            "KIVY_CLOCK": "interrupt",
            "KIVY_METRICS_DENSITY": "1",
            "KIVY_METRICS_FONTSCALE": "1",
            "KIVY_DPI": str(options.dpi),
            "SDL_VIDEODRIVER": options.driver,
            "SDL_MOUSE_FOCUS_CLICKTHROUGH": "1",
        }
    )
    _configure(options)


def _configure(options: BootOptions) -> None:
    from kivy.config import Config

    graphics = {
        "width": options.width,
        "height": options.height,
        "fullscreen": "auto" if options.fullscreen and options.driver != "offscreen" else 0,
        "borderless": 1,
        "resizable": 0,
        "position": "custom",
        "left": options.left,
        "top": options.top,
        "show_cursor": int(options.show_cursor),
        "allow_screensaver": 0,
        "multisamples": 0,
        "maxfps": options.max_fps,
        "vsync": 0,
    }
    for name, value in graphics.items():
        Config.set("graphics", name, str(value))
    for name in ("exit_on_escape", "desktop", "pause_on_minimize"):
        Config.set("kivy", name, "0")
    Config.set("kivy", "keyboard_mode", "system")
    for section in ("input", "modules"):
        for name in Config.options(section):
            Config.remove_option(section, name)
    for name, value in input_providers(options).items():
        Config.set("input", name, value)


def input_providers(options: BootOptions) -> dict[str, str]:
    """The one source of touches: two would count every tap twice; offscreen has none but a test's own."""
    if options.driver == "offscreen":
        return {}
    if options.touch_device:
        return {"touch": f"mtdev,{options.touch_device}"}
    return {"mouse": "mouse,disable_multitouch"}


def check_window(options: BootOptions) -> None:
    """Asserts that the window came up on the driver that was asked for: SDL falls back to "offscreen" in silence,
    and the kiosk would look healthy beside a dark panel. Raises BootError."""
    from kivy.core.window import Window

    if Window is None:
        raise BootError(f"no window on SDL driver {options.driver!r}: is the display there, and may we draw on it?")
    driver = video_driver()
    if driver.lower() != options.driver.lower():
        raise BootError(f"SDL draws on {driver!r} instead of {options.driver!r}: is the display there?")


def video_driver() -> str:
    """SDL's own name for what it draws on ("x11", "offscreen")."""
    import ctypes

    name = _sdl().SDL_GetCurrentVideoDriver
    name.restype = ctypes.c_char_p
    answer: bytes | None = name()
    return answer.decode() if answer else ""


def _sdl() -> "ctypes.CDLL":  # type: ignore[name-defined]  # noqa: F821
    """The SDL library that Kivy loaded into this process."""
    import ctypes

    with Path("/proc/self/maps").open() as maps:
        paths = {line.split()[-1] for line in maps if "libSDL2-2" in line}
    if not paths:
        raise BootError("SDL is not loaded")
    return ctypes.CDLL(paths.pop())
