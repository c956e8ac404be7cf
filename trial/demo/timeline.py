"""What happened, when, by whom, and whether it was as it should be."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    t_ms: int
    actor: str
    event: str
    ok: bool


class Timeline:
    """Entries in order. Written to its file after each, so that a demo that breaks off leaves what it saw."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._began = clock()
        self.entries: list[Entry] = []

    def add(self, actor: str, event: str, ok: bool = True) -> bool:
        self.entries.append(Entry(round((self._clock() - self._began) * 1000), actor, event, ok))
        self._path.write_text(json.dumps([asdict(entry) for entry in self.entries], indent=1, ensure_ascii=False))
        print(f"  {self.entries[-1].t_ms / 1000:7.2f} s  {'ok ' if ok else 'NOT'}  {actor:9} {event}", flush=True)
        return ok

    @contextmanager
    def step(self, actor: str, event: str) -> Iterator[None]:
        """An entry when the block ends; not ok, and the error goes on, when it fails."""
        try:
            yield
        except BaseException as error:
            self.add(actor, f"{event}: {error}", ok=False)
            raise
        self.add(actor, event)

    @property
    def ok(self) -> bool:
        return bool(self.entries) and all(entry.ok for entry in self.entries)
