"""A process full of kiosks that come back at once after an outage: each opens its stream and sends what waits, with the line's
own pauses, and obeys what the server asks for."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Final
from urllib.parse import urlsplit

from benchmarks.fleet.held_streams import addresses, request
from benchmarks.prepared import submission
from runtime.workers import Tries
from sync.backoff import tries
from tests.server.kiosk_client import Envelope, TestKiosk

ANSWER_S: Final = 45.0
#: All streams of a fleet break in the same moment.
BREAK_S: Final = 1.0


@dataclass(frozen=True)
class Returning:
    """One kiosk: who it is, and the batch that waits at it."""

    kiosk: TestKiosk
    seed: bytes
    cursor: int
    batch: Sequence[Envelope]


@dataclass
class Came:
    """Monotonic seconds at which kiosks were through, and what it took."""

    streams: list[float] = field(default_factory=list)
    batches: list[float] = field(default_factory=list)
    turned_away: int = 0
    failed: int = 0
    wrong: int = 0


def now() -> datetime:
    """What they sign by; the machine's clock, as a function that travels to another process."""
    return datetime.now(UTC)


def come_back(kiosks: Sequence[Returning], first_address: int, seed: int, pipe: Connection) -> None:
    """Says "ready", waits for a word, and sends what came of it when all are through."""
    pipe.send("ready")
    pipe.recv()
    pipe.send(asyncio.run(_all(kiosks, first_address, random.Random(seed))))
    pipe.recv()


async def _all(kiosks: Sequence[Returning], first_address: int, chance: random.Random) -> Came:
    came = Came()
    await asyncio.gather(
        *(
            _one(one, local, came, chance)
            for one, local in zip(kiosks, addresses(first_address, len(kiosks)), strict=True)
        )
    )
    return came


async def _one(one: Returning, local: str, came: Came, chance: random.Random) -> None:
    await asyncio.sleep(chance.uniform(0, BREAK_S))
    await asyncio.gather(_send(one, local, came, tries(chance=chance.random)), _listen(one, local, came, chance))


async def _listen(one: Returning, local: str, came: Came, chance: random.Random) -> None:
    pause = tries(chance=chance.random)
    while True:
        asks = request(one.kiosk.base, one.kiosk.id, one.seed, one.cursor)
        status, after, writer = await _ask(one.kiosk.base, local, asks)
        if status == 200:
            # Held until the process ends.
            _HELD.append(writer)
            came.streams.append(time.monotonic())
            return
        await asyncio.sleep(pause.failed(after))


async def _send(one: Returning, local: str, came: Came, pause: Tries) -> None:
    while True:
        status, after, writer = await _ask(one.kiosk.base, local, submission(one.kiosk, *one.batch))
        if writer is not None:
            writer.close()
        if status == 200:
            came.batches.append(time.monotonic())
            return
        came.turned_away += status == 503
        came.failed += status == 0
        came.wrong += status not in (0, 503)
        await asyncio.sleep(pause.failed(after))


_HELD: Final[list[asyncio.StreamWriter | None]] = []


async def _ask(base: str, local: str, asks: bytes) -> tuple[int, float | None, asyncio.StreamWriter | None]:
    """Status (0: none came), what Retry-After says, and the connection."""
    at = urlsplit(base)
    writer = None
    try:
        async with asyncio.timeout(ANSWER_S):
            reader, writer = await asyncio.open_connection(at.hostname, at.port, local_addr=(local, 0))
            writer.write(asks)
            await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        if writer is not None:
            writer.close()
        return 0, None, None
    after = None
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"retry-after:"):
            after = float(line.partition(b":")[2])
    return int(head.split(b" ", 2)[1]), after, writer
