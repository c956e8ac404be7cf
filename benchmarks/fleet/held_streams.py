"""A process that holds many kiosks' live feeds open: it signs as they do, and notes when each event came.

The peer is only an HTTP client of a few lines, so that ten thousand of them cost the measured machine as little as may be.
"""

import asyncio
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any, Final
from urllib.parse import urlsplit

from protocol import PROTOCOL_VERSION, VERSION_HEADER
from protocol.signing import sign

#: Connections that one address of this machine opens; each has its own share of the server's places.
EACH_ADDRESS: Final = 1_500
#: Streams that are being opened at the same time.
OPENING: Final = 100


@dataclass(frozen=True)
class Share:
    """What one process holds: kiosks (id, seed, cursor) and the addresses that they come from."""

    server: str
    kiosks: Sequence[tuple[str, bytes, int]]
    first_address: int


@dataclass
class Tally:
    opened: int = 0
    refused: int = 0
    lost: int = 0
    #: Monotonic seconds of each event, which all processes of a machine share.
    arrivals: list[float] = field(default_factory=list)
    comments: int = 0


def hold(share: Share, pipe: Connection) -> None:
    """Opens all, says so, and then answers each word of the pipe with the tally since the last one; "" ends it."""
    asyncio.run(_hold(share, pipe))


def addresses(first: int, kiosks: int) -> Iterator[str]:
    """Loopback addresses, each often enough."""
    for place in range(kiosks):
        number = first + place // EACH_ADDRESS
        yield f"127.0.{1 + number // 250}.{1 + number % 250}"


async def _hold(share: Share, pipe: Connection) -> None:
    loop = asyncio.get_running_loop()
    tally, room = Tally(), asyncio.Semaphore(OPENING)
    address = urlsplit(share.server)

    async def open_one(kiosk: tuple[str, bytes, int], local: str) -> "_Stream":
        async with room:
            _, stream = await loop.create_connection(
                lambda: _Stream(request(share.server, *kiosk), tally),
                str(address.hostname),
                address.port or 80,
                local_addr=(local, 0),
            )
            await stream.answered
            return stream

    jobs = [
        open_one(kiosk, local)
        for kiosk, local in zip(share.kiosks, addresses(share.first_address, len(share.kiosks)), strict=True)
    ]
    streams = await asyncio.gather(*jobs, return_exceptions=True)
    tally.refused += sum(isinstance(one, BaseException) for one in streams)
    pipe.send(tally.opened)
    while await loop.run_in_executor(None, pipe.recv):
        pipe.send(
            {
                "arrivals": tally.arrivals,
                "lost": tally.lost,
                "refused": tally.refused,
                "comments": tally.comments,
            }
        )
        tally.arrivals, tally.comments = [], 0


def request(server: str, kiosk_id: str, seed: bytes, cursor: int) -> bytes:
    """The bytes that ask for a kiosk's live feed, signed."""
    path = f"/v1/feed/live?after={cursor}"
    headers = sign(
        "GET",
        server + path,
        {VERSION_HEADER: str(PROTOCOL_VERSION), "Accept": "text/event-stream"},
        b"",
        kiosk_id=kiosk_id,
        private_key=seed,
        nonce=secrets.token_urlsafe(16),
        now=datetime.now(UTC),
    )
    lines = [f"GET {path} HTTP/1.1", f"Host: {urlsplit(server).netloc}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


class _Stream(asyncio.Protocol):
    def __init__(self, asks: bytes, tally: Tally) -> None:
        self._asks = asks
        self._tally = tally
        self.answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        transport.write(self._asks)
        self._asks = b""

    def data_received(self, data: bytes) -> None:
        if not self.answered.done():
            self.answered.set_result(None)
            if data.startswith(b"HTTP/1.1 200"):
                self._tally.opened += 1
            else:
                self._tally.refused += 1
        events = data.count(b"event: ")
        self._tally.arrivals.extend([time.monotonic()] * events)
        self._tally.comments += not events

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - the protocol's form
        self._tally.lost += 1
        if not self.answered.done():
            self.answered.set_result(None)
