"""What is done with several cases at once: take them, hand them over. Each is looked at for itself; none is decided here."""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.responses import Response

from protocol import tracking
from server.cases.actions import Cases
from server.cases.rules import Action
from server.cases.states import CaseResult
from server.foundation.actors import Actor
from server.web.frame.access import Pages, Rule, Visit
from server.web.frame.visitor import OFFICE
from server.web.office.case_pages import problem_key
from server.web.office.inbox_queries import INBOX_PAGE

Several = Callable[[Cases, Actor, str, str], CaseResult]
#: Nothing that a citizen hears of as a decision.
SEVERAL: Final[Mapping[str, Several]] = {
    Action.TAKE: lambda cases, actor, code, _: cases.take(actor, code),
    Action.ASSIGN: lambda cases, actor, code, officer: cases.assign(actor, code, officer),
}

pages = Pages()


@pages.post("/office/several", Rule(OFFICE))
def several(visitor: Visit) -> Response:
    """Where one was refused, a page says which and why."""
    do = SEVERAL.get(visitor.text("do", 20))
    codes = [one for one in visitor.form.getlist("case") if isinstance(one, str) and tracking.parse(one) == one]
    codes = list(dict.fromkeys(codes))[:INBOX_PAGE]
    if do is None or not codes:
        return visitor.go("/office", "wait/inbox.several.none")
    actor, to = visitor.signed_in.actor, visitor.text("to", 36)
    results = [(code, do(visitor.deps.cases, actor, code, to)) for code in codes]
    if all(result.ok for _, result in results):
        return visitor.go("/office?show=mine" if to == actor.id or not to else "/office", "good/inbox.several.done")
    lines = [
        {
            "code": code,
            "shown_code": tracking.display(code),
            "ok": result.ok,
            "problem": ""
            if result.ok
            else visitor.say(problem_key(result.outcome), officer=visitor.say("case.someone")),
        }
        for code, result in results
    ]
    return visitor.render("office/several.html", 409, lines=lines, done=sum(result.ok for _, result in results))
