"""What threads want written at the same time, in one unit of work: whoever comes first writes for all who come meanwhile.

As ``server.api.groups.together`` does for requests.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Gathered(Generic[Item]):
    """Any thread."""

    def __init__(self, write: Callable[[Sequence[Item]], None]) -> None:
        """``write`` has done nothing when it raises; when it raised for several it is asked again for each alone."""
        self._write = write
        self._lock = threading.Lock()
        self._waiting: list[tuple[Item, Future[None]]] = []
        self._writing = False

    def put(self, item: Item) -> None:
        """Returns when ``item`` is written; raises what ``write`` raised for it."""
        mine: Future[None] = Future()
        with self._lock:
            self._waiting.append((item, mine))
            leads, self._writing = not self._writing, True
        if leads:
            self._lead()
        mine.result()

    def _lead(self) -> None:
        while True:
            with self._lock:
                group, self._waiting = self._waiting, []
                if not group:
                    self._writing = False
                    return
            self._write_all(group)

    def _write_all(self, group: Sequence[tuple[Item, "Future[None]"]]) -> None:
        try:
            self._write([item for item, _ in group])
        except BaseException as error:  # noqa: BLE001 - whoever asked for it gets it
            if len(group) > 1:
                for one in group:
                    self._write_all([one])
            else:
                group[0][1].set_exception(error)
            return
        for _, waiting in group:
            waiting.set_result(None)
