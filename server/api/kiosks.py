"""Enrolment, heartbeats, visits, case states and packs."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from protocol import PROTOCOL_VERSION
from protocol.field.readiness import SignedReadiness
from protocol.field.visits import PHOTO_BYTES, VisitPhoto
from protocol.messages import CaseState, EnrolRequest, EnrolResponse, Heartbeat, HeartbeatAnswer, Visit
from protocol.reports import KioskLog
from protocol.tracking import parse as parse_code
from server.api.bodies import SMALL_BODY_BYTES, parse, reading, takes
from server.api.errors import ApiError, try_later
from server.api.groups.admission import Replayed
from server.api.groups.together import Together
from server.api.quota import within
from server.api.signed import SignedRequest, signed
from server.api.versions import refuse_unknown_version
from server.deps import get_deps
from server.fleet.enrolment import ATTEMPTS_WITHIN, EnrolRefusal
from server.fleet.field_work.readiness import TakeOutcome
from server.fleet.heartbeats import Beat
from server.fleet.quotas import Quota

#: A visit with a thousand short actions.
VISIT_BYTES: Final = 262_144
#: A report and its signature, in base64.
READINESS_BYTES: Final = 32_768
#: A photo in base64, with room for its envelope.
PHOTO_BODY_BYTES: Final = PHOTO_BYTES * 4 // 3 + 1_024

router = APIRouter(prefix="/v1")


@router.post(
    "/enrol",
    response_model=EnrolResponse,
    responses={
        403: {"description": "the code is unknown, used or too old"},
        426: {"description": "a version of the protocol is named that is not understood"},
    },
    openapi_extra=takes(EnrolRequest),
    tags=["enrolment"],
)
async def enrol(request: Request) -> EnrolResponse:
    """Not signed: the one-time code speaks for the kiosk. The same code from the same key is answered again."""
    deps = get_deps(request)
    refuse_unknown_version(request, unnamed=str(PROTOCOL_VERSION))
    async with reading(request, SMALL_BODY_BYTES) as body:
        wanted = parse(EnrolRequest, body)
    address = request.client.host if request.client else ""
    answer = await run_in_threadpool(deps.enrolment.enrol, wanted, address)
    match answer:
        case EnrolRefusal.CODE_REFUSED:
            raise ApiError(403, "code_refused", "the code is unknown, used or too old; ask the office for a new one")
        case EnrolRefusal.TOO_MANY_TRIES:
            seconds = int(ATTEMPTS_WITHIN.total_seconds())
            raise try_later(429, "too_many_tries", "too many codes were tried", seconds)
        case EnrolRefusal.BAD_KEY:
            raise ApiError(422, "invalid", "not as agreed: public_key")
        case _:
            return answer


@router.post("/heartbeat", response_model=HeartbeatAnswer, openapi_extra=takes(Heartbeat), tags=["presence"])
async def heartbeat(
    request: Request, kiosk: Annotated[SignedRequest, Depends(signed(own_transaction=True))]
) -> HeartbeatAnswer:
    beat = Beat(kiosk.kiosk_id, parse(Heartbeat, kiosk.body), kiosk.verified)
    together: Together[Beat, HeartbeatAnswer | None] = request.app.state.heartbeats
    answer = await together.put(beat)
    if answer is None:
        raise Replayed
    return answer


@router.post("/visits", status_code=204, openapi_extra=takes(Visit), tags=["presence"])
async def visit(request: Request, kiosk: Annotated[SignedRequest, Depends(signed(VISIT_BYTES))]) -> Response:
    """The same id again changes nothing."""
    deps, reported = get_deps(request), parse(Visit, kiosk.body)
    await run_in_threadpool(deps.presence.visit, kiosk.kiosk_id, reported)
    return Response(status_code=204)


@router.post("/readiness", status_code=204, openapi_extra=takes(SignedReadiness), tags=["presence"])
async def readiness(request: Request, kiosk: Annotated[SignedRequest, Depends(signed(READINESS_BYTES))]) -> Response:
    """A readiness report, signed by the kiosk beyond the request that brings it. The same id again changes nothing."""
    deps, sent = get_deps(request), parse(SignedReadiness, kiosk.body)
    outcome = await run_in_threadpool(deps.readiness.take, kiosk.kiosk_id, sent)
    if outcome is TakeOutcome.REFUSED:
        raise ApiError(422, "invalid", "not as agreed: the report is not signed by this kiosk")
    return Response(status_code=204)


@router.post("/visit-photos", status_code=204, openapi_extra=takes(VisitPhoto), tags=["presence"])
async def visit_photo(request: Request, kiosk: Annotated[SignedRequest, Depends(signed(PHOTO_BODY_BYTES))]) -> Response:
    """A photo of the kiosk, taken in a visit that may be told later."""
    deps, sent = get_deps(request), parse(VisitPhoto, kiosk.body)
    if not await run_in_threadpool(deps.visit_photos.take, kiosk.kiosk_id, sent):
        raise ApiError(422, "invalid", "not as agreed: no JPEG")
    return Response(status_code=204)


@router.post("/logs", status_code=204, openapi_extra=takes(KioskLog), tags=["presence"])
async def log(request: Request, kiosk: Annotated[SignedRequest, Depends(signed())]) -> Response:
    """The last lines of the kiosk's log, because the command of this id asked for them; anything else is not kept."""
    deps, told = get_deps(request), parse(KioskLog, kiosk.body)
    await run_in_threadpool(deps.device_commands.take_log, kiosk.kiosk_id, told)
    return Response(status_code=204)


