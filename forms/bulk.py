"""Making very many objects that all stay.

A form of ten thousand questions is a million objects. While they are made, Python's collector of cycles looks through
all of them again and again and finds nothing; that is half of the time to load such a form.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

LARGE_FORM_BYTES = 512 * 1024
"""From this size on a form's XML is read without the collector."""

LARGE_FORM_NODES = 5_000
"""From so many nodes on a form is opened without the collector."""


@contextmanager
def collector_paused(*, when: bool) -> Iterator[None]:
    """Leave out collections of cycles inside the block.

    The collector is the process's own: of several threads that overlap, the first to begin lets it run again, and it
    stays off where the caller had turned it off.
    """
    paused = when and gc.isenabled()
    if paused:
        gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()
