"""Ratings on their way up: in batches, each told once, kept for as long as the server cannot take them."""

import json
import logging
from typing import Final

from kiosk.store import Store
from kiosk.store.reports import ReportKind
from sync.client import Answer, Client, Outcome
from sync.protocol.reports import RATINGS_AT_ONCE

logger = logging.getLogger(__name__)

RATINGS: Final = "/v1/ratings"


class ReportDelivery:
    """Belongs to the presence loop."""

    def __init__(self, store: Store, client: Client) -> None:
        self._store = store
        self._client = client

    def deliver(self) -> Answer | None:
        """All that waits, batch by batch. None: nothing does. The last answer otherwise."""
        answer = None
        while batch := self._store.reports.waiting(ReportKind.RATING, RATINGS_AT_ONCE):
            answer = self._client.post(RATINGS, json.dumps({"items": [one.body for one in batch]}).encode())
            if answer.outcome is Outcome.REJECTED:
                logger.warning("%d ratings were refused: %s", len(batch), answer.detail)
            elif not answer.ok:
                # Also 404: an older server, which learns to take them with its next version.
                return answer
            self._store.reports.told(one.id for one in batch)
        return answer
