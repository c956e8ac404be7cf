"""The keeper as the server asks it: a child of its own, or a process of another user behind a socket.

Children begin when they are needed. One that dies or takes too long is ended, and the next question begins another: what
was asked is lost with it, never what is stored.
"""

import base64
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog

from server.keeper.messages import ANSWER, NETWORK, NEW_KEY, OPENED, PACK, PACK_NUMBER, PUBLIC_KEYS, REQUEST, UNSEAL
from server.keeper.sealing_keys import complete, public_halves

#: The keeper's program; it stands above us, because it knows what envelopes hold.
PROGRAM: Final = "server.submissions.keeper_child"
#: Children at the same time; further questions wait.
AT_ONCE: Final = 2
#: Seconds after which one is ended, whatever it does; and until it must be ready.
WALL_SECONDS: Final = 30.0
READY_SECONDS: Final = 60.0
_PIECE: Final = 1 << 20

_log = structlog.get_logger("server.keeper")


class KeeperAway(RuntimeError):
    """The keeper cannot be asked now; the message says why. Nothing was done."""


class KeeperDied(KeeperAway):
    """It ended, or was ended, over this very question."""


class Keeper:
    """Any thread. ``folder`` holds its keys; ``address``: the socket of one that runs as another user, with a folder that only
    that user reads."""

    def __init__(self, folder: Path, address: Path | None = None, wall_seconds: float = WALL_SECONDS) -> None:
        self._folder = folder
        self._address = address
        self._wall_seconds = wall_seconds
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._idle: list[_Line] = []

    @property
    def elsewhere(self) -> bool:
        """Whether it runs as another user, and keeps its keys in a folder of its own."""
        return self._address is not None

    def public_keys(self) -> list[tuple[str, bytes]]:
        """Key ids and X25519 public keys, the one to seal to first. Raises KeeperAway."""
        if self._address is None and complete(self._folder):
            return public_halves(self._folder)
        return [(name, base64.b64decode(public)) for name, public in json.loads(self.ask(PUBLIC_KEYS))]

    def make_key(self) -> str:
        """A new key that everything is sealed to from now on; its id. Raises KeeperAway."""
        return self.ask(NEW_KEY).decode()

    def unseal(self, key_id: str, sealed: bytes) -> bytes | None:
        """What a blob holds; None when it cannot be opened, or no such key is known. Raises KeeperAway."""
        name = key_id.encode()[:255]
        answer = self.ask(UNSEAL, bytes([len(name)]) + name + sealed)
        return answer[1:] if answer[:1] == OPENED else None

    def ask(self, operation: bytes, content: bytes = b"", packs: Sequence[tuple[int, bytes]] = ()) -> bytes:
        """The answer to one question; ``packs`` are told before it. Raises KeeperAway, and KeeperDied when it ended over it."""
        with self._places:
            with self._lock:
                line = self._idle.pop() if self._idle else None
            line = line or self._begin()
            try:
                for number, archive in packs:
                    line.ask(PACK, PACK_NUMBER.pack(number) + archive)
                answer = line.ask(operation, content)
            except (OSError, EOFError) as error:
                line.end()
                _log.warning("keeper.died", operation=operation.decode(), bytes=len(content))
                raise KeeperDied("the keeper ended over what it was asked") from error
            with self._lock:
                self._idle.append(line)
        return answer

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for line in idle:
            line.end()

    def _begin(self) -> "_Line":
        line = None
        try:
            if self._address is None:
                ours, its = socket.socketpair()
                with its:
                    line = _Line(ours, begin(self._folder, its), self._wall_seconds)
            else:
                line = _Line(_connected(self._address), None, self._wall_seconds)
            said = line.ready()
            if said.startswith(NETWORK):
                _log.warning("keeper.has_a_network", reason=said[len(NETWORK) :].decode())
            problem = "" if said.startswith(NETWORK) else said.decode()
        except (OSError, EOFError) as error:
            problem = str(error) or "it ended before it was ready"
        if problem:
            if line is not None:
                line.end()
            _log.error("keeper.away", problem=problem)
            raise KeeperAway(f"the keeper of the sealing keys is not there: {problem}")
        assert line is not None
        return line


def begin(folder: Path, line: socket.socket) -> "subprocess.Popen[bytes]":
    """The child, which speaks over ``line``."""
    # Without -B it would try to write what it compiled. It gets nothing of the server's surroundings.
    command = [sys.executable, "-B", "-m", PROGRAM, str(folder)]
    surroundings = {"PYTHONPATH": os.pathsep.join(sys.path), "LANG": "C.UTF-8", "PATH": os.environ.get("PATH", "")}
    return subprocess.Popen(
        command, stdin=line.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=surroundings
    )


class _Line:
    """To one keeper, for one question after the other."""

    def __init__(self, line: socket.socket, process: "subprocess.Popen[bytes] | None", wall_seconds: float) -> None:
        self._line = line
        self._process = process
        self._wall_seconds = wall_seconds

    def ready(self) -> bytes:
        """What keeps it from being ready; nothing when it is. Raises OSError or EOFError."""
        self._line.settimeout(READY_SECONDS)
        problem = self._hear()
        self._line.settimeout(self._wall_seconds)
        return problem

    def ask(self, operation: bytes, content: bytes) -> bytes:
        """Raises OSError or EOFError when there is no answer to be had."""
        self._line.sendall(REQUEST.pack(operation, len(content)))
        self._line.sendall(content)
        return self._hear()

    def _hear(self) -> bytes:
        (length,) = ANSWER.unpack(self._read(ANSWER.size))
        return self._read(length)

    def end(self) -> None:
        self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _read(self, length: int) -> bytes:
        pieces = []
        while length:
            piece = self._line.recv(min(length, _PIECE))
            if not piece:
                raise EOFError
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)


def _connected(address: Path) -> socket.socket:
    line = socket.socket(socket.AF_UNIX)
    try:
        line.connect(str(address))
    except OSError as error:
        line.close()
        raise OSError(f"{address}: {error.strerror}") from error
    return line
