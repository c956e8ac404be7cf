"""Named places where a test ends the process or raises; in service they do nothing.

=============================  ======================================================================================
``submissions.opened``         envelopes are unsealed and checked, nothing is written
``submissions.written``        everything is written, the transaction is not committed
``submissions.committed``      committed, no hint published, no answer sent
``attachment.appended``        a chunk is in the file, not yet synced
``attachment.synced``          the chunk is durable, the row does not say so
``attachment.renamed``         a whole blob has its final name, the row does not say so
``attachment.recorded``        committed as complete, no answer sent
``case.committed``             an officer's action is committed, no hint published
``enrolment.written``          a kiosk is written, not committed
``pack.files_written``         a pack's file is on disk, its row is not committed
``pack.committed``             its row is committed, the signed metadata do not list it
``pack.listed``                the metadata list it, no kiosk's feed says so
``pack.announced``             every kiosk's feed says so, no hint published
``feed.applied``               a kiosk's report is written, not committed
=============================  ======================================================================================

From outside, ``EKIOS_FAILPOINT=<name>`` makes ``python -m server serve`` die there as by a power cut.
"""

import os
from collections.abc import Callable

NAMES = (
    "submissions.opened",
    "submissions.written",
    "submissions.committed",
    "attachment.appended",
    "attachment.synced",
    "attachment.renamed",
    "attachment.recorded",
    "case.committed",
    "enrolment.written",
    "pack.files_written",
    "pack.committed",
    "pack.listed",
    "pack.announced",
    "feed.applied",
)


class Failpoints:
    """``actions[name]`` is called when its place is reached."""

    def __init__(self) -> None:
        self.actions: dict[str, Callable[[], None]] = {}

    def reach(self, name: str) -> None:
        if self.actions and (action := self.actions.get(name)) is not None:
            action()


def from_environment() -> Failpoints:
    failpoints = Failpoints()
    if name := os.environ.get("EKIOS_FAILPOINT"):
        if name not in NAMES:
            raise ValueError(f"no failpoint is called {name!r}")
        failpoints.actions[name] = lambda: os._exit(137)
    return failpoints
