"""The front door: what eKios is, sign-in and sign-out, language and theme."""

from datetime import timedelta
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from protocol.languages import LANGUAGES
from server.foundation.actors import Role
from server.operator.seeding import TRIAL_PASSWORD
from server.people.second_step import SignIn
from server.people.sessions import BY_PROVIDER
from server.web.frame.access import EVERYBODY, PageRefused, Pages, Rule, Visit
from server.web.frame.site import STATIC
from server.web.frame.visitor import (
    LANGUAGE_COOKIE,
    MARKS_COOKIE,
    SESSION_COOKIE,
    STEP_COOKIE,
    THEME_COOKIE,
    THEMES,
    Visitor,
    home_of,
    safe_back,
)
from server.web.office import queries

PREFERENCE_SECONDS = 365 * 24 * 3600
#: A screen on display as well.
SIGNED_IN = Rule(frozenset(Role), on_display=True, handed_out=True, enrolling=True)
#: Also with a password that has to be changed first.
LEAVING = Rule(frozenset(Role), handed_out=True, enrolling=True)
pages = Pages()


@pages.get("/", EVERYBODY)
def front(visitor: Visit) -> Response:
    return visitor.render("public/front.html", public=True, entered="", wrong="")


@pages.get("/favicon.ico", EVERYBODY)
def favicon() -> Response:
    return FileResponse(STATIC / "sign.svg", media_type="image/svg+xml")


@pages.get("/preferences", EVERYBODY)
def preferences(visitor: Visit) -> Response:
    """Keeps a language or theme and goes back. A GET, because it only changes how pages look in this browser."""
    asked = visitor.request.query_params
    response = visitor.go(safe_back(asked.get("back", "/")))
    if asked.get("language") in LANGUAGES:
        visitor.keep(response, LANGUAGE_COOKIE, asked["language"], PREFERENCE_SECONDS)
    if asked.get("theme") in THEMES:
        visitor.keep(response, THEME_COOKIE, asked["theme"], PREFERENCE_SECONDS)
    return response


@pages.get("/sign-in", EVERYBODY)
def sign_in_page(visitor: Visit) -> Response:
    if visitor.officer is not None:
        return visitor.go(home_of(visitor.officer.role))
    if visitor.deps.first_administrator.wanted:
        return visitor.go("/first")
    return _door(visitor, next_path=safe_back(visitor.request.query_params.get("next", "/")))


@pages.post("/sign-in", EVERYBODY)
async def sign_in(visitor: Visit) -> Response:
    """Waits for the password outside the threads that kiosks' requests need."""
    name, password = visitor.text("user", 100), visitor.text("password", 1000)
    result = await visitor.site.accounts.sign_in_soon(visitor.attempt(name), password)
    if result.step:
        return to_second_step(visitor, result.step)
    return await run_in_threadpool(entered if result.token else _refused, visitor, result)


@pages.poll("/here", SIGNED_IN)
def here() -> Response:
    """Whether the session is still valid; an answer that leads to the sign-in page says that it is not."""
    return Response(status_code=204)


@pages.get("/here/somebody", SIGNED_IN)
def somebody_here() -> Response:
    """As ``/here``, from a page that somebody typed or pointed at since it asked last: that keeps the session."""
    return Response(status_code=204)


@pages.post("/sign-out", LEAVING)
def sign_out(visitor: Visit) -> Response:
    visitor.site.accounts.sign_out(visitor.token)
    by_provider = visitor.signed_in.how in BY_PROVIDER
    response = visitor.go("/sign-in?left=provider" if by_provider else "/sign-in", "good/sign_in.out")
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


def entered(visitor: Visitor, result: SignIn, next_path: str = "", said: str = "") -> Response:
    """Whoever just got a session goes to the page that they wanted, or to their own first one."""
    officer = visitor.site.accounts.find(result.token)
    if officer is None:
        raise PageRefused(403, "forbidden")
    wanted = safe_back(next_path or visitor.text("next", 500))
    response = visitor.go(wanted if wanted != "/" else home_of(officer.role), said)
    visitor.keep(response, SESSION_COOKIE, result.token)
    if result.marks:
        visitor.keep(response, MARKS_COOKIE, result.marks, PREFERENCE_SECONDS)
    response.delete_cookie(STEP_COOKIE, path="/")
    return response


def to_second_step(visitor: Visitor, step: str, next_path: str = "") -> Response:
    wanted = safe_back(next_path or visitor.text("next", 500))
    response = visitor.go(f"/sign-in/code?{urlencode({'next': wanted})}")
    visitor.keep(response, STEP_COOKIE, step)
    return response


def _refused(visitor: Visitor, result: SignIn) -> Response:
    problem = wait_in_words(visitor, result.wait) if result.wait else visitor.say("sign_in.wrong")
    name, next_path = visitor.text("user", 100), safe_back(visitor.text("next", 500))
    return _door(visitor, 429 if result.wait else 403, problem=problem, name=name, next_path=next_path)


def wait_in_words(visitor: Visitor, wait: timedelta) -> str:
    return visitor.say("sign_in.wait", minutes=max(1, -(-int(wait.total_seconds()) // 60)))


def _door(visitor: Visitor, status: int = 200, *, problem: str = "", name: str = "", next_path: str = "/") -> Response:
    provider = visitor.deps.identity.provider
    return visitor.render(
        "public/sign_in.html",
        status,
        public=True,
        problem=problem,
        name=name,
        next=next_path,
        passkeys=visitor.deps.identity.passkeys.available,
        provider=provider.name if provider is not None else "",
        left=provider is not None and visitor.request.query_params.get("left", ""),
        trial=_trial_accounts(visitor),
        trial_password=TRIAL_PASSWORD,
    )


def _trial_accounts(visitor: Visitor) -> list[dict[str, str]]:
    """The accounts that a trial was seeded with, one click each; none outside a trial."""
    if not visitor.deps.settings.trial:
        return []
    with visitor.deps.engine.connect() as connection:
        rows = queries.officers_by_role(connection)
    return [
        {
            "user": row.user_name,
            "name": row.name,
            "what": visitor.site.texts.say(visitor.public_language, f"role.{row.role}"),
        }
        for row in rows
    ]
