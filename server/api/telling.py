"""Around every request: a name for it in the log and the answer, a count, and a line in the log when it went wrong or was slow.

What is told is the route (``/v1/cases/{code}``), never the path, which holds tracking codes, and nobody's address.
"""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any, Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.standstill import HEALTH
from server.foundation.meters import NO_ROUTE, Meters

REQUEST_ID: Final = "X-Request-Id"
#: What a proxy may call a request; anything else is called by a name of our own.
_GIVEN: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
#: An answer that begins later is told.
SLOW_S: Final = 2.0
#: As they are known; what somebody made up is counted together.
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_log = structlog.get_logger("server.api")


class Telling:
    def __init__(self, app: ASGIApp, meters: Meters, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._meters = meters
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        name = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        began, status = self._clock(), 500

        async def begin(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = name
                self._tell(scope, status, self._clock() - began)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=name):
            try:
                await self._app(scope, receive, begin)
            except Exception:
                if status == 500:
                    self._tell(scope, status, self._clock() - began)
                raise

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = route_of(scope)
        self._meters.answered(method, route, status, seconds)
        event = "request.failed" if status >= 500 else "request.slow" if seconds > SLOW_S else ""
        # Of readiness the log has a line when it changes, not one for each time that somebody asks.
        if event and route != HEALTH:
            _log.warning(event, method=method, route=route, status=status, seconds=round(seconds, 3))


def route_of(scope: Scope) -> str:
    """As it was written down: with names where a path has values."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", "")) or (str(scope.get("root_path") or "") or NO_ROUTE)
