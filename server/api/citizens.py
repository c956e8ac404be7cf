"""What kiosks send and ask beside submissions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from protocol.documents import SignedDocument
from protocol.reports import HelpCall, RatingAnswer, RatingBatch
from server.api.bodies import parse, takes
from server.api.errors import ApiError
from server.api.quota import within
from server.api.signed import SignedRequest, signed
from server.deps import get_deps
from server.fleet.quotas import Quota

router = APIRouter(prefix="/v1", tags=["citizens"])


@router.post("/ratings", response_model=RatingAnswer, openapi_extra=takes(RatingBatch))
async def post_ratings(request: Request, kiosk: Annotated[SignedRequest, Depends(signed())]) -> RatingAnswer:
    """Visits that were rated, anonymous. The same id again changes nothing."""
    deps, batch = get_deps(request), parse(RatingBatch, kiosk.body)
    await run_in_threadpool(within, deps, kiosk.kiosk_id, Quota.RATINGS, len(batch.items))
    return await run_in_threadpool(deps.ratings.take, kiosk.kiosk_id, batch.items)


@router.post("/help-calls", status_code=204, openapi_extra=takes(HelpCall))
async def post_help_call(request: Request, kiosk: Annotated[SignedRequest, Depends(signed())]) -> Response:
    """Somebody at the kiosk asks for an officer: an alarm of the fleet at once. The same id again changes nothing."""
    deps, call = get_deps(request), parse(HelpCall, kiosk.body)
    await run_in_threadpool(within, deps, kiosk.kiosk_id, Quota.HELP_CALLS)
    if await run_in_threadpool(deps.help_calls.take, kiosk.kiosk_id, call):
        await run_in_threadpool(deps.alarms.check, kiosk.kiosk_id)
    return Response(status_code=204)


@router.get(
    "/documents/{name}",
    response_model=SignedDocument,
    responses={404: {"description": "the city has published no such document"}},
    tags=["down"],
)
async def get_document(
    name: Annotated[str, Path(max_length=64)],
    request: Request,
    kiosk: Annotated[SignedRequest, Depends(signed())],  # noqa: ARG001 - only kiosks may ask
) -> SignedDocument:
    """What the city publishes for everybody, in its newest version."""
    document = await run_in_threadpool(get_deps(request).publications.get, name)
    if document is None:
        raise ApiError(404, "no_such_document", "the city has published no such document")
    return document
