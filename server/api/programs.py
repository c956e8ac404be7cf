"""The files of the kiosks' program; their manifests come with the packs' metadata, which sign them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from server.api.errors import ApiError
from server.api.signed import SignedRequest, signed
from server.deps import get_deps

router = APIRouter(prefix="/v1")


@router.get(
    "/releases/files/{sha256}",
    response_class=FileResponse,
    responses={
        206: {"description": "the rest of it, from the byte that ``Range`` names"},
        404: {"description": "no release has such a file"},
        416: {"description": "there is no such byte"},
    },
    tags=["packs"],
)
async def program_file(
    sha256: Annotated[str, Path(max_length=64)],
    request: Request,
    kiosk: Annotated[SignedRequest, Depends(signed())],  # noqa: ARG001 - only kiosks may ask
) -> FileResponse:
    """A file of the kiosk's program by its hash. ``Range: bytes=N-`` goes on where a line broke off."""
    path = await run_in_threadpool(get_deps(request).releases.files.path, sha256)
    if path is None:
        raise ApiError(404, "no_such_file", "no release has such a file")
    return FileResponse(path, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})
