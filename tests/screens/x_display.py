"""What a test asks of an X display: keys as from a keyboard, and a window manager's wish that a window close."""

import ctypes
import os
import subprocess
from dataclasses import dataclass
from typing import Any

#: Xlib's ``ClientMessage``, and a format of five longs.
_CLIENT_MESSAGE = 33
_LONGS = 32


class _ClientMessage(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        # As long as the longest of Xlib's events.
        ("rest", ctypes.c_long * 24),
    )


@dataclass(frozen=True)
class XDisplay:
    """``name``: as in DISPLAY; ``authority``: the file with the cookie that it asks for, as in XAUTHORITY."""

    name: str
    authority: str = ""

    def run(self, *arguments: str) -> str:
        """xdotool's answer."""
        environment = {**os.environ, "DISPLAY": self.name, "XAUTHORITY": self.authority}
        done = subprocess.run(["xdotool", *arguments], env=environment, capture_output=True, text=True, timeout=60)
        return done.stdout.strip()

    def windows(self, pid: int) -> list[int]:
        """Those in sight of a process."""
        return [int(line) for line in self.run("search", "--onlyvisible", "--pid", str(pid)).split()]

    def press(self, *chords: str) -> None:
        """As ``ctrl+q``, to whatever has the focus, by the server's test extension: the program cannot tell."""
        self.run("key", "--delay", "1", "--clearmodifiers", *chords)

    def touch(self, *places: tuple[int, int]) -> None:
        """Pressed and let go at pixels of the screen, one after the other."""
        self.run(*(word for x, y in places for word in ("mousemove", str(x), str(y), "click", "1")))

    def in_front(self) -> str:
        """The window that hears keys; empty when the display does not let one in."""
        return self.run("getwindowfocus")

    def ask_to_close(self, window: int) -> None:
        """What a window manager sends for Alt+F4 or a click on its cross."""
        x11 = ctypes.CDLL("libX11.so.6")
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XInternAtom.restype = ctypes.c_ulong
        display = ctypes.c_void_p(x11.XOpenDisplay(self.name.encode()))
        assert display, f"no display {self.name}"

        def atom(name: str) -> Any:
            return x11.XInternAtom(display, name.encode(), 0)

        event = _ClientMessage(type=_CLIENT_MESSAGE, window=window, format=_LONGS)
        event.message_type = atom("WM_PROTOCOLS")
        event.data[0] = atom("WM_DELETE_WINDOW")
        x11.XSendEvent(display, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(event))
        x11.XFlush(display)
        x11.XCloseDisplay(display)
