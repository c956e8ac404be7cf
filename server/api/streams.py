"""Kiosks' live feeds, all of a process together: one task for each that sleeps, one for all that looks, reads and speaks.

A stream costs its connection and little else. What was hinted at is read for many kiosks with two statements, and written to
each; what a hint did not tell is found by one look at all cursors every LOOK_S. Who takes its bytes slowly holds up
nobody: it is read for again once it has taken them.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import structlog
from fastapi import Response
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from protocol.messages import FeedEvent
from server.api.errors import STORAGE_FAULTS
from server.foundation import feed
from server.foundation.bus import FEED, Bus, Hint

#: All streams are compared with the feeds this often, should a hint be lost.
LOOK_S: Final = 10.0
#: Streams that were silent for long enough are found this often.
TICK_S: Final = 1.0
#: Kiosks whose events are read at once.
AT_ONCE: Final = 500
ALIVE: Final = b": alive\n\n"

_log = structlog.get_logger("server.api.streams")


class _Stream:
    """One open answer; belongs to the event loop."""

    __slots__ = ("_send", "cursor", "ended", "kiosk_id", "missed", "writing")

    def __init__(self, kiosk_id: str, cursor: int, send: Send) -> None:
        self.kiosk_id = kiosk_id
        #: Of the last event that was handed over.
        self.cursor = cursor
        self.ended = False
        #: Its kiosk was hinted at while it was being written to.
        self.missed = False
        self._send = send
        #: While the client takes what it was sent.
        self.writing: asyncio.Task[None] | None = None

    def say(self, piece: bytes) -> "asyncio.Task[None]":
        self.writing = asyncio.create_task(self._write(piece))
        return self.writing

    def end(self) -> None:
        """Its task wakes, because its answer is whole."""
        if not self.ended:
            self.ended = True
            self.writing = asyncio.create_task(self._write(b"", last=True))

    async def _write(self, piece: bytes, *, last: bool = False) -> None:
        try:
            await self._send({"type": "http.response.body", "body": piece, "more_body": not last})
        finally:
            self.writing = None


@dataclass(frozen=True)
class _Told:
    """What is to be said to a kiosk: nothing more at all, or these events, and perhaps others after them."""

    events: Sequence[tuple[int, bytes]] = field(default=())
    more: bool = False


class Streams:
    """Belongs to the event loop in which it is started; without that nobody hears anything."""

    def __init__(self, engine: Engine, bus: Bus, ping_s: float, look_s: float = LOOK_S) -> None:
        self._engine = engine
        self._bus = bus
        self._ping_s = ping_s
        self._look_s = look_s
        self._open: dict[str, list[_Stream]] = {}
        #: When each was spoken to, the longest silent first.
        self._said: dict[_Stream, float] = {}
        #: Kiosks whose feed may have grown, in the order in which that was heard.
        self._wanted: dict[str, None] = {}
        self._news = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._said)

    async def follow(self, kiosk_id: str, after: int, receive: Receive, send: Send) -> None:
        """Speaks to the client, whose answer has begun, until it hangs up, is shut out, or the server stops."""
        stream = _Stream(kiosk_id, after, send)
        self._open.setdefault(kiosk_id, []).append(stream)
        self._said[stream] = asyncio.get_running_loop().time()
        if self._bus.stopping:
            stream.end()
        self._want((kiosk_id,))
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self._close(stream)

    def start(self) -> None:
        self._running = asyncio.create_task(self._run())

    async def stopped(self) -> None:
        """The bus was stopped before: then all streams end."""
        if self._running is not None:
            await asyncio.gather(self._running, return_exceptions=True)

    # --- inside ----------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        now = asyncio.get_running_loop().time
        looked = now()
        with self._bus.listening(FEED, self._hear):
            while not self._bus.stopping:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), min(TICK_S, self._look_s))
                self._news.clear()
                if now() >= looked + self._look_s:
                    looked = now()
                    await self._look()
                await self._speak()
                self._ping(now())
        for stream in tuple(self._said):
            stream.end()

    def _hear(self, hints: Iterable[Hint]) -> None:
        self._want(hint.about for hint in hints)

    def _want(self, kiosks: Iterable[str]) -> None:
        self._wanted.update((kiosk_id, None) for kiosk_id in kiosks if kiosk_id in self._open)
        if self._wanted or self._bus.stopping:
            self._news.set()

    def _close(self, stream: _Stream) -> None:
        if stream.writing is not None and not stream.ended:
            stream.writing.cancel()
        stream.ended = True
        self._said.pop(stream, None)
        others = self._open.get(stream.kiosk_id, [])
        others.remove(stream)
        if not others:
            del self._open[stream.kiosk_id]

    async def _look(self) -> None:
        """For hints that were lost."""
        if not self._open:
            return
        try:
            heads = await run_in_threadpool(self._heads)
        except STORAGE_FAULTS as error:
            _log.warning("streams.storage_away", error=type(error).__name__)
            return
        self._want(
            kiosk_id
            for kiosk_id, streams in self._open.items()
            if (head := heads.get(kiosk_id)) is None or any(one.cursor < head for one in streams)
        )

    async def _speak(self) -> None:
        while self._wanted and not self._bus.stopping:
            kiosks = list(islice(self._wanted, AT_ONCE))
            for kiosk_id in kiosks:
                del self._wanted[kiosk_id]
            # As they stand now: one that is opened while we read has a turn of its own.
            asked = [(one, one.cursor) for kiosk_id in kiosks for one in self._open.get(kiosk_id, ()) if _listens(one)]
            after: dict[str, int] = {}
            for one, cursor in asked:
                after[one.kiosk_id] = min(cursor, after.get(one.kiosk_id, cursor))
            try:
                told = await run_in_threadpool(self._read, after)
            except STORAGE_FAULTS as error:
                # They are read for at the next look; meanwhile all are told that the line lives.
                _log.warning("streams.storage_away", error=type(error).__name__)
                return
            except Exception:  # noqa: BLE001 - as the comment says
                # A bug must not silence the others: who cannot be told reads its pages, and asks for a stream again.
                _log.exception("streams.failed", kiosks=len(after))
                told = {}
            for one, cursor in asked:
                self._tell(one, cursor, told.get(one.kiosk_id))

    def _tell(self, stream: _Stream, cursor: int, told: _Told | None) -> None:
        if told is None:
            stream.end()
        elif (events := [event for event in told.events if event[0] > cursor]) and _listens(stream):
            stream.cursor = events[-1][0]
            self._say(stream, b"".join(text for _, text in events))
            stream.missed = told.more
        elif told.more:
            self._want((stream.kiosk_id,))

    def _say(self, stream: _Stream, piece: bytes) -> None:
        stream.say(piece).add_done_callback(lambda _: self._took(stream))
        del self._said[stream]
        self._said[stream] = asyncio.get_running_loop().time()

    def _took(self, stream: _Stream) -> None:
        if stream.missed and not stream.ended:
            stream.missed = False
            self._want((stream.kiosk_id,))

    def _ping(self, now: float) -> None:
        for stream in list(self._said):
            if self._said[stream] > now - self._ping_s:
                break
            if stream.writing is None and not stream.ended:
                self._say(stream, ALIVE)

    # --- in a thread ---------------------------------------------------------------------------------------------

    def _heads(self) -> dict[str, int]:
        with self._engine.connect() as connection:
            return feed.heads(connection)

    def _read(self, after: Mapping[str, int]) -> dict[str, _Told]:
        """Of each kiosk that is not shut out; see ``feed.page_of_each``."""
        with self._engine.connect() as connection:
            pages = feed.page_of_each(connection, after)
        return {
            kiosk_id: _Told(
                [(event.n, _text(event)) for event in page.events],
                more=(page.events[-1].n if page.events else after[kiosk_id]) < page.head,
            )
            for kiosk_id, page in pages.items()
        }


def _listens(stream: _Stream) -> bool:
    """Whether it can be spoken to; if it is being written to, it is read for again afterwards."""
    stream.missed |= stream.writing is not None
    return stream.writing is None and not stream.ended


class LiveResponse(Response):
    """A kiosk's feed as server-sent events: ``id`` is the cursor, ``event`` the type, ``data`` the FeedEvent."""

    media_type = "text/event-stream"

    def __init__(self, streams: Streams, kiosk_id: str, after: int, status_code: int = 200) -> None:
        # FastAPI reads the status from this signature, for OpenAPI.
        super().__init__(status_code=status_code, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._follow = (streams, kiosk_id, after)
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        streams, kiosk_id, after = self._follow
        await streams.follow(kiosk_id, after, receive, send)


def _text(event: FeedEvent) -> bytes:
    return f"id: {event.n}\nevent: {event.type}\ndata: {event.model_dump_json()}\n\n".encode()
