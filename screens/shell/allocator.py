"""The C heap of a process that runs for months: few arenas, large blocks of their own, and freed memory given back.

glibc gives each thread an arena and keeps what was freed: after a page of a thousand widgets a fifth of the process is
memory that nobody uses. Elsewhere than on glibc all of this does nothing.
"""

import ctypes
from functools import cache
from typing import Final

#: Parameters of mallopt(3), and what they are set to: pictures come and go in blocks of their own.
M_TRIM_THRESHOLD: Final = -1
M_MMAP_THRESHOLD: Final = -3
M_ARENA_MAX: Final = -8
BLOCK_BYTES: Final = 256 * 1024
ARENAS: Final = 2


@cache
def _libc() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(None)
        library.mallopt, library.malloc_trim  # noqa: B018 - AttributeError where they are not
    except (OSError, AttributeError):
        return None
    return library


def bound() -> bool:
    """Call once, before there are threads. Whether the C library took it."""
    library = _libc()
    if library is None:
        return False
    wanted = ((M_ARENA_MAX, ARENAS), (M_MMAP_THRESHOLD, BLOCK_BYTES), (M_TRIM_THRESHOLD, BLOCK_BYTES))
    return all([library.mallopt(parameter, value) for parameter, value in wanted])


def give_back() -> bool:
    """Hand what was freed to the system: some milliseconds, so when nobody waits. Whether anything was."""
    library = _libc()
    return library is not None and bool(library.malloc_trim(0))
