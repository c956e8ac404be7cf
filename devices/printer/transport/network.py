"""Raw TCP (port 9100), IPv4 and IPv6."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
import time

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
        self._lookup: _Lookup | None = None

    @property
    def address(self) -> str:
        return f"{self._host}:{self._port}"

    def open(self, seconds: float) -> NetworkConnection:
        """Within ``seconds``, the lookup of a name and every address that it has included. Raises LineFault."""
        ends = time.monotonic() + seconds
        problem: OSError = TimeoutError("timed out")
        for address in self._addresses(seconds):
            left = ends - time.monotonic()
            if left <= 0:
                break
            try:
                line = socket.create_connection((address, self._port), timeout=left)
            except OSError as error:
                problem = error
                continue
            line.setblocking(False)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            return NetworkConnection(line)
        raise LineFault(Condition.NOT_REACHABLE, f"{self.address}: {problem}") from problem

    def _addresses(self, seconds: float) -> list[str]:
        try:
            return [str(ipaddress.ip_address(self._host))]
        except ValueError:
            pass
        # The resolver has no deadline and cannot be broken off: one lookup at a time, its answer taken when it comes.
        lookup = self._lookup = self._lookup or _Lookup(self._host, self._port)
        try:
            found = lookup.answer.get(timeout=seconds)
        except queue.Empty:
            raise LineFault(Condition.NOT_REACHABLE, f"{self.address}: the name is not answered") from None
        self._lookup = None
        if isinstance(found, OSError):
            raise LineFault(Condition.NOT_REACHABLE, f"{self.address}: {found}") from found
        return found


class _Lookup:
    """The addresses of a name, asked for by a thread of its own."""

    def __init__(self, host: str, port: int) -> None:
        self.answer: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()
        threading.Thread(target=self._ask, args=(host, port), name="printer-name", daemon=True).start()

    def _ask(self, host: str, port: int) -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            self.answer.put(error if isinstance(error, OSError) else OSError(str(error)))
        else:
            self.answer.put([str(where[0]) for *_, where in found])


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
