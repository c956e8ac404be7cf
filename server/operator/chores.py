"""What a server does by itself, from time to time: each chore once among all servers of the city (``server.work.leases``)."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from server.audit import audit
from server.cases import lookups as case_lookups
from server.deps import Deps
from server.foundation.actors import SYSTEM
from server.work.leases import LEASE_S
from server.work.servers import SAY_S

#: How often a server asks whether a chore is due that another one may have done, or died over.
LOOK_S: Final = 20.0
#: How long a server that stops waits for the chores that it is at.
STOP_S: Final = 10.0
_RENEW_S: Final = LEASE_S / 3
_FAULTS: Final = (SQLAlchemyError, OSError)

_log = structlog.get_logger("server.operator.chores")


@dataclass(frozen=True)
class Chore:
    """Every so many seconds; ``first_s`` after a start, when that is sooner. ``each``: by every server for itself."""

    do: Callable[[Deps], None]
    every_s: float
    first_s: float | None = None
    each: bool = False

    @property
    def name(self) -> str:
        return self.do.__name__


def check_alarms(deps: Deps) -> None:
    deps.alarms.check_all()


def escalate(deps: Deps) -> None:
    deps.escalation.escalate_late()


def sweep_nonces(deps: Deps) -> None:
    with deps.units.begin(SYSTEM) as work:
        deps.signing_clock.sweep(work.connection)
    deps.presence.forget_history()


def look_at_questions(deps: Deps) -> None:
    deps.questions.look()


def close_settled(deps: Deps) -> None:
    deps.complaints.close_settled()


def index_older_cases(deps: Deps) -> None:
    deps.reindexing.some()


def look_at_pictures(deps: Deps) -> None:
    deps.picture_marks.look()


def sweep_drafts(deps: Deps) -> None:
    deps.citizen_drafts.sweep()
    deps.quarantine.sweep()
    deps.quotas.sweep()
    with deps.units.begin(SYSTEM) as work:
        case_lookups.forget(work.connection, work.now)


def publish_due(deps: Deps) -> None:
    deps.schedule.publish_due()


def look_at_releases(deps: Deps) -> None:
    deps.releases.rollout.look()


def publish_times(deps: Deps) -> None:
    deps.transparency.publish()


def renew_metadata(deps: Deps) -> None:
    deps.packs.refresh()


def look_through_storage(deps: Deps) -> None:
    deps.integrity.look()


def make_checkpoint(deps: Deps) -> None:
    """Signs the log's head; every kiosk is offered it in the answer to its next heartbeat."""
    with deps.units.begin(SYSTEM) as work:
        audit.checkpoint(work.connection, work.now, deps.settings.address, deps.keys.audit)


def say_here(deps: Deps) -> None:
    deps.servers.here()


CHORES: Final = (
    Chore(check_alarms, 5),
    Chore(index_older_cases, 5),
    Chore(look_at_pictures, 5),
    Chore(publish_due, 20),
    Chore(look_at_releases, 30),
    Chore(sweep_nonces, 60),
    Chore(escalate, 60),
    Chore(make_checkpoint, 300),
    Chore(look_at_questions, 600),
    Chore(close_settled, 600),
    Chore(renew_metadata, 600),
    # The times that offices keep are worked out soon after a start.
    Chore(publish_times, 900, first_s=2),
    Chore(sweep_drafts, 3_600),
    Chore(look_through_storage, 86_400, each=True),
    Chore(say_here, SAY_S, first_s=0, each=True),
)


@contextlib.asynccontextmanager
async def at_work(deps: Deps) -> AsyncIterator[None]:
    """All chores, as long as the block runs."""
    stopping = asyncio.Event()
    tasks = [asyncio.create_task(_repeat(chore, deps, stopping)) for chore in CHORES]
    try:
        yield
    finally:
        # A task that is cancelled leaves its thread at work, with a connection: so each ends what it is at.
        stopping.set()
        _, late = await asyncio.wait(tasks, timeout=STOP_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(*_FAULTS):
            await run_in_threadpool(deps.servers.leave)


async def _repeat(chore: Chore, deps: Deps, stopping: asyncio.Event) -> None:
    """A chore that fails is logged and tried again: the storage may be away for a while, and a fault of ours in one case must
    not end the chore for all others."""
    every = chore.every_s if chore.each or deps.alone else min(chore.every_s, LOOK_S)
    pause = every if chore.first_s is None else chore.first_s
    while not await _ends(stopping, pause):
        pause = every
        if deps.integrity.damage:
            continue
        failed = await _run(chore, deps)
        if failed is not None:
            _log.error("chore.failed", chore=chore.name, error=failed)


async def _ends(stopping: asyncio.Event, within_s: float) -> bool:
    try:
        await asyncio.wait_for(stopping.wait(), within_s)
    except TimeoutError:
        return False
    return True


async def _run(chore: Chore, deps: Deps) -> str | None:
    """By what it failed; None when it did not, or was not ours to do."""
    try:
        if chore.each:
            return await _do(chore, deps)
        if not await run_in_threadpool(deps.leases.claim, chore.name, chore.every_s):
            return None
        renewing = asyncio.create_task(_renew(chore, deps))
        began = time.monotonic()
        try:
            failed = await _do(chore, deps)
        finally:
            renewing.cancel()
        deps.meters.did(chore.name, time.monotonic() - began, failed is not None)
        await run_in_threadpool(deps.leases.done, chore.name, failed or "")
        return failed
    except _FAULTS as error:
        return type(error).__name__


async def _do(chore: Chore, deps: Deps) -> str | None:
    try:
        await run_in_threadpool(chore.do, deps)
    except _FAULTS as error:
        return type(error).__name__
    except Exception as error:  # noqa: BLE001 - see _repeat
        _log.error("chore.broken", chore=chore.name, error=type(error).__name__, exc_info=error)
        return type(error).__name__
    return None


async def _renew(chore: Chore, deps: Deps) -> None:
    while True:
        await asyncio.sleep(_RENEW_S)
        try:
            if not await run_in_threadpool(deps.leases.renew, chore.name):
                _log.warning("chore.taken_over", chore=chore.name)
                return
        except _FAULTS as error:
            _log.warning("chore.not_renewed", chore=chore.name, error=type(error).__name__)
