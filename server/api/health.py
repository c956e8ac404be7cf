"""``GET /healthz``: whether this process can do its work. For load balancers and ``make run``; tells no secrets."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Connection, func, select, text
from starlette.concurrency import run_in_threadpool

from server.deps import Deps, get_deps
from server.storage import tables
from server.submissions.intake import enough_disk

router = APIRouter(tags=["health"])


@router.get("/healthz", responses={503: {"description": "storage away, disk nearly full, or no pack"}})
async def health(request: Request) -> Response:
    found = await run_in_threadpool(_look, get_deps(request))
    return JSONResponse(found, 200 if found["ok"] else 503, {"Cache-Control": "no-store"})


def _look(deps: Deps) -> dict[str, object]:
    with deps.engine.connect() as connection:
        pack = _newest_pack(connection)
    disk = enough_disk(deps.settings.data, deps.settings.disk_reserve_bytes)
    return {"ok": disk and pack > 0, "storage": True, "disk": disk, "pack": pack}


def _newest_pack(connection: Connection) -> int:
    connection.execute(text("SELECT 1"))
    return int(connection.execute(select(func.coalesce(func.max(tables.packs.c.number), 0))).scalar_one())
