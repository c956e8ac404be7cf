"""``GET /metrics``: counts for the operator's Prometheus, which shows a token of its own.

Not the operator's: whoever reads counts must not be able to order anything. nginx does not pass the path on either
(``deploy/nginx``). Decision 176.
"""

import hmac
import secrets
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from prometheus_client.exposition import choose_encoder
from starlette.concurrency import run_in_threadpool

from server.api.errors import ApiError
from server.deps import get_deps
from server.foundation.keys import keep_secret
from server.foundation.meters import Meters
from server.operator.readiness import Readiness
from server.settings import ServerSettings

_TOKEN_FILE: Final = "metrics.token"

router = APIRouter(include_in_schema=False)


def metrics_token(settings: ServerSettings) -> str:
    """From the file that the settings name, else from one in the data folder; made when missing."""
    path: Path = settings.metrics_token_file or settings.data / "keys" / _TOKEN_FILE
    if not path.exists():
        keep_secret(path, secrets.token_urlsafe(32).encode())
    return path.read_text().strip()


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    deps = get_deps(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not hmac.compare_digest(token.encode(), metrics_token(deps.settings).encode()):
        raise ApiError(401, "metrics", "the token of the metrics is needed; see docs/operate.md")
    readiness: Readiness = request.app.state.readiness
    meters: Meters = request.app.state.meters
    request.app.state.measures.ready = await readiness.look()
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(await run_in_threadpool(encode, meters.registry), media_type=media_type)
