"""Lines that are slow, lose connections and are cut: a TCP proxy to rehearse with, whose faults are set while it runs.

What it loses it loses as a mobile line does: a connection ends in the middle of a byte stream, in either direction, and
nobody is told why. Where it loses them comes from a seed and the connection's number, so a run can be replayed.
"""

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

#: Of each so many bytes that a connection carries, the share ``loss`` ends it.
STRETCH: Final = 65_536
#: Carried at once: small enough that a slow line trickles.
PIECE: Final = 4_096

#: Called with the seconds that some bytes take.
Pace = Callable[[float], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Faults:
    bytes_a_second: float = float("inf")
    #: From 0 to 1: how likely a connection ends within STRETCH bytes.
    loss: float = 0.0
    #: Seconds that each piece takes besides, on its way.
    delay_s: float = 0.0
    #: Nothing goes through, and what went through ends.
    cut: bool = False


#: What a village's line is like in the rain.
SLOW: Final = Faults(bytes_a_second=2_000, loss=0.4, delay_s=0.3)


class BadLine:
    """One line to one server; made by :class:`BadLines`. ``address`` is what a client connects to."""

    def __init__(self, server: tuple[str, int], seed: str, pace: Pace) -> None:
        self._server = server
        self._seed = seed
        self._pace = pace
        self._faults = Faults()
        self._listening: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.address = ""
        #: Connections that were made, and those that were lost by chance.
        self.connections = 0
        self.lost = 0

    async def listen(self) -> None:
        self._listening = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.close()
        self._hang_up()

    def become(self, faults: Faults) -> None:
        self._faults = faults
        if faults.cut:
            self._hang_up()

    def _hang_up(self) -> None:
        for one in tuple(self._open):
            one.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        chance = random.Random(f"{self._seed}/{self.connections}")
        fate = _Fate(chance)
        if self._faults.cut:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(*self._server)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, back}
        try:
            await asyncio.gather(self._pump(reader, back, fate), self._pump(there, writer, fate))
        except (OSError, _Lost) as error:
            self.lost += isinstance(error, _Lost)
        finally:
            for one in (writer, back):
                self._open.discard(one)
                one.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, fate: "_Fate") -> None:
        while piece := await source.read(PIECE):
            faults = self._faults
            through = fate.carry(len(piece), faults.loss)
            await self._pace(through / faults.bytes_a_second + faults.delay_s)
            target.write(piece[:through])
            await target.drain()
            if through < len(piece):
                raise _Lost
        target.write_eof()


class BadLines:
    """Belongs to a thread of its own; made by :func:`bad_lines`. Its methods may be called from any other one."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._all: list[BadLine] = []

    def open(self, server: tuple[str, int], seed: str, pace: Pace = asyncio.sleep) -> BadLine:
        """A new line without faults. ``pace`` waits; another one may only count."""
        line = BadLine(server, seed, pace)
        self._do(line.listen())
        self._all.append(line)
        return line

    def become(self, line: BadLine, faults: Faults) -> None:
        async def change() -> None:
            line.become(faults)

        self._do(change())

    def close(self, line: BadLine) -> None:
        self._all.remove(line)
        self._do(line.close())

    def close_all(self) -> None:
        for line in tuple(self._all):
            self.close(line)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()


@contextmanager
def bad_lines() -> Iterator[BadLines]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="bad-lines")
    thread.start()
    lines = BadLines(loop)
    try:
        yield lines
    finally:
        lines.close_all()
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Lost(Exception):
    """By chance; the line says nothing about it."""


class _Fate:
    """How much one connection carries before it is lost."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._carried = 0
        self._ends_at: int | None = None
        self._judged = 0

    def carry(self, size: int, loss: float) -> int:
        """How many of ``size`` bytes get through."""
        while self._judged < self._carried + size:
            if self._ends_at is None and self._chance.random() < loss:
                self._ends_at = self._judged + self._chance.randrange(STRETCH)
            self._judged += STRETCH
        through = size if self._ends_at is None else min(size, max(0, self._ends_at - self._carried))
        self._carried += through
        return through


async def _end_all() -> None:
    mine = asyncio.current_task()
    others = [task for task in asyncio.all_tasks() if task is not mine]
    for task in others:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*others, return_exceptions=True)
