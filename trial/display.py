"""A screen where there is none: Xvfb, shared by x11vnc, shown to a browser by noVNC. All on loopback."""

import os
import shutil
from pathlib import Path

from trial.processes import Group, free_port, listening, wait_until

NOVNC = Path("/usr/share/novnc")
PORTRAIT = (1080, 1920)
#: Kept free of the numbers that real displays use.
FIRST_DISPLAY = 90
LAST_DISPLAY = 190


def has_display() -> bool:
    return bool(os.environ.get("DISPLAY"))


def free_number() -> str:
    """The name of a display that nobody has (``:90``)."""
    number = next(
        n
        for n in range(FIRST_DISPLAY, LAST_DISPLAY)
        if not Path(f"/tmp/.X11-unix/X{n}").exists() and not Path(f"/tmp/.X{n}-lock").exists()
    )
    return f":{number}"


def start_virtual(group: Group, size: tuple[int, int] = PORTRAIT) -> str:
    """Starts Xvfb with a screen of ``size`` pixels; returns its name (``:90``)."""
    name = free_number()
    width, height = size
    group.start(
        "screen",
        ["Xvfb", name, "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-dpi", "92", "-noreset"],
    )
    wait_until("screen", lambda: Path(f"/tmp/.X11-unix/X{name[1:]}").exists(), group)
    return name


def serve_to_browser(group: Group, display: str, preferred_port: int) -> str | None:
    """Serves ``display`` to a browser; its address, or None when x11vnc or noVNC is not installed."""
    if not (shutil.which("x11vnc") and shutil.which("websockify") and NOVNC.is_dir()):
        return None
    vnc_port, web_port = free_port(5900), free_port(preferred_port)
    group.start(
        "vnc",
        [
            *("x11vnc", "-display", display, "-localhost", "-rfbport", str(vnc_port), "-forever", "-shared"),
            *("-nopw", "-quiet", "-noxdamage", "-wait", "30", "-defer", "30"),
        ],
    )
    wait_until("vnc", lambda: listening(vnc_port), group)
    group.start("novnc", ["websockify", "--web", str(NOVNC), f"127.0.0.1:{web_port}", f"127.0.0.1:{vnc_port}"])
    wait_until("novnc", lambda: listening(web_port), group)
    return f"http://127.0.0.1:{web_port}/vnc.html?autoconnect=1&resize=scale&reconnect=1"
