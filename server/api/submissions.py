"""``POST /v1/submissions`` and the attachments."""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from protocol.limits import BATCH_BYTES, BATCH_ITEMS
from protocol.messages import BatchAnswer, ItemStatus, SubmissionBatch
from server.api.bodies import takes, takes_bytes, unpacked
from server.api.errors import ApiError, error_response, try_later
from server.api.groups.admission import Replayed
from server.api.groups.intake_line import IntakeLine
from server.api.quota import over
from server.api.signed import SignedRequest, signed
from server.deps import Deps, get_deps
from server.fleet.quotas import Quota
from server.front_door.slots import Crowded, Slots
from server.submissions.attachments import PATCH_BYTES, AppendOutcome, AppendResult
from server.submissions.intake import Arrival, OverQuota, SeenBefore, Sender, enough_disk

DISK_RETRY_S: Final = 60

router = APIRouter(prefix="/v1", tags=["up"])
_WHOLE_NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": 10**12 - 1}
Sha256Path = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="of the sealed blob")]


@router.post(
    "/submissions",
    response_model=BatchAnswer,
    responses={400: {"description": "not gzip, though it says so"}, 415: {"description": "neither plain nor gzip"}},
    openapi_extra=takes(SubmissionBatch),
)
async def post_submissions(
    request: Request, sender: Annotated[SignedRequest, Depends(signed(BATCH_BYTES, own_transaction=True))]
) -> Response:
    """An answer per item; a broken item never costs the others theirs. gzip is understood."""
    deps = get_deps(request)
    refuse_when_full(deps)
    items = _items(unpacked(sender.body, request.headers.get("content-encoding", ""), BATCH_BYTES))
    slots: Slots = request.app.state.batches
    line: IntakeLine = request.app.state.intake
    try:
        with slots:
            taken = await line.take(Arrival(Sender(sender.kiosk_id, sender.kiosk_part), items, sender.verified))
    except Crowded as error:
        raise try_later(503, "busy", "many kiosks are sending", error.seconds) from error
    match taken:
        case OverQuota():
            raise over(Quota.SUBMISSIONS, taken.seconds)
        case SeenBefore():
            raise Replayed
    for one in taken.answers:
        deps.meters.took(one.status.value)
    if any(one.status is ItemStatus.REJECTED for one in taken.answers):
        await run_in_threadpool(deps.quarantine.keep, sender.kiosk_id, items, taken)
    # Made here of a message that is valid already: the framework would look at each member once more.
    return Response(taken.model_dump_json(), media_type="application/json")


@router.head(
    "/attachments/{sha256}",
    response_class=Response,
    responses={404: {"description": "no submission of this kiosk names it"}},
)
async def head_attachment(
    sha256: Sha256Path, request: Request, sender: Annotated[SignedRequest, Depends(signed())]
) -> Response:
    """``Upload-Offset``: durable bytes so far; ``Upload-Complete: ?1`` when verified."""
    deps = get_deps(request)
    progress = await run_in_threadpool(deps.attachments.progress, sender.kiosk_id, sha256)
    if progress.outcome is AppendOutcome.UNKNOWN:
        return Response(status_code=404)
    return Response(status_code=200, headers=_upload_headers(progress))


@router.patch(
    "/attachments/{sha256}",
    status_code=204,
    responses={
        400: {"description": "no bytes, or a header of the upload that cannot be"},
        404: {"description": "no submission of this kiosk names it"},
        409: {"description": "the durable bytes end at ``Upload-Offset``; go on from there"},
    },
    openapi_extra=takes_bytes({"Upload-Offset": _WHOLE_NUMBER, "Upload-Length": _WHOLE_NUMBER}),
)
async def patch_attachment(
    sha256: Sha256Path, request: Request, sender: Annotated[SignedRequest, Depends(signed(PATCH_BYTES))]
) -> Response:
    """Bytes from ``Upload-Offset`` on, of ``Upload-Length``; durable when answered."""
    deps = get_deps(request)
    refuse_when_full(deps)
    offset, length = _number(request, "upload-offset"), _number(request, "upload-length")
    if not sender.body:
        raise ApiError(400, "empty", "a PATCH brings at least one byte")
    result = await run_in_threadpool(deps.attachments.append, sender.kiosk_id, sha256, offset, length, sender.body)
    headers = _upload_headers(result)
    match result.outcome:
        case AppendOutcome.UNKNOWN:
            return error_response(404, "unknown_attachment", "no submission names this attachment")
        case AppendOutcome.WRONG_OFFSET:
            return error_response(409, "offset", "go on from Upload-Offset", headers)
        case AppendOutcome.WRONG_HASH:
            return error_response(409, "hash", "these were other bytes; begin anew", headers)
        case AppendOutcome.WRONG_LENGTH:
            return error_response(400, "length", "not the length that the submission said", headers)
        case _:
            return Response(status_code=204, headers=headers)


def _items(body: bytes) -> list[Any]:
    try:
        items = json.loads(body)["items"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ApiError(422, "invalid", "a batch is an object with items") from error
    if not isinstance(items, list) or not items:
        raise ApiError(422, "invalid", "items is a list of at least one")
    if len(items) > BATCH_ITEMS:
        raise ApiError(413, "too_many", f"a batch has at most {BATCH_ITEMS} items")
    return items


def refuse_when_full(deps: Deps) -> None:
    """Before anything that a kiosk can keep for another hour is taken."""
    if not enough_disk(deps.settings.data, deps.settings.disk_reserve_bytes):
        raise try_later(503, "disk_full", "the server's disk is nearly full", DISK_RETRY_S)


def _number(request: Request, header: str) -> int:
    value = request.headers.get(header, "")
    if not value.isascii() or not value.isdigit() or len(value) > 12:
        raise ApiError(400, "header", f"{header} is needed, a whole number")
    return int(value)


def _upload_headers(result: AppendResult) -> dict[str, str]:
    return {"Upload-Offset": str(result.offset), "Upload-Complete": "?1" if result.complete else "?0"}
