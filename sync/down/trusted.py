"""The city's signed metadata at this kiosk, by the time that the server corrected."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from tuf.api.exceptions import ExpiredMetadataError
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface

from kiosk.machine.high_water import CorrectedClock

METADATA: Final = "/v1/packs/metadata/"
TARGETS: Final = "/v1/packs/targets/"
#: A correction by less changes nothing about what is expired.
_SAME_TIME: Final = timedelta(minutes=1)


def updater_of(
    clock: CorrectedClock, metadata: Path, targets: Path, fetcher: FetcherInterface, tuf_root: bytes
) -> Updater:
    updater = Updater(
        metadata_dir=str(metadata),
        metadata_base_url=METADATA,
        target_dir=str(targets),
        target_base_url=TARGETS,
        fetcher=fetcher,
        bootstrap=tuf_root,
    )
    # Expiry is judged by the time that the server corrected, not by a clock that may be years off. The library
    # has no public way to say so.
    updater._trusted_set.reference_time = clock.now()
    return updater


def refreshed(clock: CorrectedClock, make: Callable[[], Updater]) -> Updater:
    """With metadata that the server's time does not call expired, also when the first answers taught that time."""
    before = clock.offset
    updater = make()
    try:
        updater.refresh()
    except ExpiredMetadataError:
        if _is_still_the_time(clock, before):
            raise
    if not _is_still_the_time(clock, before):
        updater = make()
        updater.refresh()
    return updater


def _is_still_the_time(clock: CorrectedClock, before: timedelta) -> bool:
    return abs(clock.offset - before) < _SAME_TIME
