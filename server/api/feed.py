"""The feed down: a page by cursor, the same live, and what the kiosk reports as applied."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from protocol.messages import AppliedReport, FeedPage
from server.api.bodies import parse, takes
from server.api.signed import SignedRequest, signed
from server.api.streams import LiveResponse
from server.deps import Deps, get_deps
from server.foundation import bus, feed
from server.foundation.actors import kiosk_actor
from server.work.unit_of_work import UnitOfWork

MAX_CURSOR: Final = 2**31 - 1

router = APIRouter(prefix="/v1/feed", tags=["down"])
After = Annotated[int, Query(ge=0, le=MAX_CURSOR, description="the newest cursor that the kiosk holds")]


@router.get("", response_model=FeedPage)
async def get_feed(request: Request, kiosk: Annotated[SignedRequest, Depends(signed())], after: After = 0) -> FeedPage:
    """What comes after the cursor: gapless, in order, at most 200 events."""
    return await run_in_threadpool(_page, get_deps(request), kiosk.kiosk_id, after)


@router.get(
    "/live",
    response_class=LiveResponse,
    responses={200: {"description": "without end", "content": {"text/event-stream": {}}}},
)
async def live_feed(
    request: Request, kiosk: Annotated[SignedRequest, Depends(signed(), scope="function")], after: After = 0
) -> LiveResponse:
    """The same as server-sent events: ``id`` is the cursor, ``event`` the type, ``data`` the FeedEvent."""
    return LiveResponse(request.app.state.streams, kiosk.kiosk_id, after)


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


def _page(deps: Deps, kiosk_id: str, after: int) -> FeedPage:
    with deps.engine.connect() as connection:
        return feed.page(connection, kiosk_id, after)
