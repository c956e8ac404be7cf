"""``GET /healthz``: whether this process can do its work, for load balancers and ``make run``. ``GET /livez``: whether it runs at all.

Tells no secrets. A process that is live and not ready is left alone: what it lacks comes back without it.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from server.deps import get_deps
from server.operator.readiness import Readiness

router = APIRouter(tags=["health"])
_ANEW = {"Cache-Control": "no-store"}


@router.get(
    "/healthz",
    responses={503: {"description": "database, schema, disk, keys or attachments' store away, no pack, or stopping"}},
)
async def health(request: Request) -> Response:
    readiness: Readiness = request.app.state.readiness
    found = await readiness.look()
    stopping = get_deps(request).bus.stopping
    told = {**found.told(), "ok": found.ok and not stopping}
    return JSONResponse(told, 200 if told["ok"] else 503, _ANEW)


@router.get("/livez", include_in_schema=False)
async def live() -> Response:
    return JSONResponse({"ok": True}, 200, _ANEW)
