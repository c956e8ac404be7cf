"""What a process does so that nothing of it is left on a disk when it dies. First thing in the kiosk's and the server's main.

Python cannot wipe a ``str``: what a citizen typed is in memory until that memory is used again. What can be done is that
the memory never reaches a disk: no core file, no other process of the same user that looks in, no swap.
"""

import ctypes
import logging
import resource
import sys
from dataclasses import dataclass
from typing import Final

logger = logging.getLogger(__name__)

_PR_SET_DUMPABLE: Final = 4
_PR_GET_DUMPABLE: Final = 3
#: Present and future pages, each from when it is first used.
_MCL_ALL: Final = 1 | 2 | 4


@dataclass(frozen=True, slots=True)
class Guarded:
    """What could be had. ``no_core``: no core file, by limit and by flag. ``locked``: the memory never goes to swap."""

    no_core: bool
    locked: bool


def guard(*, lock: bool) -> Guarded:
    """Of this process; children inherit the limit. ``lock``: also ask that memory is not swapped, which is given where the
    system's limit on it is lifted (``LimitMEMLOCK=infinity``)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not sys.platform.startswith("linux"):
        return Guarded(no_core=True, locked=False)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    no_core = libc.prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 0
    # With a finite limit later memory would be refused, and the program would end.
    unlimited = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY
    locked = lock and unlimited and libc.mlockall(_MCL_ALL) == 0
    guarded = Guarded(no_core, locked)
    logger.info("core files: none; memory: %s", "locked" if locked else "may be swapped where there is swap")
    return guarded
