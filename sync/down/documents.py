"""What the city publishes, on its way down: asked for when a heartbeat tells of a newer version, kept when it is signed."""

import json
import logging
from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from kiosk.city.open_city import OpenCity
from kiosk.machine.room import Room
from kiosk.store import Use
from kiosk.store.documents import StoredDocument
from protocol.documents import BUDGET, DOCUMENT_BYTES, TRANSPARENCY, DocumentRefused, SignedDocument, verify
from sync.client import Answer, Client

logger = logging.getLogger(__name__)

PATH: Final = "/v1/documents"
_WANTED: Final = (TRANSPARENCY, BUDGET)


class DocumentDelivery:
    """Belongs to the presence loop."""

    def __init__(self, city: OpenCity, room: Room, client: Client, verify_key: bytes) -> None:
        self._city = city
        self._room = room
        self._client = client
        self._verify_key = verify_key
        self._announced: Mapping[str, int] = {}
        #: Versions that could not be used, so that they are not asked for again and again.
        self._useless: dict[str, int] = {}

    def announced(self, versions: Mapping[str, int]) -> None:
        """What a heartbeat's answer said of the newest versions."""
        self._announced = versions

    def fetch(self) -> Answer | None:
        """One request for each document that is newer there. None: nothing is; else the last answer."""
        answer = None
        kept = self._city.versions()
        for name in _WANTED:
            version = self._announced.get(name, 0)
            if version <= max(kept.get(name, 0), self._useless.get(name, 0)):
                continue
            if not self._room.has(Use.NEW, DOCUMENT_BYTES):
                # It is asked for again with every heartbeat.
                return answer
            answer = self._client.request("GET", f"{PATH}/{name}", limit=DOCUMENT_BYTES)
            if not answer.ok:
                return answer
            if not self._take(name, answer):
                self._useless[name] = version
        return answer

    def _take(self, name: str, answer: Answer) -> bool:
        try:
            document = SignedDocument.model_validate_json(answer.body)
            verify(document, self._verify_key)
            body = json.loads(document.body)
        except (ValidationError, DocumentRefused, ValueError) as error:
            logger.error("the document %s cannot be used: %s", name, type(error).__name__)
            return False
        if document.name != name:
            logger.error("another document than %s came", name)
            return False
        return self._city.keep(StoredDocument(name, document.version, document.made_at, body))
