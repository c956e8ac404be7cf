"""This kiosk as a witness of the server's audit log: it keeps the highest checkpoint, and takes a newer one by proof only.

What it refused is kept as well, signed as it came: it proves what was shown here, whatever the server says later. Only
the city's own word that the log was set back (after a restore) makes the kiosk let go of what it holds, once for each
such word, and it tells for ever that it did.
"""

import logging
from typing import Any, Final

from pydantic import ValidationError

from kiosk.store import Store
from protocol import merkle
from protocol.checkpoints import Checkpoint, Offer, Refusal, Witnessed

logger = logging.getLogger(__name__)

CHECKPOINT: Final = "checkpoint"
REFUSED: Final = "checkpoint_refused"
#: The last restart that was known when a checkpoint was taken: it is good for nothing any more.
RESTART: Final = "checkpoint_restart"
RESTARTS: Final = "checkpoint_restarts"


class Witness:
    """Belongs to the presence loop. ``city_key``: what the kiosk was given at its enrolment."""

    def __init__(self, store: Store, city_key: bytes) -> None:
        self._store = store
        self._city_key = city_key

    def report(self) -> Witnessed:
        """What the next heartbeat tells."""
        refused: Any = self._store.marks.get(REFUSED)
        restarts = int(self._store.marks.get(RESTARTS, 0))
        if refused is None:
            return Witnessed(held=self.held(), restarts=restarts)
        return Witnessed(
            held=self.held(),
            refused=_read(refused.get("checkpoint")),
            refusal=Refusal(refused.get("refusal")),
            restarts=restarts,
        )

    def held(self) -> Checkpoint | None:
        return _read(self._store.marks.get(CHECKPOINT))

    def hear(self, offer: Offer | None) -> bool:
        """Takes or refuses what the server offers; whether there is news that should be reported at once.

        None: the server says that its newest checkpoint is the one held here.
        """
        if offer is None:
            return self._agreed()
        refusal = self._judge(offer)
        restarted = refusal not in (None, Refusal.UNSIGNED) and self._was_set_back(offer)
        if refusal is not None and not restarted:
            return self._refuse(offer.checkpoint, refusal)
        with self._store.transaction():
            if restarted:
                self._store.marks.set(RESTARTS, int(self._store.marks.get(RESTARTS, 0)) + 1)
                logger.warning("the city says that its audit log was set back; what was held here is let go")
            if offer.restart is not None:
                self._store.marks.set(RESTART, offer.restart.checkpoint.model_dump(mode="json"))
            self._store.marks.set(CHECKPOINT, offer.checkpoint.model_dump(mode="json"))
            self._agreed()
        return True

    def _judge(self, offer: Offer) -> Refusal | None:
        point, held = offer.checkpoint, self.held()
        if not offer.key.certified_by(self._city_key) or not point.signed_by(offer.key.public_key):
            return Refusal.UNSIGNED
        if held is None:
            return None
        if point.size < held.size:
            return Refusal.SHRUNK
        if point.size == held.size:
            return None if point.root == held.root else Refusal.SPLIT
        if merkle.consistent(held.size, held.root, point.size, point.root, offer.proof):
            return None
        return Refusal.REWRITTEN

    def _was_set_back(self, offer: Offer) -> bool:
        """By the city's word, which this kiosk has not heard before, and to a log that adds to what the word names."""
        restart, point = offer.restart, offer.checkpoint
        if restart is None or not restart.said_by(self._city_key) or restart.checkpoint == self._known_restart():
            return False
        start = restart.checkpoint
        return merkle.consistent(start.size, start.root, point.size, point.root, offer.restart_proof)

    def _known_restart(self) -> Checkpoint | None:
        return _read(self._store.marks.get(RESTART))

    def _refuse(self, point: Checkpoint, refusal: Refusal) -> bool:
        noted = {"refusal": refusal.value, "checkpoint": point.model_dump(mode="json")}
        if noted == self._store.marks.get(REFUSED):
            return False
        self._store.marks.set(REFUSED, noted)
        logger.error("a checkpoint of the audit log at %d is refused: %s", point.size, refusal.value)
        return True

    def _agreed(self) -> bool:
        if self._store.marks.get(REFUSED) is None:
            return False
        self._store.marks.remove(REFUSED)
        logger.warning("the audit log agrees again with what this kiosk holds")
        return True


def _read(value: Any) -> Checkpoint | None:
    try:
        return None if value is None else Checkpoint.model_validate(value)
    except ValidationError:
        return None
