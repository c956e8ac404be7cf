"""One's own sign-in: second factors, recovery codes, and the sessions that are open."""

from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from server.foundation.actors import Role
from server.people.authenticators import Enrolment
from server.people.own_factors import Added
from server.people.passkeys import CREDENTIAL_CHARACTERS, NAME_CHARACTERS, PasskeyOutcome
from server.web.fleet.staff_pages import qr
from server.web.frame.access import Pages, Rule, Visit, not_found
from server.web.frame.visitor import STEP_COOKIE, Visitor, safe_back
from server.web.office.browsers import browser_name
from server.web.public.front import wait_in_words
from server.web.public.second_step import challenged

#: Also for whoever is here because a second factor is demanded.
ONESELF: Final = Rule(frozenset(Role), enrolling=True)
TYPED_CHARACTERS: Final = 1000
HERE: Final = "/security"

pages = Pages()


@pages.get("/security", ONESELF)
def security(visitor: Visit) -> Response:
    return _page(visitor)


# --- showing again who one is ---------------------------------------------------------------------------------------


@pages.get("/security/prove", ONESELF)
def prove_page(visitor: Visit) -> Response:
    return _prove(visitor)


@pages.post("/security/prove", ONESELF)
async def prove(visitor: Visit) -> Response:
    """A session that was left open must not be enough to lock its officer out."""
    officer = visitor.signed_in
    password = visitor.text("password", TYPED_CHARACTERS)
    result = await visitor.site.accounts.prove(officer, visitor.token, password, visitor.attempt(officer.user_name))
    if result.token:
        return visitor.go(safe_back(visitor.text("next", 200)))
    said = wait_in_words(visitor, result.wait) if result.wait else visitor.say("password.wrong")
    return await run_in_threadpool(_prove, visitor, 429 if result.wait else 400, said)


# --- the authenticator ----------------------------------------------------------------------------------------------


@pages.post("/security/authenticator", ONESELF)
def begin_authenticator(visitor: Visit) -> Response:
    """A secret, shown until its first code confirms it. A POST, since it is made here."""
    if not visitor.signed_in.proved:
        return _to_prove(visitor)
    return _page(visitor, enrolment=visitor.deps.identity.own_factors.begin_authenticator(visitor.signed_in))


@pages.post("/security/authenticator/confirm", ONESELF)
def confirm_authenticator(visitor: Visit) -> Response:
    own, officer = visitor.deps.identity.own_factors, visitor.signed_in
    added = own.confirm_authenticator(officer, visitor.text("code", TYPED_CHARACTERS))
    if added.outcome is PasskeyOutcome.DONE:
        return _added(visitor, added, "security.authenticator.done")
    waiting = own.pending_authenticator(officer)
    return _page(visitor, 400, problem=visitor.say("security.authenticator.wrong"), enrolment=waiting)


@pages.post("/security/authenticator/remove", ONESELF)
def remove_authenticator(visitor: Visit) -> Response:
    if not visitor.signed_in.proved:
        return _to_prove(visitor)
    visitor.deps.identity.own_factors.remove_authenticator(visitor.signed_in)
    return visitor.go(HERE, "good/security.authenticator.removed")


# --- passkeys -------------------------------------------------------------------------------------------------------


@pages.post("/security/passkeys/options", ONESELF)
def passkey_options(visitor: Visit) -> Response:
    passkeys = visitor.deps.identity.passkeys
    if not passkeys.available or not visitor.signed_in.proved:
        raise not_found()
    return challenged(visitor, passkeys.register(visitor.signed_in))


@pages.post("/security/passkeys", ONESELF)
def add_passkey(visitor: Visit) -> Response:
    credential, name = visitor.text("credential", CREDENTIAL_CHARACTERS), visitor.text("name", NAME_CHARACTERS + 1)
    step = visitor.request.cookies.get(STEP_COOKIE, "")
    added = visitor.deps.identity.own_factors.add_passkey(visitor.signed_in, step, credential, name)
    if added.outcome is PasskeyOutcome.DONE:
        return _added(visitor, added, "security.passkey.done")
    return _page(visitor, 400, problem=visitor.say(f"security.passkey.problem.{added.outcome.value.lower()}"))


