"""Hints: within a process, between processes over a real NATS, and none needed."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import nats
import pytest

from server.foundation.bus import WAITING_HINTS, Bus, Hint
from tests.server.postgres import free_port

NATS = Path(sys.executable).with_name("nats-server")
PATIENCE_S = 10.0


@pytest.fixture(scope="module")
def nats_url() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen([NATS, "-a", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL)
    try:
        asyncio.run(_reachable(f"nats://127.0.0.1:{port}"))
        yield f"nats://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def test_a_hint_reaches_who_asked_for_its_topic_and_nobody_else() -> None:
    async def run() -> tuple[Hint | None, Hint | None]:
        bus = Bus()
        await bus.start()
        async with bus.subscribe(["fleet"]) as fleet, bus.subscribe(["packs"]) as packs:
            bus.publish_now("fleet", "kiosk-1")
            found = await fleet.get(PATIENCE_S), await packs.get(0.01)
        await bus.stop()
        return found

    assert asyncio.run(run()) == (Hint("fleet", "kiosk-1"), None)


def test_a_hint_reaches_the_other_process_over_nats_once(nats_url: str) -> None:
    async def run() -> list[Hint | None]:
        here, there = Bus(nats_url), Bus(nats_url)
        for bus in (here, there):
            await bus.start()
            await bus.connected()
        async with here.subscribe(["fleet"]) as own, there.subscribe(["fleet"]) as other:
            here.publish_now("fleet", "x")
            found = [await other.get(PATIENCE_S), await own.get(PATIENCE_S), await own.get(0.05)]
        await here.stop()
        await there.stop()
        return found

    assert asyncio.run(run()) == [Hint("fleet", "x"), Hint("fleet", "x"), None]


def test_connected_means_that_nats_has_answered_after_the_subscription(nats_url: str) -> None:
    """The client writes its ping at once and a subscription a little later: one answer alone may be of before it."""
    sent = bytearray()

    async def run() -> bytes:
        async with _listening(nats_url, sent) as between:
            bus = Bus(between)
            await bus.start()
            await bus.connected()
            until_connected = bytes(sent)
            await bus.stop()
        return until_connected

    commands = [line.split(b" ")[0] for line in asyncio.run(run()).split(b"\r\n")]
    assert b"SUB" in commands
    assert b"PING" in commands[commands.index(b"SUB") :]


@pytest.mark.parametrize("message", [b"", b"[]", b"\xff", b'{"topic": "fleet"}'])
def test_a_strangers_message_is_passed_over(nats_url: str, message: bytes) -> None:
    async def run() -> Hint | None:
        bus, stranger = Bus(nats_url), await nats.connect(nats_url)
        await bus.start()
        await bus.connected()
        async with bus.subscribe(["fleet"]) as own:
            await stranger.publish("ekios.hints", message)
            await stranger.flush()
            bus.publish_now("fleet", "after")
            found = await own.get(PATIENCE_S)
        await stranger.close()
        await bus.stop()
        return found

    assert asyncio.run(run()) == Hint("fleet", "after")


def test_without_nats_the_server_starts_and_hints_stay_here() -> None:
    async def run() -> Hint | None:
        bus = Bus(f"nats://127.0.0.1:{free_port()}")
        await bus.start()
        async with bus.subscribe(["fleet"]) as own:
            bus.publish_now("fleet")
            found = await own.get(PATIENCE_S)
        await bus.stop()
        return found

    assert asyncio.run(run()) == Hint("fleet")


def test_a_slow_subscriber_loses_hints_and_slows_nobody() -> None:
    async def run() -> int:
        bus = Bus()
        await bus.start()
        async with bus.subscribe(["fleet"]) as own:
            for _ in range(WAITING_HINTS + 1):
                bus.publish_now("fleet")
            number = 0
            while await own.get(0.05):
                number += 1
        await bus.stop()
        return number

    assert asyncio.run(run()) == WAITING_HINTS


def test_stopping_ends_every_wait() -> None:
    async def run() -> Hint | None:
        bus = Bus()
        await bus.start()
        async with bus.subscribe(["fleet"]) as own:
            bus.wake()
            # Without an end of its own: a wait that is not ended hangs, and the run's time limit tells.
            return await own.get()

    assert asyncio.run(run()) is None


def test_publishing_before_the_start_is_no_fault_and_reaches_nobody() -> None:
    async def run() -> list[Hint | None]:
        bus = Bus()
        bus.publish_now("fleet", "too early")
        await bus.start()
        async with bus.subscribe(["fleet"]) as own:
            bus.publish_now("fleet", "in time")
            found = [await own.get(PATIENCE_S), await own.get(0.01)]
        await bus.stop()
        return found

    assert asyncio.run(run()) == [Hint("fleet", "in time"), None]


async def _reachable(url: str) -> None:
    client = await nats.connect(url, max_reconnect_attempts=50, connect_timeout=1, reconnect_time_wait=0.1)
    await client.close()


@contextlib.asynccontextmanager
async def _listening(url: str, sent: bytearray) -> AsyncIterator[str]:
    """The address of a line to NATS that keeps in ``sent`` what clients send over it."""
    where = urlsplit(url)
    lines: list[asyncio.Task[None]] = []

    async def line(from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        lines.append(asyncio.current_task())
        from_nats, to_nats = await asyncio.open_connection(where.hostname, where.port)
        await asyncio.gather(_carry(from_client, to_nats, sent), _carry(from_nats, to_client, bytearray()))

    server = await asyncio.start_server(line, "127.0.0.1", 0)
    try:
        yield f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await asyncio.gather(*lines)


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter, kept: bytearray) -> None:
    while some := await source.read(4096):
        kept += some
        target.write(some)
    target.close()
