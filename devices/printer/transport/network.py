"""Raw TCP (port 9100), IPv4 and IPv6."""

from __future__ import annotations

import socket

from devices.frame import Condition
from devices.printer.transport.base import LineFault, ready_to_read, ready_to_write

PORT = 9100
"""The port on which network printers take raw jobs."""

READ_SIZE = 4_096


class NetworkTransport:
    """A printer behind ``host:port``."""

    two_way = True

    def __init__(self, host: str, port: int = PORT) -> None:
        self._host = host
        self._port = port

    @property
    def address(self) -> str:
        return f"{self._host}:{self._port}"

    def open(self, seconds: float) -> NetworkConnection:
        try:
            line = socket.create_connection((self._host, self._port), timeout=seconds)
        except OSError as error:
            raise LineFault(Condition.NOT_REACHABLE, f"{self.address}: {error}") from error
        line.setblocking(False)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return NetworkConnection(line)


class NetworkConnection:
    """An open TCP line."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def write(self, data: bytes, seconds: float) -> int:
        if not ready_to_write(self._line.fileno(), seconds):
            return 0
        try:
            return self._line.send(data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise LineFault(Condition.DISCONNECTED, str(error)) from error

    def read(self, seconds: float) -> bytes:
        if not ready_to_read(self._line.fileno(), seconds):
            return b""
        try:
            data = self._line.recv(READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise LineFault(Condition.DISCONNECTED, str(error)) from error
        if not data:
            raise LineFault(Condition.DISCONNECTED, "the printer closed the connection")
        return data

    def close(self) -> None:
        self._line.close()
