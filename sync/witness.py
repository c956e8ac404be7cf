"""This kiosk as a witness of the server's audit log: it keeps the highest checkpoint, and takes a newer one by proof only.

What it refused is kept as well, signed as it came: it proves what was shown here, whatever the server says later.
"""

import logging
from typing import Any, Final

from pydantic import ValidationError

from kiosk.store import Store
from sync.protocol import merkle
from sync.protocol.checkpoints import Checkpoint, Offer, Refusal, Witnessed

logger = logging.getLogger(__name__)

CHECKPOINT: Final = "checkpoint"
REFUSED: Final = "checkpoint_refused"


class Witness:
    """Belongs to the presence loop. ``city_key``: what the kiosk was given at its enrolment."""

    def __init__(self, store: Store, city_key: bytes) -> None:
        self._store = store
        self._city_key = city_key

    def report(self) -> Witnessed:
        """What the next heartbeat tells."""
        refused: Any = self._store.marks.get(REFUSED)
        if refused is None:
            return Witnessed(held=self.held())
        return Witnessed(
            held=self.held(), refused=_read(refused.get("checkpoint")), refusal=Refusal(refused.get("refusal"))
        )

    def held(self) -> Checkpoint | None:
        return _read(self._store.marks.get(CHECKPOINT))

    def hear(self, offer: Offer | None) -> bool:
        """Takes or refuses what the server offers; whether there is news that should be told at once.

        None: the server says that its newest checkpoint is the one held here.
        """
        if offer is None:
            return self._agreed()
        refusal = self._judge(offer)
        if refusal is not None:
            return self._refuse(offer.checkpoint, refusal)
        with self._store.transaction():
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
