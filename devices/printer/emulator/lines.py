"""The emulator's ends of the line: a TCP port that takes one host at a time, and a pseudo terminal."""

from __future__ import annotations

import contextlib
import errno
import os
import pty
import socket
import tty
from pathlib import Path
from typing import Protocol

READ_SIZE = 1_024


class Line(Protocol):
    """One way into the printer, polled by the emulator's thread."""

    def descriptors(self) -> list[int]:
        """What to wait on."""
        ...

    def receive(self, room: int) -> bytes:
        """Up to ``room`` bytes that have come; empty when none have."""
        ...

    def send(self, data: bytes) -> None:
        """Answers; dropped when nobody listens or the line is stuck."""
        ...

    def plug(self, in_: bool) -> None:
        """Pull the cable or put it in."""
        ...

    def close(self) -> None: ...


class TcpLine:
    """Port 9100: one connection at a time, as printers do; others wait in the listening queue."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._listener: socket.socket | None = None
        self._host_side: socket.socket | None = None
        self.port = port
        self.plug(True)

    @property
    def address(self) -> str:
        return f"{self._host}:{self.port}"

    def descriptors(self) -> list[int]:
        line = self._host_side or self._listener
        return [line.fileno()] if line else []

    def receive(self, room: int) -> bytes:
        if self._host_side is None:
            self._accept()
        if self._host_side is None or room <= 0:
            return b""
        try:
            data = self._host_side.recv(min(room, READ_SIZE))
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._hang_up()
        return data

    def send(self, data: bytes) -> None:
        if self._host_side is not None:
            with contextlib.suppress(OSError):
                self._host_side.send(data)

    def plug(self, in_: bool) -> None:
        if not in_:
            self._hang_up()
            if self._listener is not None:
                self._listener.close()
            self._listener = None
        elif self._listener is None:
            family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
            self._listener = socket.create_server((self._host, self.port), family=family, backlog=1)
            self._listener.setblocking(False)
            self.port = self._listener.getsockname()[1]

    def close(self) -> None:
        self.plug(False)

    def _accept(self) -> None:
        if self._listener is None:
            return
        with contextlib.suppress(BlockingIOError, ConnectionError):
            self._host_side, _ = self._listener.accept()
            self._host_side.setblocking(False)
            self._host_side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _hang_up(self) -> None:
        if self._host_side is not None:
            self._host_side.close()
        self._host_side = None


class PtyLine:
    """A pseudo terminal; ``link`` is a symlink that always leads to its current name, as a udev rule would."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self._ours: int | None = None
        self._theirs: int | None = None
        self.plug(True)

    @property
    def address(self) -> str:
        return str(self.link)

    def descriptors(self) -> list[int]:
        return [self._ours] if self._ours is not None else []

    def receive(self, room: int) -> bytes:
        if self._ours is None or room <= 0:
            return b""
        try:
            return os.read(self._ours, min(room, READ_SIZE))
        except BlockingIOError:
            return b""
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return b""

    def send(self, data: bytes) -> None:
        if self._ours is not None:
            with contextlib.suppress(OSError):
                os.write(self._ours, data)

    def plug(self, in_: bool) -> None:
        if not in_:
            self.link.unlink(missing_ok=True)
            for descriptor in (self._ours, self._theirs):
                if descriptor is not None:
                    os.close(descriptor)
            self._ours = self._theirs = None
        elif self._ours is None:
            # Our own hold on the far side keeps the terminal alive while no host has it open.
            self._ours, self._theirs = pty.openpty()
            tty.setraw(self._theirs)
            os.set_blocking(self._ours, False)
            self.link.unlink(missing_ok=True)
            self.link.symlink_to(os.ttyname(self._theirs))

    def close(self) -> None:
        self.plug(False)
