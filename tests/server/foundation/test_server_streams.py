"""Live feeds of many kiosks at once: whoever listens hears, with few statements, and nobody waits for another."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from protocol.messages import FeedType
from server.api.streams import ALIVE, Streams
from server.deps import Deps
from server.foundation import feed
from server.foundation.actors import OPERATOR, SYSTEM
from server.foundation.feed import NEAR_EVENTS, PAGE_EVENTS
from tests.server.fleet.test_server_alarms import many, statements

PATIENCE_S = 20.0
KIOSKS = 30


@dataclass
class Client:
    """The server's side of a connection, as ASGI has it."""

    kiosk_id: str
    after: int
    heard: bytearray = field(default_factory=bytearray)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    #: Cleared: it takes nothing.
    takes: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Any) -> None:
        await self.takes.wait()
        self.heard += message["body"]
        self.changed.set()
        if not message["more_body"]:
            self.ended.set()

    async def receive(self) -> dict[str, str]:
        await self.ended.wait()
        return {"type": "http.disconnect"}

    @property
    def cursors(self) -> list[int]:
        return [int(line[3:]) for line in self.heard.split(b"\n") if line.startswith(b"id: ")]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await self.changed.wait()
                self.changed.clear()


Listens = Callable[[str, int], Client]


@contextlib.asynccontextmanager
async def listening(deps: Deps, look_s: float = 3_600.0, ping_s: float = 3_600.0) -> AsyncIterator[Listens]:
    """Hints are all there is, unless a test says otherwise."""
    streams = Streams(deps.engine, deps.bus, ping_s, look_s)
    await deps.bus.start()
    streams.start()
    tasks = []

    def listens(kiosk_id: str, after: int) -> Client:
        client = Client(kiosk_id, after)
        client.takes.set()
        tasks.append(asyncio.create_task(streams.follow(kiosk_id, after, client.receive, client.send)))
        return client

    yield listens
    await deps.bus.stop()
    async with asyncio.timeout(PATIENCE_S):
        await streams.stopped()
        await asyncio.gather(*tasks)
    assert len(streams) == 0


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await test()

    asyncio.run(whole())


def tell(deps: Deps, kiosks: list[str], times: int = 1) -> None:
    with deps.units.begin(SYSTEM) as work:
        work.to_each_kiosk(FeedType.SETTINGS, dict.fromkeys(kiosks, [{"idle_s": 60}] * times))


def heads(deps: Deps) -> dict[str, int]:
    with deps.engine.connect() as connection:
        return feed.heads(connection)


def test_what_all_are_told_costs_few_statements_and_each_hears_it_once(deps: Deps) -> None:
    fleet = many(deps, KIOSKS)
    before = heads(deps)

    async def scene() -> None:
        async with listening(deps) as listens:
            clients = [listens(kiosk_id, before[kiosk_id]) for kiosk_id in fleet]
            with statements(deps) as asked:
                await asyncio.to_thread(tell, deps, fleet)
                for client in clients:
                    await client.until(lambda client=client: bool(client.cursors))
            # PostgreSQL's driver sends the rows of an INSERT in pieces.
            assert len(asked) < 15
        assert [client.cursors for client in clients] == [[before[client.kiosk_id] + 1] for client in clients]

    run(scene)


def test_whoever_is_far_behind_gets_all_of_it_in_order(deps: Deps) -> None:
    fleet = many(deps, 3)
    before = heads(deps)
    tell(deps, fleet[:2], PAGE_EVENTS + 50)
    tell(deps, fleet[2:], NEAR_EVENTS)

    async def scene() -> None:
        async with listening(deps) as listens:
            clients = [listens(kiosk_id, before[kiosk_id]) for kiosk_id in fleet]
            for client in clients:
                last = heads(deps)[client.kiosk_id]
                await client.until(lambda client=client, last=last: last in client.cursors)
                assert client.cursors == list(range(before[client.kiosk_id] + 1, last + 1))

    run(scene)


def test_a_hint_that_was_lost_is_made_up_for_by_a_look(sqlite_deps: Deps) -> None:
    fleet = many(sqlite_deps, 2)
    before = heads(sqlite_deps)

    async def scene() -> None:
        async with listening(sqlite_deps, look_s=0.05) as listens:
            clients = [listens(kiosk_id, before[kiosk_id]) for kiosk_id in fleet]
            with sqlite_deps.engine.begin() as connection:
                feed.append(connection, fleet[1], FeedType.SETTINGS, {}, sqlite_deps.clock.now())
            await clients[1].until(lambda: bool(clients[1].cursors))
        assert clients[0].cursors == []

    run(scene)


def test_one_that_takes_nothing_holds_nobody_up_and_misses_nothing(sqlite_deps: Deps) -> None:
    fleet = many(sqlite_deps, 2)
    before = heads(sqlite_deps)
    first = before[fleet[0]] + 1

    async def scene() -> None:
        async with listening(sqlite_deps) as listens:
            slow, other = (listens(kiosk_id, before[kiosk_id]) for kiosk_id in fleet[:2])
            slow.takes.clear()
            for n in (1, 2, 3):
                await asyncio.to_thread(tell, sqlite_deps, fleet[:2])
                await other.until(lambda n=n: len(other.cursors) == n)
            assert slow.cursors == []
            slow.takes.set()
            await slow.until(lambda: first + 2 in slow.cursors)
            assert slow.cursors == [first, first + 1, first + 2]

    run(scene)


def test_silent_streams_are_told_that_the_line_lives_also_while_the_storage_is_away(sqlite_deps: Deps) -> None:
    fleet = many(sqlite_deps, 1)
    before = heads(sqlite_deps)

    def rename(old: str, new: str) -> None:
        with sqlite_deps.engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    async def scene() -> None:
        async with listening(sqlite_deps, look_s=0.05, ping_s=0.0) as listens:
            rename("kiosks", "elsewhere")
            client = listens(fleet[0], before[fleet[0]])
            await client.until(lambda: client.heard.count(ALIVE) >= 2)
            rename("elsewhere", "kiosks")
            await asyncio.to_thread(tell, sqlite_deps, fleet)
            await client.until(lambda: bool(client.cursors))

    run(scene)


def test_a_kiosk_that_is_shut_out_hears_nothing_more(sqlite_deps: Deps) -> None:
    fleet = many(sqlite_deps, 2)
    before = heads(sqlite_deps)

    async def scene() -> None:
        async with listening(sqlite_deps) as listens:
            out, other = (listens(kiosk_id, before[kiosk_id]) for kiosk_id in fleet[:2])
            await asyncio.to_thread(sqlite_deps.enrolment.revoke, OPERATOR, fleet[0], "stolen")
            async with asyncio.timeout(PATIENCE_S):
                await out.ended.wait()
            await asyncio.to_thread(tell, sqlite_deps, fleet[1:])
            await other.until(lambda: bool(other.cursors))
        assert out.cursors == []

    run(scene)
