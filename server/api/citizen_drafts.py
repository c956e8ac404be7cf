"""Drafts: kept, opened with a proof, erased when they were taken."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from protocol.drafts import PROOF_HEADER, DraftKept, DraftProof
from protocol.limits import DRAFT_BYTES
from server.api.bodies import parse, takes, takes_bytes
from server.api.errors import ApiError, try_later
from server.api.quota import within
from server.api.signed import SignedRequest, signed
from server.api.submissions import refuse_when_full
from server.deps import get_deps
from server.fleet.quotas import Quota
from server.submissions.citizen_drafts import DraftOutcome, DraftResult

router = APIRouter(prefix="/v1/drafts", tags=["drafts"])
Lookup = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="made of the code by Argon2id")]
_HASH = 64
_UNKNOWN: Final[dict[str, Any]] = {"description": "no draft has this name"}
_WRONG: Final[dict[str, Any]] = {"description": "not as agreed, or another birth date"}


@router.put(
    "/{lookup}",
    response_model=DraftKept,
    status_code=201,
    responses={
        200: {"model": DraftKept, "description": "these very bytes were kept before"},
        400: {"description": f"no bytes, or no `{PROOF_HEADER}`"},
        409: {"description": "another draft lies under this name"},
    },
    openapi_extra=takes_bytes({PROOF_HEADER: {"type": "string", "pattern": "^[0-9a-f]{64}$"}}),
)
async def keep_draft(
    lookup: Lookup,
    request: Request,
    response: Response,
    kiosk: Annotated[SignedRequest, Depends(signed(DRAFT_BYTES))],
) -> DraftKept:
    """Sealed bytes that the server cannot read. The same again is 200; others under this name are 409."""
    deps = get_deps(request)
    refuse_when_full(deps)
    hashed = request.headers.get(PROOF_HEADER, "")
    if len(hashed) != _HASH or any(digit not in "0123456789abcdef" for digit in hashed):
        raise ApiError(400, "header", f"{PROOF_HEADER} is needed, 64 hex digits")
    if not kiosk.body:
        raise ApiError(400, "empty", "a draft has at least one byte")
    await run_in_threadpool(within, deps, kiosk.kiosk_id, Quota.DRAFTS)
    result = await run_in_threadpool(deps.citizen_drafts.keep, kiosk.kiosk_id, lookup, hashed, kiosk.body)
    if result.outcome is DraftOutcome.TAKEN:
        raise ApiError(409, "taken", "another draft lies under this name")
    if result.outcome is DraftOutcome.FULL or result.expires_at is None:
        raise try_later(429, "too_many", "this kiosk has left too many drafts", 3600)
    if result.outcome is DraftOutcome.REPEATED:
        response.status_code = 200
    return DraftKept(expires_at=result.expires_at)


@router.post(
    "/{lookup}/open",
    response_class=Response,
    responses={
        200: {"description": "the sealed bytes", "content": {"application/octet-stream": {}}},
        404: _UNKNOWN,
        422: _WRONG,
    },
    openapi_extra=takes(DraftProof),
)
async def open_draft(lookup: Lookup, request: Request, kiosk: Annotated[SignedRequest, Depends(signed())]) -> Response:
    """It stays until it is erased, since this answer may get lost."""
    proof = parse(DraftProof, kiosk.body).proof
    result = await run_in_threadpool(get_deps(request).citizen_drafts.open, kiosk.kiosk_id, lookup, proof)
    _refuse(result)
    return Response(result.sealed, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})


@router.delete("/{lookup}", status_code=204, responses={404: _UNKNOWN, 422: _WRONG}, openapi_extra=takes(DraftProof))
async def erase_draft(lookup: Lookup, request: Request, kiosk: Annotated[SignedRequest, Depends(signed())]) -> Response:
    """Its owner has it."""
    proof = parse(DraftProof, kiosk.body).proof
    _refuse(await run_in_threadpool(get_deps(request).citizen_drafts.erase, kiosk.kiosk_id, lookup, proof))
    return Response(status_code=204)


def _refuse(result: DraftResult) -> None:
    match result.outcome:
        case DraftOutcome.UNKNOWN:
            raise ApiError(404, "no_such_draft", "no draft has this code")
        case DraftOutcome.WRONG:
            raise ApiError(422, "wrong", "another birth date")
        case DraftOutcome.BLOCKED:
            raise try_later(429, "too_many_tries", "too many tries", max(1, int(result.wait.total_seconds())))
        case _:
            return
