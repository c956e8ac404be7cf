"""What becomes of a release, and of a kiosk that was asked to take it."""

from enum import StrEnum
from typing import Final

from server.catalogue.pack_rows import TAKEN_BACK

#: In the order in which a release comes to them.
RINGS: Final = ("test", "early", "all")


class ReleaseState(StrEnum):
    ROLLING = "rolling"
    #: By somebody; kiosks that were asked before may still take it.
    PAUSED = "paused"
    #: By itself, because too many kiosks were worse with it.
    STOPPED = "stopped"
    #: Every kiosk gets it.
    DONE = "done"
    #: A newer one came before it was done.
    REPLACED = "replaced"
    TAKEN_BACK = TAKEN_BACK


class KioskStep(StrEnum):
    OFFERED = "offered"
    TRYING = "trying"
    PROVEN = "proven"
    FAILED = "failed"


#: Asked, and nobody knows yet how it ends.
OPEN: Final = (KioskStep.OFFERED, KioskStep.TRYING)
JUDGED: Final = (KioskStep.PROVEN, KioskStep.FAILED)
#: Somebody may take it back, or has to decide how it goes on.
LIVE: Final = (ReleaseState.ROLLING, ReleaseState.PAUSED, ReleaseState.STOPPED)
