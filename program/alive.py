"""What this program and its launcher tell each other: that it is well while it is tried, and that it came back."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from kiosk.kiosk import Kiosk
from kiosk.store import Store
from launcher.disk import RealDisk
from launcher.slots import LAUNCH, TRYING, Alive, Slots
from sync.down.as_one import back_as_one
from sync.down.programs import troubles

#: How often; the launcher waits twelve times as long.
TELL_S: Final = 5.0

logger = logging.getLogger(__name__)


def come_back(store: Store, programs: Path, now: datetime) -> None:
    """At the start, before packs and settings are used."""
    slots = Slots(RealDisk(), programs)
    runs = slots.number(slots.current())
    if back_as_one(store, now=now, runs=runs):
        logger.warning("release %d runs again, with the pack and the settings of then", runs)


@contextmanager
def alive(kiosk: Kiosk, programs: Path) -> Iterator[None]:
    """Tells the launcher, from the screens' own thread, as long as it tries this program out. Nothing without one."""
    launch = os.environ.get(LAUNCH, "")
    if not launch:
        yield
        return
    from kivy.clock import Clock

    slots = Slots(RealDisk(), programs)
    ticks = iter(range(1, 1 << 62))

    def tell(_seconds: float) -> bool:
        if slots.state().phase != TRYING:
            return False
        try:
            slots.tell(Alive(launch, next(ticks), troubles(kiosk)))
        except OSError as error:
            logger.error("the launcher cannot be told: %s", error)
        return True

    telling = Clock.schedule_interval(tell, TELL_S)
    try:
        yield
    finally:
        telling.cancel()
