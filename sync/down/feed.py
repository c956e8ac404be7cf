"""The feed: pulled by cursor until nothing is left, then live, each event applied once.

The cursor is committed in the same transaction as the event's effect. A live stream that is silent for longer than
the read time-out is a dead link; where streams do not come through at all (a proxy that buffers), the feed is polled.
"""

import logging
import socket
from collections.abc import Callable
from typing import Final

import requests
from pydantic import ValidationError

from kiosk.kiosk import Kiosk
from protocol.messages import FeedEvent, FeedPage
from runtime.workers import Tries
from sync.backoff import tries
from sync.client import Answer, Client, Outcome
from sync.down.effects import Effects
from sync.down.sse import StreamBroken, events
from sync.monitor import Monitor

logger = logging.getLogger(__name__)

LOOP: Final = "feed"
CURSOR: Final = "feed_cursor"
PAGE: Final = "/v1/feed"
LIVE: Final = "/v1/feed/live"
#: So many streams in a row that brought nothing at all: something between buffers them.
DEAF_STREAMS: Final = 2
POLL_S: Final = 10.0
#: Polled so often before a stream is tried again.
_POLLS: Final = 30


class FeedDuty:
    """Belongs to its loop's thread. ``applied`` is called after each commit."""

    def __init__(
        self,
        kiosk: Kiosk,
        client: Client,
        monitor: Monitor,
        effects: Effects,
        stopping: Callable[[], bool],
        applied: Callable[[], None],
        backoff: Tries | None = None,
    ) -> None:
        self._kiosk = kiosk
        self._client = client
        self._monitor = monitor
        self._effects = effects
        self._stopping = stopping
        self._applied = applied
        self._backoff = backoff or tries()
        self._deaf = 0
        self._polls = 0
        self._response: requests.Response | None = None

    @property
    def cursor(self) -> int:
        return int(self._kiosk.store.marks.get(CURSOR, 0))

    def turn(self) -> float | None:
        answer = self.pull()
        self._monitor.report(LOOP, answer)
        if not answer.ok:
            return self._backoff.failed(answer.retry_after)
        if self._deaf >= DEAF_STREAMS and self._polls < _POLLS:
            self._polls += 1
            return POLL_S
        self._polls = 0
        ended = self._live()
        if self._stopping():
            return None
        if ended.ok:
            # The stream ended as streams do when a server restarts; what it brought was good.
            self._backoff.succeeded()
            return self._backoff.failed()
        self._monitor.report(LOOP, ended)
        return self._backoff.failed(ended.retry_after)

    def setup(self) -> None:
        """The client connects when it is asked something."""

    def teardown(self) -> None:
        self._client.close()

    def interrupt(self) -> None:
        """Ends a stream that is being read; from another thread."""
        response = self._response
        if response is not None:
            _shut(response)

    # --- by cursor -------------------------------------------------------------------------------------------------

    def pull(self) -> Answer:
        """Pages until the head is reached."""
        while True:
            cursor = self.cursor
            answer = self._client.get(PAGE, {"after": str(cursor)})
            if not answer.ok:
                return answer
            try:
                page = FeedPage.model_validate_json(answer.body)
            except ValidationError:
                return answer.unreadable("the feed")
            for event in page.events:
                self._apply(event)
            if self._stopping() or not page.events or self.cursor >= page.head:
                return answer
            if self.cursor == cursor:
                return answer.unreadable("the feed")

    # --- live ------------------------------------------------------------------------------------------------------

    def _live(self) -> Answer:
        heard = False
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-cache"}
        with self._client.open("GET", LIVE, query={"after": str(self.cursor)}, headers=headers) as stream:
            if stream.response is None or not stream.answer.ok:
                return stream.answer
            self._response = stream.response
            if self._stopping():
                # ``interrupt`` may have come just before there was anything to interrupt.
                return Answer(Outcome.OK)
            try:
                for event in events(stream.response.iter_content(chunk_size=None)):
                    if not heard:
                        heard = True
                        self._deaf = 0
                        self._backoff.succeeded()
                        self._monitor.report(LOOP, Answer(Outcome.OK))
                    if self._stopping() or (event.data and not self._take(event.data)):
                        break
            except requests.RequestException as error:
                logger.info("the live feed ended: %s", type(error).__name__)
            except StreamBroken as error:
                logger.warning("the live feed cannot be read: %s", error)
            finally:
                self._response = None
        if not heard:
            self._deaf += 1
        return Answer(Outcome.OK)

    def _take(self, data: str) -> bool:
        """False: something is missing before this event, or it cannot be read; the pages tell."""
        try:
            event = FeedEvent.model_validate_json(data)
        except ValidationError:
            logger.warning("an event of the live feed cannot be read")
            return False
        if event.n > self.cursor + 1:
            return False
        self._apply(event)
        return True

    # --- both ------------------------------------------------------------------------------------------------------

    def _apply(self, event: FeedEvent) -> None:
        with self._kiosk.store.transaction():
            if event.n <= self.cursor:
                return
            afterwards = self._effects.apply(event)
            self._kiosk.store.marks.set(CURSOR, event.n)
            self._kiosk.ports.failpoint("feed.before_commit")
        self._kiosk.ports.failpoint("feed.after_commit")
        if afterwards is not None:
            afterwards()
        self._applied()


def _shut(response: requests.Response) -> None:
    connection = getattr(response.raw, "_connection", None)
    sock = getattr(connection, "sock", None)
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            logger.debug("the stream was closed already")
