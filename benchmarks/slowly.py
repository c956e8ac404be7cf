"""A machine that is slow: a process that gets a quarter of one core, whatever the machine has.

It is bound to one core and stopped for three quarters of the time, in turns shorter than a frame, as ``cpulimit`` does.
No privileges are wanted, as a cgroup would.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SHARE: Final = 0.25
#: Seconds of one turn of running and standing still.
TURN_S: Final = 0.02


@contextmanager
def slowly(pid: int, share: float = SHARE) -> Iterator[None]:
    """While in it, the process gets ``share`` of one core. It runs freely afterwards, if it still does."""
    over = threading.Event()

    def hold() -> None:
        while not over.is_set():
            try:
                os.kill(pid, signal.SIGSTOP)
                time.sleep(TURN_S * (1 - share))
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                return
            time.sleep(TURN_S * share)

    os.sched_setaffinity(pid, {min(os.sched_getaffinity(0))})
    holder = threading.Thread(target=hold, name="slowly")
    holder.start()
    try:
        yield
    finally:
        over.set()
        holder.join()