@router.get(
    "/cases/{code}", response_model=CaseState, responses={404: {"description": "no case has this code"}}, tags=["down"]
)
async def case_state(
    code: Annotated[str, Path(max_length=300, description="a tracking code, as somebody typed or scanned it")],
    request: Request,
    kiosk: Annotated[SignedRequest, Depends(signed())],
) -> CaseState:
    """The public state of a case, of any kiosk. From now on this one may send its citizen's answers."""
    deps, parsed = get_deps(request), parse_code(code)
    await run_in_threadpool(within, deps, kiosk.kiosk_id, Quota.LOOKUPS)
    state = await run_in_threadpool(deps.case_files.shown_to_kiosk, kiosk.kiosk_id, parsed) if parsed else None
    if state is None:
        raise ApiError(404, "no_such_case", "no case has this code")
    return state


@router.get(
    "/packs/metadata/{file}",
    response_class=FileResponse,
    responses={404: {"description": "there are no such metadata"}},
    tags=["packs"],
)
async def pack_metadata(
    file: Annotated[str, Path(max_length=100)],
    request: Request,
    kiosk: Annotated[SignedRequest, Depends(signed())],  # noqa: ARG001 - only kiosks may ask
) -> FileResponse:
    """TUF metadata. A signature on the request is asked for; what is trusted is the signature inside."""
    path = await run_in_threadpool(get_deps(request).packs.metadata_path, file)
    if path is None:
        raise ApiError(404, "no_such_file", "there are no such metadata")
    return FileResponse(path, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get(
    "/packs/targets/{file}",
    response_class=FileResponse,
    responses={404: {"description": "there is no such pack"}},
    tags=["packs"],
)
async def pack_target(
    file: Annotated[str, Path(max_length=100)],
    request: Request,
    kiosk: Annotated[SignedRequest, Depends(signed())],  # noqa: ARG001 - only kiosks may ask
) -> FileResponse:
    """A pack, or a release's manifest, by its hash and name, as TUF clients ask with consistent snapshots."""
    path = await run_in_threadpool(get_deps(request).packs.target_path, file)
    if path is None:
        raise ApiError(404, "no_such_file", "there is no such pack")
    return FileResponse(path, media_type="application/zip", headers={"Cache-Control": "no-store"})