@pages.post("/security/passkeys/remove", ONESELF)
def remove_passkey(visitor: Visit) -> Response:
    if not visitor.signed_in.proved:
        return _to_prove(visitor)
    if not visitor.deps.identity.own_factors.remove_passkey(visitor.signed_in, visitor.text("passkey", 1400)):
        raise not_found()
    return visitor.go(HERE, "good/security.passkey.removed")


# --- recovery codes -------------------------------------------------------------------------------------------------


@pages.post("/security/codes", ONESELF)
def new_codes(visitor: Visit) -> Response:
    if not visitor.signed_in.proved:
        return _to_prove(visitor)
    return _page(visitor, codes=visitor.deps.identity.own_factors.new_recovery_codes(visitor.signed_in))


# --- sessions -------------------------------------------------------------------------------------------------------


@pages.post("/security/sessions/{handle}/end", ONESELF)
def end_session(visitor: Visit, handle: str) -> Response:
    officer = visitor.signed_in
    if not visitor.deps.identity.sessions.end(officer.actor, officer.id, handle):
        raise not_found()
    return visitor.go(HERE, "good/security.session.ended")


@pages.post("/security/sessions/end", ONESELF)
def end_other_sessions(visitor: Visit) -> Response:
    officer = visitor.signed_in
    visitor.deps.identity.sessions.end_all(officer.actor, officer.id, but=visitor.token)
    return visitor.go(HERE, "good/security.sessions.ended")


def session_lines(visitor: Visitor, officer_id: str, token: str = "") -> list[dict[str, Any]]:
    """The officer's open sessions as a page shows them."""
    moment = visitor.formatting.short_moment
    return [
        {
            "handle": one.handle,
            "own": one.own,
            "began": moment(one.began_at),
            "seen": moment(one.seen_at),
            "how": visitor.say(f"session.how.{one.how.value}"),
            "on_display": one.on_display,
            "where": browser_name(one.browser) or visitor.say("session.browser.unknown"),
            "address": one.address,
        }
        for one in visitor.deps.identity.sessions.of(officer_id, token)
    ]


def _to_prove(visitor: Visitor) -> Response:
    return visitor.go(f"/security/prove?{urlencode({'next': HERE})}")


def _added(visitor: Visitor, added: Added, said: str) -> Response:
    """Recovery codes are shown in the answer itself: nothing keeps them for another page."""
    return (
        _page(visitor, codes=added.recovery_codes, done=said)
        if added.recovery_codes
        else visitor.go(HERE, f"good/{said}")
    )


def _prove(visitor: Visitor, status: int = 200, problem: str = "") -> Response:
    wanted = visitor.text("next", 200) or visitor.request.query_params.get("next", HERE)
    return visitor.render(
        "office/prove.html", status, problem=problem, next=safe_back(wanted), user_name=visitor.signed_in.user_name
    )


def _page(
    visitor: Visitor,
    status: int = 200,
    *,
    problem: str = "",
    done: str = "",
    enrolment: Enrolment | None = None,
    codes: tuple[str, ...] = (),
) -> Response:
    officer, identity = visitor.signed_in, visitor.deps.identity
    day = visitor.formatting.short_moment
    # What was just added counts at once, although the session was looked up before.
    held = identity.factors.held(officer.id)
    return visitor.render(
        "office/security.html",
        status,
        problem=problem,
        done=done,
        missing=officer.factor_missing and not held.any,
        held=held,
        enrolment=None if enrolment is None else {"secret": _in_groups(enrolment.secret), "qr": qr(enrolment.address)},
        codes=codes,
        passkeys_available=identity.passkeys.available,
        passkeys=[
            {
                "id": one.id,
                "name": one.name,
                "made": day(one.made_at),
                "used": day(one.last_used_at) if one.last_used_at else visitor.say("officer.never"),
            }
            for one in identity.passkeys.of(officer.id)
        ],
        sessions=session_lines(visitor, officer.id, visitor.token),
        name_limit=NAME_CHARACTERS,
    )


def _in_groups(secret: str) -> str:
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
