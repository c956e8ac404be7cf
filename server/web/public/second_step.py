"""The rest of signing in: a code after the password, and passkeys instead of both."""

from typing import Final
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from server.people.passkeys import CREDENTIAL_CHARACTERS, Challenge
from server.people.second_step import SignIn, Waiting
from server.people.sign_in_limits import SignInLimits
from server.web.frame.access import EVERYBODY, PageRefused, Pages, Visit, not_found
from server.web.frame.visitor import STEP_COOKIE, Visitor, safe_back
from server.web.public.front import entered, wait_in_words

#: A recovery code with its hyphens, and some spaces.
TYPED_CHARACTERS: Final = 30

pages = Pages()


@pages.get("/sign-in/code", EVERYBODY)
def code_page(visitor: Visit) -> Response:
    waiting = _waiting(visitor)
    return _page(visitor, waiting) if waiting else visitor.go("/sign-in", "bad/sign_in.code.over")


@pages.post("/sign-in/code", EVERYBODY)
def show_code(visitor: Visit) -> Response:
    waiting = _waiting(visitor)
    if waiting is None:
        return visitor.go("/sign-in", "bad/sign_in.code.over")
    code = visitor.text("code", TYPED_CHARACTERS)
    result = visitor.deps.identity.second_step.show(_step(visitor), code, visitor.attempt())
    if result.token:
        return entered(visitor, result)
    problem = wait_in_words(visitor, result.wait) if result.wait else _say(visitor, "sign_in.code.wrong")
    return _page(visitor, waiting, 429 if result.wait else 403, problem)


@pages.post("/sign-in/passkey/options", EVERYBODY)
def passkey_options(visitor: Visit) -> Response:
    """A challenge for the browser's passkeys, good once."""
    passkeys = visitor.deps.identity.passkeys
    if not passkeys.available:
        raise not_found()
    if visitor.site.passkey_budget.spend(visitor.address):
        raise PageRefused(429, "too_often", seconds=60)
    return challenged(visitor, passkeys.challenge())


@pages.post("/sign-in/passkey", EVERYBODY)
def passkey(visitor: Visit) -> Response:
    credential = visitor.text("credential", CREDENTIAL_CHARACTERS)
    attempt = visitor.attempt()
    token, user_name = visitor.deps.identity.passkeys.sign_in(_step(visitor), credential, attempt)
    if not token:
        query = urlencode({"next": safe_back(visitor.text("next", 500))})
        return visitor.go(f"/sign-in?{query}", "bad/sign_in.passkey.wrong")
    limits = SignInLimits(visitor.deps.keys.vault)
    return entered(visitor, SignIn(token, marks=limits.marked(visitor.attempt(user_name))))


def challenged(visitor: Visitor, challenge: Challenge) -> Response:
    """The options as JSON; what has to come back with the answer goes into a cookie."""
    response = JSONResponse(dict(challenge.options))
    visitor.keep(response, STEP_COOKIE, challenge.step)
    return response


def _step(visitor: Visitor) -> str:
    return visitor.request.cookies.get(STEP_COOKIE, "")


def _waiting(visitor: Visitor) -> Waiting | None:
    return visitor.deps.identity.second_step.waiting(_step(visitor))


def _say(visitor: Visitor, key: str) -> str:
    return visitor.site.texts.say(visitor.public_language, key)


def _page(visitor: Visitor, waiting: Waiting, status: int = 200, problem: str = "") -> Response:
    return visitor.render(
        "public/second_step.html",
        status,
        public=True,
        problem=problem,
        held=waiting.held,
        passkeys=waiting.held.passkeys > 0 and visitor.deps.identity.passkeys.available,
        next=safe_back(visitor.text("next", 500) or visitor.request.query_params.get("next", "/")),
    )
