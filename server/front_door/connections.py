"""Who may hold a connection, and for how long: before a request is a request, and while it waits for its client.

uvicorn answers requests and trusts that they come. Here a client has so long to say what it wants, and must then send
at a pace that any line can hold. What waits for its client is given up for a newcomer when all places of an address, or
all places, are taken; what is being worked on never is. So whoever opens connections and says nothing keeps nobody out.
"""

import asyncio
import resource
from asyncio.events import TimerHandle
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

import structlog
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from server.front_door.networks import Networks

#: Request line and header fields together.
HEAD_BYTES: Final = 32_768
#: The slowest body that is waited for, once it has been silent as long as it may: a tenth of what GPRS carries.
BODY_BYTES_A_S: Final = 500
#: What still comes of a body after its request was answered is thrown away, so that a client that only reads when it
#: has sent everything learns the answer; but no longer and no more than this. Above the largest body of any route.
LINGER_S: Final = 30.0
LINGER_BYTES: Final = 32_000_000
#: A client that does not take its answer any more is given up after this.
STUCK_ANSWER_S: Final = 60.0
KEEP_ALIVE_S: Final = 30
#: Files of the process that are no connections: the database, attachments, libraries.
OTHER_FILES: Final = 200

_log = structlog.get_logger("server.front_door.connections")


@dataclass(frozen=True)
class DoorLimits:
    """``per_address`` and ``connections`` altogether; seconds until the header fields are whole, and for which a body
    may be silent."""

    connections: int
    per_address: int
    head_s: float
    body_silence_s: float


