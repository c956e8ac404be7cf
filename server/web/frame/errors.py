"""What is shown when a page cannot be: always a page, friendly, with a way on."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from protocol.formats import Formatting
from protocol.languages import FALLBACK
from server.api.errors import API_PREFIX, STORAGE_FAULTS
from server.people.passwords import PasswordsBusy
from server.web.frame.access import FactorNeeded, PageRefused, PasswordChangeNeeded, SignInNeeded
from server.web.frame.site import site_of
from server.web.frame.visitor import FORM_COOKIE, Visitor, safe_back

_SYMBOLS = {"too_often": "clock", "busy": "clock", "forbidden": "lock", "stale": "lock", "unknown_code": "search"}
_log = structlog.get_logger("server.web")


Handler = Callable[[Request, Exception], Awaitable[Response]]

#: Seconds after which it is worth asking for the page again.
BUSY_RETRY_S = 5


def install(app: FastAPI) -> None:
    """Pages get pages; what the API has arranged for its own paths stays as it is."""
    app.add_exception_handler(PageRefused, _page_refused)
    app.add_exception_handler(SignInNeeded, _sign_in_needed)
    app.add_exception_handler(PasswordChangeNeeded, _password_change_needed)
    app.add_exception_handler(FactorNeeded, _factor_needed)
    for fault in STORAGE_FAULTS:
        _answer(app, fault, _busy)
    _answer(app, PasswordsBusy, _passwords_busy)
    _answer(app, RequestValidationError, _nowhere)
    _answer(app, HTTPException, _plain)
    _answer(app, Exception, _broken)


def _answer(app: FastAPI, fault: type[Exception], page: Handler) -> None:
    before = app.exception_handlers.get(fault)

    async def answer(request: Request, error: Exception) -> Response:
        if not request.url.path.startswith(API_PREFIX):
            return await page(request, error)
        if before is None:
            raise error
        response: Response = await before(request, error)  # type: ignore[misc]
        return response

    app.add_exception_handler(fault, answer)


async def _page_refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, PageRefused):
        raise error
    response = message(request, error.status, error.key, **error.values)
    if "seconds" in error.values:
        response.headers["retry-after"] = str(error.values["seconds"])
    return response


async def _sign_in_needed(request: Request, _: Exception) -> Response:
    if request.headers.get("hx-request") == "true":
        # A fragment of a page whose session ended: the whole page goes to sign in.
        shown = urlsplit(request.headers.get("hx-current-url", ""))
        page = f"{shown.path}?{shown.query}" if shown.query else shown.path
        back = quote(safe_back(page or "/"), safe="/")
        return Response(status_code=204, headers={"HX-Redirect": f"/sign-in?next={back}"})
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = quote(here if request.method == "GET" else "/", safe="/")
    return RedirectResponse(f"/sign-in?next={back}", 303)


async def _password_change_needed(request: Request, _: Exception) -> Response:
    return _first_to(request, "/password")


async def _factor_needed(request: Request, _: Exception) -> Response:
    return _first_to(request, "/security")


def _first_to(request: Request, path: str) -> Response:
    """To a page that comes before any other; a fragment takes its whole page there."""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": path})
    return RedirectResponse(path, 303)


async def _nowhere(request: Request, _: Exception) -> Response:
    return message(request, 404, "not_found")


async def _plain(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: no such path or method."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    return message(request, status, "not_found")


async def _busy(request: Request, error: Exception) -> Response:
    _log.error("web.storage_away", error=type(error).__name__)
    response = message(request, 503, "busy")
    response.headers["retry-after"] = str(BUSY_RETRY_S)
    return response


async def _passwords_busy(request: Request, _: Exception) -> Response:
    response = message(request, 503, "busy")
    response.headers["retry-after"] = str(BUSY_RETRY_S)
    return response


async def _broken(request: Request, error: Exception) -> Response:
    """A bug: reported without its details, and logged without the request's contents."""
    _log.error("web.broken", error=type(error).__name__, exc_info=error)
    site = site_of(request)
    return message(request, 500, "broken", when=Formatting(FALLBACK, site.zone).short_moment(site.deps.clock.now()))


def message(request: Request, status: int, key: str, **values: object) -> Response:
    """A page with a single message, for visitors of whom nothing is known."""
    visitor = Visitor(request, site_of(request), None, request.cookies.get(FORM_COOKIE, ""), FormData())
    tracking = key in ("unknown_code", "too_often")
    return visitor.render(
        "public/message.html",
        status,
        public=True,
        key=f"message.{key}",
        values=values,
        symbol=_SYMBOLS.get(key, "alarm"),
        way={"path": "/t" if tracking else "/", "key": "message.track" if tracking else "message.home"},
        other={"path": "/sign-in", "key": "message.sign_in"} if key in ("forbidden", "not_found") else None,
    )
