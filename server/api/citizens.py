"""What kiosks send and ask beside submissions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool

from server.api.bodies import parse, takes
from server.api.signed import SignedRequest, signed
from server.deps import get_deps
from sync.protocol.reports import RatingAnswer, RatingBatch

router = APIRouter(prefix="/v1", tags=["citizens"])


@router.post("/ratings", response_model=RatingAnswer, openapi_extra=takes(RatingBatch))
async def post_ratings(request: Request, kiosk: Annotated[SignedRequest, Depends(signed())]) -> RatingAnswer:
    """Visits that were rated, anonymous. The same id again changes nothing."""
    deps, batch = get_deps(request), parse(RatingBatch, kiosk.body)
    return await run_in_threadpool(deps.ratings.take, kiosk.kiosk_id, batch.items)
