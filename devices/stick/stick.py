"""Saving a file on a stick: written, made durable, read back, and only then given its name."""

import errno
import hashlib
import logging
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from devices.stick.volume import Sticks, Volume
from protocol.peripherals import StickOutcome

logger = logging.getLogger(__name__)

#: Of a file that is not whole yet; whoever pulls the stick out finds no half file under the right name.
DRAFT: Final = ".part"
_OUTCOMES: Final[Mapping[int, StickOutcome]] = MappingProxyType(
    {
        errno.ENOSPC: StickOutcome.FULL,
        errno.EDQUOT: StickOutcome.FULL,
        # FAT takes no file of four gigabytes.
        errno.EFBIG: StickOutcome.FULL,
        errno.EROFS: StickOutcome.READ_ONLY,
        errno.EACCES: StickOutcome.READ_ONLY,
        errno.EPERM: StickOutcome.READ_ONLY,
        errno.EIO: StickOutcome.PULLED_OUT,
        errno.ENODEV: StickOutcome.PULLED_OUT,
        errno.ENXIO: StickOutcome.PULLED_OUT,
        errno.ENOENT: StickOutcome.PULLED_OUT,
        errno.ESTALE: StickOutcome.PULLED_OUT,
    }
)


class Stick:
    """Implements ``kiosk.ports.Stick``. Any thread; takes as long as the stick does."""

    def __init__(self, sticks: Sticks) -> None:
        self._sticks = sticks

    def save(self, name: str, pieces: Iterable[bytes]) -> StickOutcome:
        """SAVED: the whole file is on the stick and was read back. Anything else: it is not there under that name.

        What ``pieces`` raises is passed on; nothing is left of the file then.
        """
        found = self._sticks.look()
        if isinstance(found, StickOutcome):
            return found
        try:
            outcome = _write(found, name, pieces)
        except OSError as error:
            logger.warning("saving on the stick failed: %s", error.strerror)
            outcome = _OUTCOMES.get(error.errno or 0, StickOutcome.FAULT)
        if outcome is not StickOutcome.SAVED:
            _remove(found, name + DRAFT)
        return outcome


def _write(volume: Volume, name: str, pieces: Iterable[bytes]) -> StickOutcome:
    wanted = hashlib.sha256()
    whole = False
    try:
        with volume.create(name + DRAFT) as draft:
            for piece in pieces:
                wanted.update(piece)
                draft.write(piece)
            draft.sync()
        whole = True
    finally:
        if not whole:
            _remove(volume, name + DRAFT)
    if volume.digest(name + DRAFT) != wanted.hexdigest():
        logger.warning("the stick gave back other bytes than were written")
        return StickOutcome.FAULT
    volume.publish(name + DRAFT, name)
    return StickOutcome.SAVED


def _remove(volume: Volume, name: str) -> None:
    try:
        volume.remove(name)
    except OSError:
        logger.info("nothing could be removed from the stick")
