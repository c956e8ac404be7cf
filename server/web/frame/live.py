"""Pages that change by themselves: hints of the bus as server-sent events.

An event carries no data of a case: it says "look again", and the page fetches what it may see. So nothing is lost
with an event, and a page that missed some looks by itself from time to time. A stream ends after a while, so that
the browser reconnects and its session is checked again.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from server.foundation import bus
from server.foundation.actors import Role
from server.web.frame.access import Pages, Rule, Visit, only
from server.web.frame.visitor import OFFICE, Visitor

STREAM_SECONDS: Final = 600.0
#: How long browsers wait before they reconnect, in milliseconds.
RETRY_MS: Final = 2000
#: In a fleet of thousands something changes all the time: its pages look again this often at most.
FLEET_REST_S: Final = 2.0

pages = Pages()


@pages.poll("/office/live", Rule(OFFICE))
async def office(visitor: Visit) -> StreamingResponse:
    return _stream(visitor, [bus.inbox_topic(visitor.signed_in.agency_id or "")], "cases")


@pages.poll("/fleet/live", only(Role.ADMIN, Role.COMMAND, on_display=True))
async def fleet(visitor: Visit) -> StreamingResponse:
    return _stream(visitor, [bus.FLEET, bus.PACKS], "fleet", FLEET_REST_S)


def _stream(visitor: Visitor, topics: Sequence[str], event: str, rest_s: float = 0.0) -> StreamingResponse:
    return StreamingResponse(
        _events(visitor, topics, event, rest_s),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _events(visitor: Visitor, topics: Sequence[str], event: str, rest_s: float) -> AsyncIterator[str]:
    deps = visitor.deps
    ping = deps.settings.live_ping_s
    now = asyncio.get_running_loop().time
    ends = now() + STREAM_SECONDS
    looked = now()
    async with deps.bus.subscribe(topics) as subscription:
        # Looking once catches up on what happened between the page and this stream.
        yield f"retry: {RETRY_MS}\nevent: {event}\ndata: look\n\n"
        while now() < ends and not deps.bus.stopping:
            hint = await subscription.get(ping)
            if now() >= looked + ping:
                # Whoever was signed out, or was away for too long, is told nothing more.
                looked = now()
                if await run_in_threadpool(visitor.site.accounts.find, visitor.token, False) is None:
                    return
            if hint is not None:
                yield f"event: {event}\ndata: look\n\n"
                # What comes meanwhile waits and is told as one.
                await asyncio.sleep(rest_s)
                subscription.forget()
            else:
                yield ": still here\n\n"
