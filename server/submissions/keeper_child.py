"""The keeper's process: ``python -m server.submissions.keeper_child FOLDER``, spoken to over its standard input.

It alone reads the private sealing keys, in ``FOLDER``. What comes to it is anybody's, so it runs where it can harm nobody: with
limits, without a network, and what it needs besides the keys, packs, it is told. With ``--listen SOCKET`` it serves a server of
another user, a process for each of its lines.
"""

from runtime import seldom_garbage  # noqa: F401, before all that is imported below

# isort: split
import base64
import json
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import BinaryIO, Final

from protocol.sealing import SealBroken, unseal
from server.keeper.messages import (
    NETWORK,
    NEW_KEY,
    NOT_OPENED,
    OPEN,
    OPENED,
    PACK,
    PACK_NUMBER,
    PUBLIC_KEYS,
    REQUEST,
    UNSEAL,
    answer,
)
from server.keeper.no_network import CannotRefuse, without_network
from server.keeper.sealing_keys import PrivateSealingKeys
from server.submissions.openings import Openings

MEMORY_BYTES: Final = 1_500_000_000
#: A new key and its public half are small files.
WRITTEN_BYTES: Final = 65_536
#: Of the socket: its own user's, and the group's that the server is in.
SOCKET_MODE: Final = 0o660
WAITING_LINES: Final = 16


def confine() -> str:
    """Why it still has a network; "" when it has none."""
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, WRITTEN_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))
    try:
        without_network()
    except CannotRefuse as error:
        return str(error)
    return ""


def serve(folder: Path, requests: BinaryIO, answers: BinaryIO) -> None:
    """Until there are no more requests."""
    try:
        keys = PrivateSealingKeys(folder)
    except OSError as error:
        answer(answers, f"{folder}: {error.strerror or error}".encode())
        return
    still = confine()
    answer(answers, NETWORK + still.encode() if still else b"")
    openings = Openings(keys)
    while head := requests.read(REQUEST.size):
        operation, length = REQUEST.unpack(head)
        answer(answers, _done(operation, requests.read(length), keys, openings))


def _done(operation: bytes, content: bytes, keys: PrivateSealingKeys, openings: Openings) -> bytes:
    match operation:
        case b"o":
            return openings.open_all(content)
        case b"p":
            (number,) = PACK_NUMBER.unpack_from(content)
            openings.learn(number, content[PACK_NUMBER.size :])
            return b""
        case b"u":
            return _unsealed(content, keys)
        case b"k":
            return json.dumps([(name, base64.b64encode(key).decode()) for name, key in keys.public()]).encode()
        case b"n":
            return keys.make().encode()
    raise ValueError(operation)


assert (OPEN, PACK, UNSEAL, PUBLIC_KEYS, NEW_KEY) == (b"o", b"p", b"u", b"k", b"n")


def _unsealed(content: bytes, keys: PrivateSealingKeys) -> bytes:
    size = content[0]
    key = keys.get(content[1 : 1 + size].decode(errors="replace"))
    if key is None:
        return NOT_OPENED
    try:
        return OPENED + unseal(content[1 + size :], key)
    except SealBroken:
        return NOT_OPENED


def listen(folder: Path, address: Path) -> None:
    """For ever; each line gets a process of its own, so that what ends one ends no other."""
    draft = address.with_name(f".{address.name}")
    draft.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as door:
        # Before the bind: there is no moment in which others could come in.
        os.umask(0o777 & ~SOCKET_MODE)
        door.bind(str(draft))
        door.listen(WAITING_LINES)
        draft.rename(address)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            line, _ = door.accept()
            with line:
                if os.fork() == 0:
                    door.close()
                    os.umask(0o077)
                    serve_line(folder, line)
                    os._exit(0)


def serve_line(folder: Path, line: socket.socket) -> None:
    """Until whoever is at its other end has no more requests."""
    # As files: a socket's own calls are among those that are refused.
    number = line.detach()
    with os.fdopen(number, "rb") as requests, os.fdopen(os.dup(number), "wb") as answers:
        serve(folder, requests, answers)


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0])
    if arguments[1:2] == ["--listen"]:
        listen(folder, Path(arguments[2]))
    else:
        serve_line(folder, socket.socket(fileno=0))


if __name__ == "__main__":
    main(sys.argv[1:])
