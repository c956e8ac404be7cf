"""Signing in through the city's identity provider: there, back, and out of it again.

Each is a GET: the browser follows links, because the policy of our pages lets no form lead elsewhere.
"""

from typing import Final
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from server.people.provider import BACK, Provider, ProviderRefused
from server.web.frame.access import EVERYBODY, PageRefused, Pages, Visit, not_found
from server.web.frame.visitor import STEP_COOKIE, Visitor, safe_back
from server.web.public.front import entered, to_second_step

#: Of each member of the provider's answer.
ANSWER_CHARACTERS: Final = 4096

pages = Pages()


@pages.get("/sign-in/provider", EVERYBODY)
def go(visitor: Visit) -> Response:
    provider = _provider(visitor)
    if visitor.site.passkey_budget.spend(visitor.address):
        raise PageRefused(429, "too_often", seconds=60)
    try:
        errand = provider.begin(safe_back(visitor.request.query_params.get("next", "/")))
    except ProviderRefused as refused:
        return _refused(visitor, refused)
    response = RedirectResponse(errand.address, 303)
    visitor.keep(response, STEP_COOKIE, errand.step)
    return response


@pages.get(BACK, EVERYBODY)
def back(visitor: Visit) -> Response:
    answer = {name: value[:ANSWER_CHARACTERS] for name, value in visitor.request.query_params.items()}
    try:
        arrival = _provider(visitor).finish(visitor.request.cookies.get(STEP_COOKIE, ""), answer, visitor.attempt())
    except ProviderRefused as refused:
        return _refused(visitor, refused)
    if arrival.sign_in.step:
        return to_second_step(visitor, arrival.sign_in.step, arrival.next_path)
    return entered(visitor, arrival.sign_in, arrival.next_path)


@pages.get("/sign-in/provider/out", EVERYBODY)
def out(visitor: Visit) -> Response:
    """For whoever was signed out here: the provider still knows this browser."""
    try:
        address = _provider(visitor).leave()
    except ProviderRefused as refused:
        return _refused(visitor, refused)
    return RedirectResponse(address, 303) if address else visitor.go("/sign-in")


def _provider(visitor: Visitor) -> Provider:
    provider = visitor.deps.identity.provider
    if provider is None:
        raise not_found()
    return provider


def _refused(visitor: Visitor, refused: ProviderRefused) -> Response:
    query = urlencode({"left": "provider"})
    return visitor.go(f"/sign-in?{query}", f"bad/sign_in.provider.{refused.why.value.lower()}")
