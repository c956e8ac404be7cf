"""One's own account: changing the password, and giving oneself the first account of an empty server."""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from server.foundation.actors import Role
from server.people.accounts import PasswordChange
from server.people.officers import OfficerOutcome, unfit
from server.people.passwords import PASSWORD_LEAST, password_fault
from server.web.frame.access import EVERYBODY, Pages, Rule, Visit, not_found
from server.web.frame.visitor import Visitor, home_of
from server.web.public.front import wait_in_words

ONESELF: Final = Rule(frozenset(Role), handed_out=True, enrolling=True)
#: More than any password that can be right.
TYPED_CHARACTERS: Final = 1000

pages = Pages()


@pages.get("/password", ONESELF)
def password_page(visitor: Visit) -> Response:
    return _password(visitor)


@pages.post("/password", ONESELF)
async def change_password(visitor: Visit) -> Response:
    """Waits for argon2 outside the threads that kiosks' requests need, as the sign-in does."""
    officer = visitor.signed_in
    current, new, again = (visitor.text(name, TYPED_CHARACTERS) for name in ("current", "new", "again"))
    if fault := password_fault(new, again, officer.user_name, current):
        return await run_in_threadpool(
            _password, visitor, 400, _say(visitor, f"password.fault.{fault.lower()}", n=PASSWORD_LEAST)
        )
    place = visitor.attempt(officer.user_name)
    result = await visitor.site.accounts.change_password(officer, visitor.token, PasswordChange(current, new), place)
    if not result.token:
        said = wait_in_words(visitor, result.wait) if result.wait else _say(visitor, "password.wrong")
        return await run_in_threadpool(_password, visitor, 429 if result.wait else 403, said)
    return visitor.go(home_of(officer.role), "good/password.changed")


@pages.get("/first", EVERYBODY)
def first_page(visitor: Visit) -> Response:
    _only_while_empty(visitor)
    return _first(visitor)


@pages.post("/first", EVERYBODY)
def add_first(visitor: Visit) -> Response:
    """Whoever has read the code in the server's log becomes its first administrator."""
    _only_while_empty(visitor)
    first = visitor.deps.first_administrator
    user, name, new, again = (visitor.text(field, TYPED_CHARACTERS) for field in ("user", "name", "new", "again"))
    user = user.strip().lower()
    if not first.is_code(visitor.text("code", 100)):
        return _first(visitor, 403, _say(visitor, "first.wrong"))
    if refusal := unfit(user, name, Role.ADMIN):
        return _first(visitor, 400, _say(visitor, f"first.fault.{refusal.value.lower()}"))
    if fault := password_fault(new, again, user):
        return _first(visitor, 400, _say(visitor, f"password.fault.{fault.lower()}", n=PASSWORD_LEAST))
    outcome = first.add(user, name, new)
    if outcome is not OfficerOutcome.DONE:
        raise not_found()
    return visitor.go("/sign-in", "good/first.done")


def _say(visitor: Visitor, key: str, **values: object) -> str:
    """In the language of the page, which is one of four."""
    return visitor.site.texts.say(visitor.public_language, key, **values)


def _only_while_empty(visitor: Visitor) -> None:
    if not visitor.deps.first_administrator.wanted:
        raise not_found()


def _password(visitor: Visitor, status: int = 200, problem: str = "") -> Response:
    return visitor.render(
        "public/password.html",
        status,
        public=True,
        problem=problem,
        least=PASSWORD_LEAST,
        handed_out=visitor.signed_in.password_handed_out,
        home=home_of(visitor.signed_in.role),
        user=visitor.signed_in.user_name,
    )


def _first(visitor: Visitor, status: int = 200, problem: str = "") -> Response:
    typed = {name: visitor.text(name, 200) for name in ("code", "user", "name")}
    return visitor.render("public/first.html", status, public=True, problem=problem, least=PASSWORD_LEAST, typed=typed)
