"""Hints between parts of the server and, with NATS, between its processes.

A hint says "look again", never what has changed: it may be lost, doubled or late, and whoever waits for one also
looks by itself from time to time. Hints come after the commit: ``UnitOfWork.hint`` gives them, nothing else publishes.

==================  ============================================================================================
``feed:<kiosk>``    the kiosk's feed has grown
``inbox:<agency>``  a case of the agency is new or changed; the hint is its tracking code
``case:<code>``     this case changed
``fleet``           a heartbeat, visit, enrolment or alarm; the hint is the kiosk's id
``packs``           a pack was published or taken back; the hint is its number
==================  ============================================================================================
"""

import asyncio
import contextlib
import json
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

FEED: Final = "feed"
FLEET: Final = "fleet"
PACKS: Final = "packs"
#: Hints that one subscriber can have waiting; more are dropped, it will look anyway.
WAITING_HINTS: Final = 64
RECONNECT_S: Final = 2
#: In one message to the other processes, which may have a megabyte.
HINTS_A_MESSAGE: Final = 1_000
_SUBJECT: Final = "ekios.hints"

_log = structlog.get_logger("server.foundation.bus")


def feed_topic(kiosk_id: str) -> str:
    return f"{FEED}:{kiosk_id}"


def inbox_topic(agency_id: str) -> str:
    return f"inbox:{agency_id}"


def case_topic(tracking_code: str) -> str:
    return f"case:{tracking_code}"


@dataclass(frozen=True)
class Hint:
    topic: str
    text: str = ""

    @property
    def kind(self) -> str:
        return self.topic.partition(":")[0]

    @property
    def about(self) -> str:
        """Whom of its kind it concerns: a kiosk's id, an agency's, a tracking code."""
        return self.topic.partition(":")[2]


class Subscription:
    """A subscriber's waiting hints."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Hint | None] = asyncio.Queue(WAITING_HINTS)

    async def get(self, timeout: float | None = None) -> Hint | None:
        """The next hint, or None when ``timeout`` seconds pass or the server is stopping."""
        try:
            return await asyncio.wait_for(self._queue.get(), timeout)
        except TimeoutError:
            return None

    def offer(self, hint: Hint | None) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._queue.put_nowait(hint)


class Bus:
    """Belongs to one event loop: ``await start()``, ``await stop()``. ``publish_all`` may be called from any thread."""

    def __init__(self, nats_url: str = "") -> None:
        self._nats_url = nats_url
        self._nats: Client | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._origin = uuid.uuid4().hex
        self._subscriptions: dict[str, set[Subscription]] = defaultdict(set)
        self._listeners: dict[str, Callable[[Sequence[Hint]], None]] = {}
        self.stopping = False

    async def start(self) -> None:
        """Does not wait for NATS: until it is there, pollers look by themselves."""
        self._loop = asyncio.get_running_loop()
        if self._nats_url:
            self._connecting = asyncio.create_task(self._connect())

    def wake(self) -> None:
        """Ends every subscriber's wait: the server is stopping. May be called from any thread."""
        self.stopping = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    async def stop(self) -> None:
        """Wakes every subscriber with None and closes NATS."""
        self.stopping = True
        self._wake()
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._nats is not None:
            await self._nats.close()
        self._loop = None

    async def connected(self) -> None:
        """Returns when hints reach the other processes."""
        if self._connecting is not None:
            await self._connecting

    @property
    def reaches_others(self) -> bool:
        """Hints reach the other processes, or there is no way to them that they should take."""
        return not self._nats_url or (self._nats is not None and self._nats.is_connected)

    @property
    def listeners(self) -> int:
        """Subscribers that wait for hints, roughly: read from any thread."""
        return len({one for many in list(self._subscriptions.values()) for one in list(many)})

    def publish_now(self, topic: str, text: str = "") -> None:
        """For units of work alone: whoever calls it inside a transaction tells of what may never be."""
        self.publish_all((Hint(topic, text),))

    def publish_all(self, hints: Sequence[Hint]) -> None:
        """As :func:`publish_now`; the loop is woken once for all of them."""
        if hints and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._send, hints)

    @contextlib.contextmanager
    def listening(self, kind: str, heard: Callable[[Sequence[Hint]], None]) -> Iterator[None]:
        """``heard`` is called in the loop with all hints of a kind, whomever they concern, and with none when the server is
        stopping. For one who follows thousands; one at a time."""
        self._listeners[kind] = heard
        try:
            yield
        finally:
            del self._listeners[kind]

    @contextlib.asynccontextmanager
    async def subscribe(self, topics: Iterable[str]) -> AsyncIterator[Subscription]:
        wanted = tuple(topics)
        subscription = Subscription()
        for topic in wanted:
            self._subscriptions[topic].add(subscription)
        try:
            yield subscription
        finally:
            for topic in wanted:
                self._subscriptions[topic].discard(subscription)
                if not self._subscriptions[topic]:
                    del self._subscriptions[topic]

    async def _connect(self) -> None:
        """Tries for as long as the server runs; once connected, the client reconnects by itself."""
        client = Client()
        try:
            await client.connect(
                [one.strip() for one in self._nats_url.split(",")],
                max_reconnect_attempts=-1,
                reconnect_time_wait=RECONNECT_S,
                connect_timeout=RECONNECT_S,
                error_cb=_report,
            )
            await client.subscribe(_SUBJECT, cb=self._from_nats)
            # A hint that another process sends before NATS has read the subscription would pass us by. The client
            # writes a flush's ping at once and the subscription a moment later: only the second answer is of after it.
            await client.flush()
            await client.flush()
        except BaseException:
            await client.close()
            raise
        self._nats = client

    def _wake(self) -> None:
        for subscription in {one for many in self._subscriptions.values() for one in many}:
            subscription.offer(None)
        for heard in self._listeners.values():
            heard(())

    def _send(self, hints: Sequence[Hint]) -> None:
        self._deliver(hints)
        if self._nats is not None and self._nats.is_connected:
            for first in range(0, len(hints), HINTS_A_MESSAGE):
                some = [[hint.topic, hint.text] for hint in hints[first : first + HINTS_A_MESSAGE]]
                said = {"origin": self._origin, "hints": some}
                task = asyncio.ensure_future(self._nats.publish(_SUBJECT, json.dumps(said).encode()))
                task.add_done_callback(_forget)

    def _deliver(self, hints: Sequence[Hint]) -> None:
        for hint in hints:
            for subscription in self._subscriptions.get(hint.topic, ()):
                subscription.offer(hint)
        for kind, heard in self._listeners.items():
            if mine := [hint for hint in hints if hint.kind == kind]:
                heard(mine)

    async def _from_nats(self, message: Msg) -> None:
        try:
            said = json.loads(message.data)
            hints, origin = [Hint(str(topic), str(text)) for topic, text in said["hints"]], said["origin"]
        except (ValueError, KeyError, TypeError):
            return
        if origin != self._origin:
            self._deliver(hints)


async def _report(error: Exception) -> None:
    _log.warning("bus.nats_error", error=type(error).__name__)


def _forget(task: "asyncio.Future[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.warning("bus.hint_lost", error=type(error).__name__)
