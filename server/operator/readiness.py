"""Whether this server can serve: what must be there for it, each looked at anew, within seconds whatever hangs."""

import asyncio
import time
from dataclasses import asdict, dataclass
from typing import Final

import structlog
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from server.deps import Deps
from server.storage import tables
from server.storage.engine import up_to_date
from server.submissions.intake import enough_disk

#: What has not answered by then is away.
WITHIN_S: Final = 5.0
#: Whoever asks sooner is told what was found last.
FRESH_S: Final = 1.0

_log = structlog.get_logger("server.operator.readiness")


@dataclass(frozen=True)
class Found:
    """``hints`` (NATS) are missed by nobody for long, so a server is ready without them."""

    storage: bool = False
    migrations: bool = False
    disk: bool = False
    keys: bool = False
    store: bool = False
    hints: bool = False
    #: The newest pack's number; 0: a server that has nothing to offer yet.
    pack: int = 0

    @property
    def ok(self) -> bool:
        return all((self.storage, self.migrations, self.disk, self.keys, self.store)) and self.pack > 0

    def told(self) -> dict[str, object]:
        return {"ok": self.ok, **asdict(self)}


class Readiness:
    """Belongs to one event loop. However many ask, one looks."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._looking: asyncio.Task[Found] | None = None
        self._last = (float("-inf"), Found())
        self._was = True

    async def look(self) -> Found:
        at, found = self._last
        if time.monotonic() - at < FRESH_S:
            return found
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(run_in_threadpool(self._look))
        done, _ = await asyncio.wait({self._looking}, timeout=WITHIN_S)
        found = self._looking.result() if done else Found()
        if done:
            self._last = (time.monotonic(), found)
        if found.ok is not self._was:
            self._was = found.ok
            _log.warning("server.ready" if found.ok else "server.not_ready", **found.told())
        return found

    def _look(self) -> Found:
        deps = self._deps
        storage, migrated, pack = False, False, 0
        try:
            with deps.engine.connect() as connection:
                pack = _newest_pack(connection)
                storage, migrated = True, up_to_date(connection)
        except SQLAlchemyError:
            pass
        store = True
        try:
            deps.attachments.blobs.look()
        except OSError:
            store = False
        return Found(
            storage=storage,
            migrations=migrated,
            disk=enough_disk(deps.settings.data, deps.settings.disk_reserve_bytes),
            keys=bool(deps.keys.public_sealing_keys()),
            store=store,
            hints=deps.bus.reaches_others,
            pack=pack,
        )


def _newest_pack(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(tables.packs.c.number), 0))).scalar_one())
