"""A kiosk and a server as processes of their own, so that they can be killed as by a power cut.

They are forked from a process that has imported everything, which takes tenths of a second instead of seconds.
"""

import multiprocessing
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from kiosk.ports import Failpoint
from server.failpoints import Failpoints
from sync import enrolment as enrolments
from tests.sync.line_kit import city_server, kiosk_on_line, until

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.sync.processes"])
EXIT_WITHIN_S = 30.0


def die_at(name: str) -> Failpoint:
    """A failpoint that kills this process the first time it is reached."""

    def reached(point: str) -> None:
        if point == name:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


def kiosk_process(folder: Path, point: str, send: bool, saved: Any) -> None:
    """A kiosk's life: start, perhaps one submission, until the outbox is empty and a pack is there."""
    enrolment = enrolments.load(folder)
    assert enrolment is not None
    made = kiosk_on_line(folder, enrolment, failpoint=die_at(point))
    made.line.load_kept_pack()
    made.line.start()
    if send:
        saved.send(made.send().code)
    until(lambda: made.all_acknowledged() and made.at.store.packs.newest_first())
    saved.send("")
    made.stop()


def run_kiosk(folder: Path, point: str = "", *, send: bool) -> tuple[int, list[str]]:
    """Its exit code (-9: killed) and the codes that it had called saved."""
    receiver, sender = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=kiosk_process, args=(folder, point, send, sender))
    process.start()
    sender.close()
    codes = []
    try:
        while receiver.poll(EXIT_WITHIN_S):
            codes.append(receiver.recv())
    except EOFError:
        pass
    finish(process)
    return process.exitcode or 0, [code for code in codes if code]


def server_process(data: Path, port: int, point: str, ready: Any) -> None:
    failpoints = Failpoints()
    if point:
        failpoints.actions[point] = lambda: os._exit(137)
    with city_server(data, port=port, failpoints=failpoints):
        ready.send("ready")
        signal.sigwait({signal.SIGTERM})


@contextmanager
def server_running(data: Path, port: int, point: str = "") -> Iterator[BaseProcess]:
    receiver, sender = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=server_process, args=(data, port, point, sender))
    process.start()
    sender.close()
    try:
        assert receiver.poll(EXIT_WITHIN_S), "the server did not start"
        receiver.recv()
        yield process
    finally:
        if process.is_alive():
            process.kill()
        process.join()


def finish(process: BaseProcess) -> None:
    process.join(EXIT_WITHIN_S)
    if process.is_alive():
        process.kill()
        process.join()
        raise AssertionError("the process did not end")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
