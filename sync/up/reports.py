"""Calls for help and ratings on their way up: each delivered once, kept for as long as the server cannot take them."""

import base64
import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from kiosk.ports import Clock
from kiosk.session.help_calls import STALE_S
from kiosk.store import Store
from kiosk.store.reports import ReportKind
from protocol.reports import RATINGS_AT_ONCE
from sync.client import Answer, Client

logger = logging.getLogger(__name__)

RATINGS: Final = "/v1/ratings"
HELP_CALLS: Final = "/v1/help-calls"
LOGS: Final = "/v1/logs"
READINESS: Final = "/v1/readiness"
PHOTOS: Final = "/v1/visit-photos"
_CALLS_AT_ONCE: Final = 10
_TOO_MANY: Final = 429
#: When the server does not say for how long.
_UNREPORTED_S: Final = 60.0


class ReportDelivery:
    """Belongs to the presence loop."""

    def __init__(self, store: Store, client: Client, clock: Clock) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        #: Until when a path is left alone, on the monotonic clock: its quota at the server is used up.
        self._not_before: dict[str, float] = {}

    def deliver(self) -> Answer | None:
        """All that waits: who calls for help first. None: nothing does, or may now. The last answer otherwise."""
        called = self._help_calls() if self._may(HELP_CALLS) else None
        if called is not None and not called.ok:
            return self._slowed(HELP_CALLS, called)
        tested = self._readiness() if self._may(READINESS) else None
        if tested is not None and not tested.ok and not tested.final:
            return self._slowed(READINESS, tested)
        seen = self._photos() if self._may(PHOTOS) else None
        if seen is not None and not seen.ok and not seen.final:
            return self._slowed(PHOTOS, seen)
        told = self._logs() if self._may(LOGS) else None
        if told is not None and not told.ok:
            return self._slowed(LOGS, told)
        rated = self._ratings() if self._may(RATINGS) else None
        return (self._slowed(RATINGS, rated) if rated is not None else None) or told or seen or tested or called

    def _may(self, path: str) -> bool:
        return self._clock.monotonic() >= self._not_before.get(path, 0.0)

    def _slowed(self, path: str, answer: Answer) -> Answer | None:
        """A quota holds back what it is about, and neither heartbeats nor the other reports."""
        if answer.status != _TOO_MANY:
            return answer
        self._not_before[path] = self._clock.monotonic() + (answer.retry_after or _UNREPORTED_S)
        logger.warning("%s waits: the server has enough of it for now", path)
        return None

    def _help_calls(self) -> Answer | None:
        answer = None
        for call in self._store.reports.waiting(ReportKind.HELP_CALL, _CALLS_AT_ONCE):
            age = self._clock.now() - datetime.fromisoformat(call.body["asked_at"])
            if age.total_seconds() < STALE_S:
                answer = self._client.post(HELP_CALLS, json.dumps(call.body).encode())
                if not answer.ok and not answer.final:
                    return answer
            self._store.reports.reported([call.id])
        return answer

    def _readiness(self) -> Answer | None:
        return self._one_by_one(ReportKind.READINESS, READINESS, _signed)

    def _photos(self) -> Answer | None:
        return self._one_by_one(ReportKind.VISIT_PHOTO, PHOTOS, _as_kept)

    def _one_by_one(self, kind: ReportKind, path: str, message: Callable[[dict[str, Any]], Any]) -> Answer | None:
        """Each by itself; kept until the server has it or refuses it for what it is."""
        answer = None
        for kept in self._store.reports.waiting(kind, _CALLS_AT_ONCE):
            answer = self._client.post(path, json.dumps(message(kept.body)).encode())
            if answer.final:
                logger.error("%s %s was refused: %s", kind, kept.id, answer.detail)
            elif not answer.ok:
                # Also 404: an older server, which learns to take it with its next version.
                return answer
            self._store.reports.reported([kept.id])
        return answer

    def _logs(self) -> Answer | None:
        answer = None
        for log in self._store.reports.waiting(ReportKind.LOG, _CALLS_AT_ONCE):
            answer = self._client.post(LOGS, json.dumps(log.body).encode())
            if not answer.ok and not answer.final:
                return answer
            self._store.reports.reported([log.id])
        return answer

    def _ratings(self) -> Answer | None:
        answer = None
        while batch := self._store.reports.waiting(ReportKind.RATING, RATINGS_AT_ONCE):
            answer = self._client.post(RATINGS, json.dumps({"items": [one.body for one in batch]}).encode())
            if answer.final:
                logger.warning("%d ratings were refused: %s", len(batch), answer.detail)
            elif not answer.ok:
                # Also 404: an older server, which learns to take them with its next version.
                return answer
            self._store.reports.reported(one.id for one in batch)
        return answer


def _as_kept(body: dict[str, Any]) -> dict[str, Any]:
    return body


def _signed(body: dict[str, Any]) -> dict[str, str]:
    """A readiness report as it travels: its bytes, and their signature."""
    return {"body": _base64(body["body"].encode()), "signature": _base64(bytes.fromhex(body["signature"]))}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
