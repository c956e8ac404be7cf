"""A server whose database is damaged stands still: not ready, nothing is taken, nobody is told that something is kept.

Kiosks get our own 503 and keep what they have; people get a page. The way on is ``python -m server restore``.
"""

from collections.abc import Callable
from html import escape
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from protocol.languages import LANGUAGES
from server.api.errors import API_PREFIX, error_response
from server.foundation import texts
from server.settings import ServerSettings

#: Kiosks ask again this often; somebody has to repair the server first.
RETRY_S: Final = 120
HEALTH: Final = "/healthz"
#: To begin it again would not mend it.
LIVE: Final = "/livez"
_METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


class Standstill:
    """Around everything else: answers by itself while ``damage()`` is not empty."""

    def __init__(self, app: ASGIApp, damage: Callable[[], str]) -> None:
        self._app = app
        self._damage = damage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._damage():
            await answer(scope["path"])(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def answer(path: str) -> Response:
    retry = {"Retry-After": str(RETRY_S), "Cache-Control": "no-store"}
    if path == LIVE:
        return JSONResponse({"ok": True}, 200, {"Cache-Control": "no-store"})
    if path == HEALTH:
        return JSONResponse({"ok": False, "storage": False, "disk": True, "pack": 0}, 503, retry)
    if path.startswith(API_PREFIX):
        return error_response(503, "storage_damaged", "the server's database is damaged; keep everything", retry)
    return HTMLResponse(_page(), 503, retry)


def bare_app(settings: ServerSettings) -> FastAPI:
    """For a database that was found damaged at the start: it is not opened, so that it can be replaced meanwhile."""
    app = FastAPI(title="eKios", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    app.state.wake = lambda: None

    async def nothing(request: Request) -> Response:
        return answer(request.url.path)

    app.add_api_route("/{path:path}", nothing, methods=_METHODS, include_in_schema=False)
    return app


def _page() -> str:
    """In all four languages one below the other: nothing is known of who asks."""
    said = texts.load()
    sentences = "".join(
        f'<h1 lang="{language}">{escape(said.say(language, "message.damaged.title"))}</h1>'
        f'<p lang="{language}">{escape(said.say(language, "message.damaged.text"))}</p>'
        for language in LANGUAGES
    )
    return f'<!doctype html><html lang="id"><meta charset="utf-8"><title>eKios</title><body>{sentences}</body></html>'
