"""A kiosk and a server as processes of their own, so that they can be killed as by a power cut.

They are forked from a process that has imported everything, which takes tenths of a second instead of seconds.
"""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from kiosk.ports import Failpoint
from kiosk.store.outbox import OutboxState
from protocol.limits import CHUNK_BYTES
from server.foundation.failpoints import Failpoints
from sync import enrolment as enrolments
from sync.down.feed import CURSOR
from tests.forked import PROCESSES
from tests.kiosk.kiosk_kit import PaperSlip, SimplePrinter
from tests.sync.line_kit import OnLine, city_server, kiosk_on_line, until

EXIT_WITHIN_S = 30.0
#: A picture of three chunks, so that there is a first, a middle and a last one.
PICTURE = b"\xff\xd8\xff\xe0" + bytes(2 * CHUNK_BYTES + 1_000)


def die_at(place: str) -> Failpoint:
    """A failpoint that kills this process when ``name`` is reached, or with ``name#3`` at the third time."""
    name, _, time = place.partition("#")
    left = int(time or 1)

    def reached(point: str) -> None:
        nonlocal left
        if point == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return reached


class MortalPrinter(SimplePrinter):
    """Tells when a slip begins to come out and when it is out; what it printed is kept in a file, as paper is."""

    def __init__(self, failpoint: Failpoint, paper: Path) -> None:
        super().__init__()
        self._failpoint = failpoint
        self._paper = paper

    def print(self, slip: PaperSlip, *, job_id: str, copy: bool = False, done: Any) -> None:
        self._failpoint("slip.begun")
        with self._paper.open("a") as paper:
            paper.write(slip.all_text + "\f")
        self._failpoint("slip.printed")
        super().print(slip, job_id=job_id, copy=copy, done=done)


def kiosk_process(folder: Path, point: str, send: bool, saved: Any, head: int = 0) -> None:
    """A kiosk's life: start, perhaps one submission, until the outbox is empty, erased, a pack is there, and its feed is applied
    and reported up to ``head``."""
    enrolment = enrolments.load(folder)
    assert enrolment is not None
    failpoint = die_at(point)
    made = kiosk_on_line(
        folder, enrolment, failpoint=failpoint, printer=MortalPrinter(failpoint, folder.with_suffix(".paper"))
    )
    made.at.kiosk.settings.store_new({"keep_acknowledged_s": 0})
    made.at.kiosk.settings.reload()
    made.line.load_kept_pack()
    made.line.start()
    if send:
        saved.send(made.send(PICTURE).code)
    until(lambda: _nothing_left(made) and made.at.store.packs.newest_first() and _applied(made, head))
    saved.send("")
    made.stop()


def _applied(made: OnLine, head: int) -> bool:
    commands = made.at.store.commands
    return made.at.store.marks.get(CURSOR, 0) >= head and not commands.unfinished() and not commands.unreported()


def _nothing_left(made: OnLine) -> bool:
    """All is acknowledged, and no payload is kept."""
    outbox = made.at.store.outbox
    kept = [one for seq in range(1, 4) if (one := outbox.get(seq)) is not None]
    if not all(one.state is OutboxState.ACKNOWLEDGED for one in kept):
        return False
    if any(one.sealed for one in kept):
        # What was acknowledged a moment ago by a clock that the server has since put right is erased in a later turn;
        # an idle outbox takes one a minute.
        made.line.retry_now()
        return False
    return True


def run_kiosk(folder: Path, point: str = "", *, send: bool, head: int = 0) -> tuple[int, list[str]]:
    """Its exit code (-9: killed) and the codes that it had called saved."""
    receiver, sender = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=kiosk_process, args=(folder, point, send, sender, head))
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
