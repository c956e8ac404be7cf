"""What many requests want of the database at the same time, done in one go: each waits for no other one's commit.

While some are written, those that come meanwhile gather and are written next. A server that has little to do writes each
at once, and one that has much writes many with one commit; nobody waits for company.
"""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from server.api.errors import STORAGE_FAULTS

Item = TypeVar("Item")
Result = TypeVar("Result")


class Together(Generic[Item, Result]):
    """Belongs to the event loop of its first :meth:`put`."""

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Sequence[Result]],
        subject: Callable[[Item], Hashable],
        most: int,
        weight: Callable[[Item], int] = lambda _: 1,
    ) -> None:
        """``write`` gets items of ``most`` in ``weight`` together, or one that is heavier, and of a ``subject`` only one; it
        gives a result for each, runs in a thread, and has done nothing when it raises. When it raised for several it is asked again for each alone, so that
        nobody fails for another; but not for what the database would let each wait for as long (STORAGE_FAULTS)."""
        self._write = write
        self._subject = subject
        self._most = most
        self._weight = weight
        # Of its own: pages that take all other threads keep nobody waiting here. It ends with us.
        self._thread = ThreadPoolExecutor(1, "together")
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def put(self, item: Item) -> Result:
        """The result of ``item``, or what ``write`` raised for it."""
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, result))
        if self._writer is None:
            self._writer = asyncio.create_task(self._work())
        return await result

    async def _work(self) -> None:
        try:
            while batch := self._next():
                await self._answer(batch)
        finally:
            self._writer = None

    def _next(self) -> list[tuple[Item, asyncio.Future[Result]]]:
        batch: dict[Hashable, tuple[Item, asyncio.Future[Result]]] = {}
        later, room = [], self._most
        for waiting in self._waiting:
            subject, weight = self._subject(waiting[0]), self._weight(waiting[0])
            if subject in batch or (batch and weight > room):
                later.append(waiting)
            else:
                batch[subject] = waiting
                room -= weight
        self._waiting = later
        return list(batch.values())

    async def _answer(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            items = [item for item, _ in batch]
            results = await asyncio.get_running_loop().run_in_executor(self._thread, self._write, items)
        except Exception as error:  # noqa: BLE001 - whoever asked for it gets it
            if len(batch) > 1 and not isinstance(error, STORAGE_FAULTS):
                for one in batch:
                    await self._answer([one])
                return
            for _, waiting in batch:
                if not waiting.done():
                    waiting.set_exception(error)
            return
        for (_, waiting), result in zip(batch, results, strict=True):
            # Whoever hung up meanwhile is told nothing.
            if not waiting.done():
                waiting.set_result(result)
