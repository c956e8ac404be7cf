"""Every page says who may open it; a page without a rule cannot be written.

``Pages`` is a router whose decorators demand ``roles``. For each request it finds the session, refuses the wrong
role with a page that says so, and on every unsafe method compares the form's token with the session's (or, for
people who are not signed in, with the cookie's).
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from server.foundation.actors import Role
from server.web.frame.site import site_of
from server.web.frame.visitor import CSRF_FIELD, FORM_COOKIE, SESSION_COOKIE, Visitor

#: An XLSForm with its media; a form that somebody who is signed in fills; one that anybody may send.
UPLOAD_BYTES: Final = 20_000_000
FORM_BYTES: Final = 1_000_000
ANYBODYS_FORM_BYTES: Final = 65_536
FORM_FIELDS: Final = 1000
CSRF_HEADER: Final = "x-csrf-token"
UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_FORM_TYPES: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True)
class Rule:
    """Who may open a page; ``roles`` None is everybody, signed in or not.

    ``on_display``: also the session of a screen that is left to itself, see ``Accounts.display``. ``handed_out``: also whoever
    signed in with a password that somebody else has read, and has to change it first. ``enrolling``: also whoever has to set up
    a second factor first, because the city demands one of their role.
    """

    roles: frozenset[Role] | None
    on_display: bool = False
    handed_out: bool = False
    enrolling: bool = False


EVERYBODY: Final = Rule(None)
OFFICERS: Final = Rule(frozenset(Role))


def only(*roles: Role, on_display: bool = False) -> Rule:
    return Rule(frozenset(roles), on_display)


class PageRefused(Exception):
    """Answered with a page that has ``status`` and the texts ``message.<key>.title`` and ``.text``."""

    def __init__(self, status: int, key: str, **values: object) -> None:
        super().__init__(key)
        self.status = status
        self.key = key
        self.values = values


class SignInNeeded(Exception):
    """Answered by sending the browser to the sign-in page and back."""


class PasswordChangeNeeded(Exception):
    """Answered by sending the browser to the page where one's own password is changed."""


class FactorNeeded(Exception):
    """Answered by sending the browser to the page where a second factor is set up."""


def not_found() -> PageRefused:
    """Also for what is outside somebody's scope: whether it exists is not theirs to know."""
    return PageRefused(404, "not_found")


class Pages:
    def __init__(self) -> None:
        self.router = APIRouter(include_in_schema=False)
        #: By method and path as written: what the matrix test walks through.
        self.rules: dict[tuple[str, str], Rule] = {}
        #: Paths that pages ask for by themselves, on a timer or as a stream.
        self.polled: set[str] = set()

    def get(self, path: str, rule: Rule) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._route("GET", path, rule)

    def poll(self, path: str, rule: Rule) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A ``get`` that a page makes by itself. It does not show that somebody is there, so it keeps no session alive."""
        self.polled.add(path)
        return self._route("GET", path, rule)

    def post(
        self, path: str, rule: Rule, *, limit: int = FORM_BYTES
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """``limit``: bytes of the body; of somebody who is not signed in, never more than ANYBODYS_FORM_BYTES."""
        return self._route("POST", path, rule, limit if rule.roles is not None else ANYBODYS_FORM_BYTES)

    def _route(
        self, method: str, path: str, rule: Rule, limit: int = 0
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def add(handler: Callable[..., Any]) -> Callable[..., Any]:
            self.rules[(method, path)] = rule
            self.router.add_api_route(
                path,
                handler,
                methods=[method],
                response_class=Response,
                response_model=None,
                # Checked here as well, so that a handler that takes no visitor is not open to everybody.
                dependencies=[Depends(_remember(rule, limit, by_itself=path in self.polled)), Depends(admit)],
            )
            return handler

        return add


def _remember(rule: Rule, limit: int, *, by_itself: bool) -> Callable[[Request], None]:
    def remember(request: Request) -> None:
        request.state.rule = rule
        request.state.body_limit = limit
        request.state.by_itself = by_itself

    return remember


async def admit(request: Request) -> Visitor:
    """The visitor, when the page's rule lets them in. Raises PageRefused, SignInNeeded, PasswordChangeNeeded and FactorNeeded."""
    rule: Rule = request.state.rule
    site = site_of(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    # Public pages need no session, and one that was left open (a slip's) makes itself anew.
    somebody = rule.roles is not None and not request.state.by_itself
    officer = await run_in_threadpool(site.accounts.find, token, somebody) if token else None
    if officer is not None and officer.on_display and not rule.on_display:
        officer = None
    if rule.roles is not None:
        if officer is None:
            raise SignInNeeded
        if officer.role not in rule.roles:
            raise PageRefused(403, "forbidden")
        if officer.password_handed_out and not rule.handed_out:
            raise PasswordChangeNeeded
        if officer.factor_missing and not rule.enrolling:
            raise FactorNeeded
    csrf = officer.csrf_token if officer else request.cookies.get(FORM_COOKIE, "")
    form = FormData()
    if request.method in UNSAFE:
        form = await _form(request)
        sent = request.headers.get(CSRF_HEADER) or form.get(CSRF_FIELD, "")
        if not csrf or not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), csrf.encode()):
            raise PageRefused(403, "stale")
    return Visitor(request, site, officer, csrf or secrets.token_urlsafe(24), form)


Visit = Annotated[Visitor, Depends(admit)]


async def _form(request: Request) -> FormData:
    """The sender was checked before. The length must be declared, and a body that is too long is not read at all."""
    size, limit = request.headers.get("content-length", ""), request.state.body_limit
    if not size.isdigit() or int(size) > limit:
        raise PageRefused(413, "too_large", limit=max(1, limit // 1_000_000))
    if not request.headers.get("content-type", "").startswith(_FORM_TYPES):
        return FormData()
    return await request.form(max_files=30, max_fields=FORM_FIELDS)
