"""The feed down: a page by cursor, the same live, and what the kiosk reports as applied."""

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import select
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from protocol.messages import AppliedReport, FeedPage
from server.api.bodies import parse, takes
from server.api.signed import SignedRequest, signed
from server.deps import Deps, get_deps
from server.foundation import bus, feed
from server.foundation.actors import kiosk_actor
from server.storage import tables
from server.work.unit_of_work import UnitOfWork

#: A live stream looks by itself this often, should a hint be lost.
LOOK_S: Final = 10.0
MAX_CURSOR: Final = 2**31 - 1

router = APIRouter(prefix="/v1/feed", tags=["down"])
After = Annotated[int, Query(ge=0, le=MAX_CURSOR, description="the newest cursor that the kiosk holds")]


@router.get("", response_model=FeedPage)
async def get_feed(request: Request, kiosk: Annotated[SignedRequest, Depends(signed())], after: After = 0) -> FeedPage:
    """What comes after the cursor: gapless, in order, at most 200 events."""
    page = await run_in_threadpool(_page, get_deps(request), kiosk.kiosk_id, after)
    assert page is not None
    return page


@router.get(
    "/live",
    response_class=EventSourceResponse,
    responses={200: {"description": "without end", "content": {"text/event-stream": {}}}},
)
async def live_feed(
    request: Request, kiosk: Annotated[SignedRequest, Depends(signed())], after: After = 0
) -> EventSourceResponse:
    """The same as server-sent events: ``id`` is the cursor, ``event`` the type, ``data`` the FeedEvent."""
    deps = get_deps(request)
    return EventSourceResponse(
        _live(deps, kiosk.kiosk_id, after),
        ping=deps.settings.live_ping_s,
        ping_message_factory=lambda: ServerSentEvent(comment="alive"),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.post("/applied", status_code=204, openapi_extra=takes(AppliedReport))
async def applied(request: Request, kiosk: Annotated[SignedRequest, Depends(signed())]) -> Response:
    """The cursor that the kiosk has applied, and what came of commands."""
    deps, report = get_deps(request), parse(AppliedReport, kiosk.body)

    def apply(work: UnitOfWork) -> None:
        deps.device_commands.applied(work.connection, kiosk.kiosk_id, report)
        work.hint(bus.FLEET, kiosk.kiosk_id)
        deps.failpoints.reach("feed.applied")

    await run_in_threadpool(deps.units.run, kiosk_actor(kiosk.kiosk_id), apply)
    return Response(status_code=204)


async def _live(deps: Deps, kiosk_id: str, after: int) -> AsyncIterator[ServerSentEvent]:
    async with deps.bus.subscribe([bus.feed_topic(kiosk_id)]) as hints:
        cursor = after
        while not deps.bus.stopping:
            page = await run_in_threadpool(_page, deps, kiosk_id, cursor)
            if page is None:
                return
            for event in page.events:
                cursor = event.n
                yield ServerSentEvent(id=str(event.n), event=str(event.type), data=event.model_dump_json())
            if not page.events:
                await hints.get(LOOK_S)


def _page(deps: Deps, kiosk_id: str, after: int) -> FeedPage | None:
    """None when the kiosk was shut out meanwhile: a stream that was opened before ends."""
    with deps.engine.connect() as connection:
        revoked = connection.execute(select(tables.kiosks.c.revoked_at).where(tables.kiosks.c.id == kiosk_id)).scalar()
        return None if revoked is not None else feed.page(connection, kiosk_id, after)