def places_for(wanted: int) -> int:
    """So many connections can be held: the limit of open files is raised as far as one may, and some are left over."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else max(1, min(wanted, soft - OTHER_FILES))


class FrontDoor:
    """All connections of a process; belongs to its event loop. What ``proxies`` hold is counted by them, not here."""

    def __init__(self, limits: DoorLimits, proxies: Networks) -> None:
        self.limits: Final = limits
        self.proxies: Final = proxies
        self._held: Counter[str] = Counter()
        self._all: dict[GuardedProtocol, str] = {}
        #: What waits for its client, the longest first, by address and altogether.
        self._waiting: defaultdict[str, dict[GuardedProtocol, None]] = defaultdict(dict)
        self._all_waiting: dict[GuardedProtocol, None] = {}
        self._warned = False

    def protocol(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> "GuardedProtocol":
        """What uvicorn makes for each connection."""
        return GuardedProtocol(self, config, server_state, app_state, _loop)

    def admit(self, one: "GuardedProtocol", address: str) -> bool:
        """False when there is no place and none that is only waited in."""
        crowded = address not in self.proxies and self._held[address] >= self.limits.per_address
        if crowded and not self._give_up_oldest(self._waiting[address]):
            return False
        if len(self._all) >= self.limits.connections and not self._give_up_oldest(self._all_waiting):
            return False
        self._all[one] = address
        self._held[address] += 1
        return True

    def waits(self, one: "GuardedProtocol") -> None:
        """Nothing is to be done for it until its client says more."""
        if one in self._all:
            self._waiting[self._all[one]][one] = None
            self._all_waiting[one] = None

    def works(self, one: "GuardedProtocol") -> None:
        if one in self._all_waiting:
            address = self._all[one]
            del self._all_waiting[one]
            del self._waiting[address][one]
            if not self._waiting[address]:
                del self._waiting[address]

    def leaves(self, one: "GuardedProtocol") -> None:
        if one in self._all:
            self.works(one)
            address = self._all.pop(one)
            self._held[address] -= 1
            if not self._held[address]:
                del self._held[address]

    def note_forwarded(self, address: str) -> None:
        """Somebody in front names the client, and is not believed: said once, because limits then count the proxy."""
        if not self._warned and address not in self.proxies:
            self._warned = True
            _log.warning("door.untrusted_proxy", address=address, hint="set EKIOS_SERVER_TRUSTED_PROXIES")

    def _give_up_oldest(self, waiting: dict["GuardedProtocol", None]) -> bool:
        oldest = next(iter(waiting), None)
        if oldest is None:
            return False
        self.leaves(oldest)
        oldest.transport.abort()
        return True


class _Phase(Enum):
    #: Between requests, or in the middle of a request's head.
    HEAD = auto()
    BODY = auto()
    #: The request is whole; its answer is being made.
    ANSWER = auto()
    #: Answered before the body was whole.
    LINGER = auto()
    CLOSED = auto()


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's, with limits on what it takes and how long it waits."""

    def __init__(
        self,
        door: FrontDoor,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._door = door
        self._phase = _Phase.HEAD
        self._came = 0
        self._began = self._last = self.loop.time()
        self._timer: TimerHandle | None = None
        self._stuck: TimerHandle | None = None
        self._refusal = b"400 Bad Request"

    # --- the connection -----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if not self._door.admit(self, self._address):
            transport.write(b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\n\r\n")
            self._close()
            return
        self._door.waits(self)
        self._set_timer(self._door.limits.head_s, self._late_head)

    def connection_lost(self, exc: Exception | None) -> None:
        self._phase = _Phase.CLOSED
        self._set_timer(None)
        self.resume_writing()
        self._unset_keepalive_if_required()
        self._door.leaves(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._phase is _Phase.CLOSED:
            return
        self._came += len(data)
        self._last = self.loop.time()
        if self._phase is _Phase.LINGER and self._came > LINGER_BYTES:
            self._close()
            return
        super().data_received(data)
        if self._phase is not _Phase.HEAD:
            return
        if self._came > HEAD_BYTES:
            self._refuse(b"431 Request Header Fields Too Large")
        elif self._timer is None and self.timeout_keep_alive_task is None:
            # Empty lines before a request, which end the keep-alive and begin nothing.
            self._set_timer(self._door.limits.head_s, self._late_head)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self.loop.call_later(STUCK_ANSWER_S, self.transport.abort)

    def resume_writing(self) -> None:
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None
        super().resume_writing()

    # --- the parser's words -------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            # Nobody whom we serve sends a second request before the first is answered; queued they would cost memory.
            raise ValueError("pipelined")
        super().on_message_begin()
        if self._timer is None:
            self._set_timer(self._door.limits.head_s, self._late_head)

    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > HEAD_BYTES:
            self._refusal = b"431 Request Header Fields Too Large"
            raise ValueError("head too large")
        if any(name == b"x-forwarded-for" for name, _ in self.headers):
            self._door.note_forwarded(self._address)
        self._phase = _Phase.BODY
        self._came = 0
        self._began = self._last = self.loop.time()
        self._set_timer(self._door.limits.body_silence_s, self._look_at_body)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._set_timer(None)
        if self._phase is _Phase.LINGER:
            self._rest()
        else:
            self._phase = _Phase.ANSWER
            self._door.works(self)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._phase is _Phase.BODY and self.expect_100_continue and not self._came:
            # It waited to be told to send the body, was refused instead, and will not send it.
            self._close()
        elif self._phase is _Phase.BODY:
            self._phase = _Phase.LINGER
            self._came = 0
            self._unset_keepalive_if_required()
            self._set_timer(LINGER_S, self._close)
        elif self._phase is _Phase.ANSWER:
            self._rest()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - what is wrong with it helps only who tries
        self._refuse(self._refusal)

    # --- time ---------------------------------------------------------------------------------------------------

    def _rest(self) -> None:
        """Between two requests; uvicorn's own keep-alive ends it."""
        self._phase = _Phase.HEAD
        self._came = 0
        self._door.waits(self)
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(KEEP_ALIVE_S, self.timeout_keep_alive_handler)

    def _late_head(self) -> None:
        self._refuse(b"408 Request Timeout")

    def _look_at_body(self) -> None:
        """The client's turn it is only while we read: what waits for the application is not its fault."""
        now, silence = self.loop.time(), self._door.limits.body_silence_s
        if self.flow.read_paused or self.cycle.waiting_for_100_continue:
            self._last = now
            self._began = now - self._came / BODY_BYTES_A_S
        late = min(self._last + silence, self._began + silence + self._came / BODY_BYTES_A_S)
        if now >= late:
            self._refuse(b"408 Request Timeout")
        else:
            self._set_timer(late - now, self._look_at_body)

    def _set_timer(self, seconds: float | None, then: Any = None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, then)

    # --- the end ------------------------------------------------------------------------------------------------

    def _refuse(self, status: bytes) -> None:
        """Answered by hand, unless an answer is already under way: then the connection just ends."""
        if self._phase is _Phase.CLOSED:
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        self._close()

    def _close(self) -> None:
        self._phase = _Phase.CLOSED
        self._set_timer(None)
        self._door.leaves(self)
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else ""
