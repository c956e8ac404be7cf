"""systemd's watchdog: a kiosk that hangs is started again."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

WATCHDOG_S: Final = 5.0


@contextmanager
def watchdog() -> Iterator[None]:
    """Tells systemd that we are ready, and alive as long as the screens' own thread answers. Nothing without it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        yield
        return
    from kivy.clock import Clock

    channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    channel.connect("\0" + address[1:] if address.startswith("@") else address)
    channel.send(b"READY=1")

    def tell(_seconds: float) -> None:
        channel.send(b"WATCHDOG=1")

    alive = Clock.schedule_interval(tell, WATCHDOG_S)
    try:
        yield
    finally:
        alive.cancel()
        channel.send(b"STOPPING=1")
        channel.close()
