"""The public tracking page: the state of a case for whoever has its slip, on a phone, without personal data."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import RedirectResponse, Response

from protocol import tracking
from protocol.line.base import ServiceKind
from protocol.messages import CasePublicState as State
from protocol.messages import CaseState, CaseStep
from server.foundation.texts import citizens_text
from server.web.frame.access import EVERYBODY, PageRefused, Pages, Visit
from server.web.frame.visitor import Visitor
from server.web.frame.vocabulary import fee_in_words

#: How a state looks: its tone (colour) and sign.
LOOK: Final = {
    State.RECEIVED: ("calm", "inbox"),
    State.INCOMPLETE: ("wait", "clock"),
    State.IN_REVIEW: ("calm", "eye"),
    State.QUESTION: ("wait", "question"),
    State.APPROVED: ("good", "check"),
    State.REJECTED: ("bad", "cross"),
    State.READY: ("good", "box"),
    State.COLLECTED: ("good", "check"),
    State.CANCELLED: ("bad", "cross"),
}
TYPED_CHARACTERS: Final = 300

pages = Pages()


@dataclass(frozen=True)
class StepView:
    what: str
    stage: str
    when: str
    iso: str
    #: What the office wrote.
    note: str


@dataclass(frozen=True)
class TrackingView:
    code: str
    headline: str
    tone: str
    icon: str
    updated: str
    todo: str
    note: str
    service: str
    agency: str
    due: str
    #: Until when the citizen's answer is waited for.
    answer_until: str
    #: What the citizen may do against it at a kiosk, and until when; or what is being looked at again.
    contest: str
    #: When silence closes a complaint.
    closes: str
    fee: str
    steps: tuple[StepView, ...]


@pages.get("/t", EVERYBODY)
@pages.get("/t/", EVERYBODY)
def ask(visitor: Visit) -> Response:
    typed = visitor.request.query_params.get("code", "")[:TYPED_CHARACTERS].strip()
    if not typed:
        return _ask(visitor)
    code = tracking.parse(typed)
    if code is None:
        return _wrong(visitor, typed)
    return RedirectResponse(f"/t/{code}", 303)


@pages.get("/t/{code}", EVERYBODY)
def show(visitor: Visit, code: str) -> Response:
    if wait := visitor.site.tracking_budget.spend(visitor.address):
        raise PageRefused(429, "too_often", seconds=int(wait) + 1)
    parsed = tracking.parse(code)
    if parsed is None:
        return _wrong(visitor, code[:TYPED_CHARACTERS])
    if parsed != code:
        return RedirectResponse(f"/t/{parsed}", 303)
    state = visitor.deps.case_files.public_state(parsed)
    if state is None:
        raise PageRefused(404, "unknown_code", code=tracking.display(parsed))
    return visitor.render("public/track.html", public=True, view=view(visitor, state))


def view(visitor: Visitor, state: CaseState) -> TrackingView:
    language = visitor.public_language
    tone, icon = LOOK[state.state]

    def say(key: str, **values: object) -> str:
        return visitor.site.texts.say(language, key, **values)

    def words(state: CaseState, key: str) -> str:
        """A complaint is answered, not approved: it has words of its own for some states."""
        own = f"complaint.{key}"
        return own if state.kind is ServiceKind.COMPLAINT and visitor.site.texts.has(own) else key

    return TrackingView(
        code=tracking.display(state.tracking_code),
        headline=say(words(state, f"public_state.{state.state.value}")),
        tone=tone,
        icon=icon,
        updated=visitor.public_formatting.short_moment(state.updated_at),
        todo=say(words(state, f"track.next.{state.state.value}")),
        note=state.note,
        service=citizens_text(state.service_name, language),
        agency=citizens_text(state.agency_name, language),
        due=visitor.public_formatting.day(state.due) if state.due else "",
        answer_until=(
            say("track.answer_until", day=visitor.public_formatting.day(state.answer_until))
            if state.answer_until
            else ""
        ),
        contest=_contest(visitor, state),
        closes=say("complaint.track.closes", day=visitor.public_formatting.day(state.closes)) if state.closes else "",
        fee=fee_in_words(state, visitor.public_formatting, say),
        steps=tuple(
            StepView(
                what=_what(visitor, step, words(state, f"public_state.{step.state.value}")),
                stage=citizens_text(step.stage, language) if step.state is State.IN_REVIEW else "",
                when=visitor.public_formatting.short_moment(step.at),
                iso=step.at.isoformat(),
                # What stands above needs no second place.
                note="" if step.note and step.note in state.note else step.note,
            )
            for step in state.steps
        ),
    )


def _what(visitor: Visitor, step: CaseStep, state_key: str) -> str:
    """What happened in a step."""
    language = visitor.public_language
    if step.forwarded_to:
        agency = citizens_text(step.forwarded_to, language)
        return visitor.site.texts.say(language, "complaint.track.forwarded", agency=agency)
    key = f"track.contested.{step.contest}" if step.contest else state_key
    return visitor.site.texts.say(language, key)


def _contest(visitor: Visitor, state: CaseState) -> str:
    language, until = visitor.public_language, state.contest_until
    if state.contested is not None:
        return visitor.site.texts.say(language, f"track.contest.{state.contested}.looked_at")
    if state.contest is None or until is None or until < visitor.deps.clock.now():
        return ""
    day = visitor.public_formatting.day(until)
    return visitor.site.texts.say(language, f"track.contest.{state.contest}", day=day)


def _ask(visitor: Visitor, status: int = 200, entered: str = "", wrong: str = "") -> Response:
    return visitor.render("public/track_ask.html", status, public=True, entered=entered, wrong=wrong)


def _wrong(visitor: Visitor, typed: str) -> Response:
    """What is wrong with the code: the number of its characters, or one of them."""
    length = sum(character.isalnum() for character in typed.rpartition("/")[2])
    key = "track.wrong" if length == tracking.CODE_LENGTH else "track.short"
    wrong = visitor.site.texts.say(visitor.public_language, key, n=length)
    return _ask(visitor, 400, typed, wrong)
