"""One case: what the citizen sent, what happened, and what an officer may do with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from forms import Environment
from protocol import tracking
from protocol.limits import NOTE_CHARACTERS
from protocol.line.base import ServiceKind
from protocol.messages import CasePublicState as State
from server.cases.actions import Cases
from server.cases.rules import (
    CLOSED,
    DECIDED,
    NEEDS,
    RUNNING,
    STAGE_RUNNING,
    WAITING,
    Action,
    Note,
    allowed,
    bars,
    escalated,
    may_not_hold,
)
from server.cases.states import CaseFile, CaseOutcome, CaseResult
from server.catalogue.workflow import Workflow
from server.foundation.actors import Actor, Role
from server.foundation.clock import load_calendar
from server.foundation.identity_numbers import masked
from server.foundation.phrases import Phrase
from server.foundation.texts import citizens_text
from server.web.frame.access import Pages, Rule, Visit, not_found
from server.web.frame.visitor import OFFICE, Visitor
from server.web.frame.vocabulary import fee_in_words, said
from server.web.office import (
    alike_pages,
    answers,
    case_parts,
    clocks,
    complaint_pages,
    complaint_view,
    inbox_queries,
    queries,
    reasons,
)
from server.web.office import filters as inbox_filters
from server.web.office.filters import LIST_COOKIE
from server.web.office.inbox_rows import TONES

pages = Pages()


@dataclass(frozen=True)
class ActionView:
    """A button; with a ``note``, a form that opens."""

    name: Action
    icon: str
    note: Note
    main: bool
    values: Mapping[str, str]
    open: bool
    written: str


@dataclass(frozen=True)
class Written:
    """What an officer wrote before an action was refused, so that it is not lost."""

    action: str = ""
    note: str = ""
    problem: str = ""
    phrase: str = ""

    def kept(self, actions: Sequence[ActionView]) -> str:
        """The text, where none of ``actions`` has a field that holds it any more; "" where one has."""
        is_text = self.action in NEEDS and NEEDS[Action(self.action)].note in (Note.OPTIONAL, Note.REQUIRED)
        return self.note.strip() if is_text and not any(one.open for one in actions) else ""


# --- seeing ---------------------------------------------------------------------------------------------------------


@pages.get("/office/cases/{code}", Rule(OFFICE))
def case(visitor: Visit, code: str) -> Response:
    actor, reveal = visitor.signed_in.actor, reasons.holds(visitor, code)
    found = visitor.deps.case_files.read(actor, code, "numbers shown again" if reveal else "")
    if isinstance(found, CaseFile):
        return _page(visitor, found, reveal=reveal)
    with visitor.deps.engine.connect() as connection:
        left = complaint_pages.was_ours(connection, actor, code)
    if not left:
        raise not_found()
    return visitor.go(complaint_pages.FORWARDED)


@pages.poll("/office/cases/{code}/changed", Rule(OFFICE))
def changed(visitor: Visit, code: str) -> Response:
    """Whether a colleague, the citizen or an attachment changed the case since the page was made; reads no answers."""
    with visitor.deps.engine.connect() as connection:
        last = queries.case_version(connection, visitor.signed_in.actor, code)
        names = queries.officer_names(connection, [last.actor]) if last else {}
    if last is None:
        raise not_found()
    seen = visitor.request.query_params.get("seen", "")
    changed = str(last.n) != seen
    what = said(complaint_view.wording(visitor, last.kind), "action", last.action)
    return visitor.render(
        "office/changed.html", changed=changed, what=what, who=_who(visitor, last.actor, names), code=code
    )


@pages.post("/office/cases/{code}/nik", Rule(OFFICE))
def show_numbers(visitor: Visit, code: str) -> Response:
    """Identity numbers and pictures in clear, for a reason, which the audit log keeps."""
    reason = visitor.text("reason", reasons.REASON_MOST).strip()
    if len(reason) < reasons.REASON_LEAST:
        return _page(
            visitor,
            _read(visitor, code),
            reason_problem=visitor.say("case.nik.short", n=reasons.REASON_LEAST),
            status=400,
        )
    return _page(visitor, _read(visitor, code, f"numbers shown: {reason}"), reveal=True)


# --- doing ----------------------------------------------------------------------------------------------------------

Act = Callable[[Cases, Actor, str, str], CaseResult]
ACTS: Final[Mapping[str, Act]] = {
    Action.TAKE: lambda cases, actor, code, _: cases.take(actor, code),
    Action.GIVE_BACK: lambda cases, actor, code, _: cases.give_back(actor, code),
    Action.ASSIGN: lambda cases, actor, code, note: cases.assign(actor, code, note),
    Action.ASK: lambda cases, actor, code, note: cases.ask(actor, code, note),
    Action.APPROVE: lambda cases, actor, code, note: cases.approve(actor, code, note),
    Action.REJECT: lambda cases, actor, code, note: cases.reject(actor, code, note),
    Action.ADVANCE: lambda cases, actor, code, _: cases.advance(actor, code),
    Action.SEND_BACK: lambda cases, actor, code, _: cases.send_back(actor, code),
    Action.READY: lambda cases, actor, code, note: cases.ready(actor, code, note),
    Action.COLLECTED: lambda cases, actor, code, _: cases.collected(actor, code),
    Action.CANCEL: lambda cases, actor, code, note: cases.cancel(actor, code, note),
}
#: Icon, and whether it is the page's main button; the next step first.
_BUTTONS: Final = (
    (Action.TAKE, "hand", True),
    (Action.ADVANCE, "next", True),
    (Action.APPROVE, "check", False),
    (Action.ASK, "question", False),
    (Action.REJECT, "cross", False),
    (Action.READY, "box", True),
    (Action.COLLECTED, "check", True),
    (Action.SEND_BACK, "back", False),
    (Action.ASSIGN, "people", False),
    (Action.GIVE_BACK, "back", False),
    (Action.CANCEL, "cross", False),
)
_PROBLEMS: Final = {
    CaseOutcome.NOT_TAKEN: "case.problem.not_taken",
    CaseOutcome.WRONG_STATE: "case.problem.not_allowed",
    CaseOutcome.INCOMPLETE: "case.problem.incomplete",
    CaseOutcome.TEXT_MISSING: "case.problem.note",
    CaseOutcome.TEXT_TOO_LONG: "case.problem.long",
    CaseOutcome.NO_SUCH_STAGE: "case.problem.not_allowed",
    CaseOutcome.NO_SUCH_OFFICER: "case.problem.officer",
    CaseOutcome.NO_SUCH_AGENCY: "case.problem.agency",
    CaseOutcome.NOT_AT_THIS_STAGE: "case.problem.stage",
    CaseOutcome.SUPERVISORS_ONLY: "case.problem.supervisors",
    CaseOutcome.FOUR_EYES: "case.problem.four_eyes",
    CaseOutcome.OWN_DECISION: "case.problem.own_decision",
}


@pages.post("/office/cases/{code}/{action}", Rule(OFFICE))
def act(visitor: Visit, code: str, action: str) -> Response:
    if action not in ACTS and action not in complaint_view.ACTS:
        raise not_found()
    actor = visitor.signed_in.actor
    note = visitor.text("note", NOTE_CHARACTERS + 1).replace("\r\n", "\n")
    with visitor.deps.engine.connect() as connection:
        last = queries.case_version(connection, actor, code)
    if last is None:
        return _gone(visitor, action, note)
    phrase = visitor.text("phrase", 64)
    # A courtesy, no lock: whoever decides has seen what there is to see. The lock is in server.cases.actions.
    if visitor.text("version") != str(last.n):
        problem = "case.problem.changed"
        return _page(visitor, _read(visitor, code), written=Written(action, note, problem, phrase), status=409)
    if action in complaint_view.ACTS:
        result = complaint_view.act(visitor, code, action, note)
    elif action == Action.ASK and phrase in set(Phrase):
        result = visitor.deps.cases.ask(actor, code, note, Phrase(phrase))
    else:
        result = ACTS[action](visitor.deps.cases, actor, code, note)
    if result.ok and result.state is not None:
        # Whoever forwarded it has no business there any more.
        where = "/office" if action == Action.FORWARD else f"/office/cases/{code}"
        return visitor.go(where, f"good/{complaint_view.own_key(visitor, result.state.kind, f'case.done.{action}')}")
    if result.outcome in (CaseOutcome.NOT_FOUND, CaseOutcome.OUT_OF_SCOPE):
        return _gone(visitor, action, note)
    written = Written(action, note, problem_key(result.outcome), phrase)
    return _page(visitor, _read(visitor, code), written=written, status=409)


def problem_key(outcome: CaseOutcome) -> str:
    """The text that says why an action was refused."""
    return _PROBLEMS.get(outcome, "case.problem.taken")


def _gone(visitor: Visitor, action: str, note: str) -> Response:
    """The case is not, or no longer, in the officer's scope; what they wrote to it is theirs all the same."""
    kept = Written(action, note).kept(())
    if not kept:
        raise not_found()
    return visitor.render("office/gone.html", 404, kept=kept)


# --- the page -------------------------------------------------------------------------------------------------------


def _read(visitor: Visitor, code: str, reason: str = "") -> CaseFile:
    found = visitor.deps.case_files.read(visitor.signed_in.actor, code, reason)
    if isinstance(found, CaseOutcome):
        raise not_found()
    return found


def _page(
    visitor: Visitor,
    file: CaseFile,
    *,
    reveal: bool = False,
    written: Written | None = None,
    reason_problem: str = "",
    status: int = 200,
) -> Response:
    row, written = file.row, written or Written()
    language, deps, actor = visitor.language, visitor.deps, visitor.signed_in.actor
    asked = inbox_filters.of_query(visitor.request.cookies.get(LIST_COOKIE, ""))
    people = [
        row.officer_id or "",
        row.decided_by or "",
        *(step.actor for step in file.steps),
        *(m.officer_id or "" for m in file.messages),
    ]
    with deps.engine.connect() as connection:
        names = queries.officer_names(connection, people)
        kiosk = queries.kiosk_names(connection, [row.kiosk_id]).get(row.kiosk_id, row.kiosk_id)
        calendar = load_calendar(connection, deps.settings.time_zone)
        alike = alike_pages.views(visitor, connection, deps.look_alikes.of(connection, actor, row, file.content))
        following = inbox_queries.next_code(connection, actor, asked, deps.clock.now(), row)
        complaint = complaint_view.view(visitor, connection, row, calendar)
        others = [
            one
            for one in queries.colleagues(connection, row)
            if one.id != row.officer_id and not bars(one.id, Role(one.role), row)
        ]
    service = deps.packs.service(row.pack_version, row.service_id)
    world = Environment(now=lambda: file.content.made_at, device_id=row.kiosk_id, zone=visitor.site.zone)
    filled = answers.read(service, file.content, language, reveal=reveal, environment=world)
    reading = filled.reading if filled else None
    identity = file.content.identity
    shown = "" if not reveal else reasons.asked(visitor) or reasons.given(visitor, row.tracking_code)
    officer = names.get(row.officer_id or "", "")
    actions = offered(actor, file, language, written)
    view = {
        "code": row.tracking_code,
        "back": f"/office?{asked.query}",
        "next": following,
        "alike": alike,
        "shown_code": tracking.display(row.tracking_code),
        "version": row.steps,
        "service": citizens_text(file.description.name, language),
        "state": row.state,
        "say": complaint_view.wording(visitor, row.kind),
        "complaint": complaint,
        "tone": TONES[State(row.state)],
        "incomplete": not row.complete,
        "escalated": visitor.formatting.short_moment(row.escalated_at or row.stage_escalated_at)
        if escalated(deps.clock.now()).holds(row)
        else "",
        "violations": answers.violation_texts(row.violations, reading, visitor.say, reveal=reveal),
        "form_line": visitor.say("case.form_line", version=row.form_version),
        # A form with a question for the NIK shows it among its answers, with how it came there.
        "identity": identity is not None and not case_parts.is_answered(file, identity.nik, reading),
        "nik": "" if identity is None else identity.nik if reveal else masked(identity.nik),
        "nik_how": visitor.say(f"case.nik.how.{identity.how}") if identity else "",
        "contest": row.contest,
        "own_decision": may_not_hold(actor.id, actor.role, row),
        "decided_by": names.get(row.decided_by or "", visitor.say("case.someone")),
        "revealed": reveal,
        "privacy": row.privacy,
        "hidden": file.hidden,
        "answers": filled.lines if filled else None,
        "pictures": case_parts.pictures_of(file, filled.attachment_labels if filled else {}, shown),
        "messages": [
            {
                "direction": message.direction,
                "by": names.get(message.officer_id or "", visitor.say("actor.citizen")),
                "when": visitor.formatting.short_moment(message.at),
                "text": message.text if reveal else answers.mask(message.text),
                "withheld": message.withheld,
            }
            for message in file.messages
        ],
        "clock": clocks.view(row, file.description.standard.working_days, deps.clock.now(), calendar, visitor.say),
        "stages": case_parts.stages_of(file, language),
        "officer": officer,
        "received": visitor.formatting.short_moment(row.opened_at),
        "stage_due": visitor.formatting.day(row.stage_due_at)
        if row.stage_due_at and row.state in STAGE_RUNNING
        else "",
        "answer_until": visitor.formatting.day(file.state.answer_until) if file.state.answer_until else "",
        "paused": visitor.say("case.paused.days", n=row.paused_days, most=deps.settings.pauses.most_days)
        if row.paused_days
        else "",
        "due": visitor.formatting.day(row.due_at) if row.due_at and row.state in RUNNING else "",
        "fee": fee_in_words(file.state, visitor.formatting, visitor.say),
        "fee_problem": case_parts.fee_problem(visitor, file),
        "kiosk": kiosk,
        "language_name": visitor.say(f"language.{row.language}"),
        "history": [
            {
                "action": complaint_view.step_words(visitor, row, step, complaint),
                "actor": _who(visitor, step.actor, names),
                "when": visitor.formatting.short_moment(step.at),
                "note": step.note if reveal else answers.mask(step.note),
            }
            for step in reversed(file.steps)
        ],
        "actions": [one for one in actions if one.note is not Note.OFFICER or others],
        "barred": row.officer_id is None and bars(visitor.signed_in.actor.id, visitor.signed_in.role, row),
        "why_no_action": _why_not(visitor, row, officer),
    }
    problem = visitor.say(written.problem, officer=officer or visitor.say("case.someone")) if written.problem else ""
    return visitor.render(
        "office/case.html",
        status,
        case=view,
        problem=problem,
        kept=written.kept(actions),
        reason_problem=reason_problem,
        note_limit=NOTE_CHARACTERS,
        colleagues=others,
        phrases=tuple(Phrase),
        phrase=written.phrase,
    )


def offered(actor: Actor, file: CaseFile, language: str, written: Written | None = None) -> list[ActionView]:
    """A button for everything that the actor may do now."""
    workflow = Workflow.of(file.description)
    may = allowed(actor, file.row, workflow)
    ways = {
        Action.ADVANCE: workflow.following(file.row.stage, decided=file.row.state in DECIDED),
        Action.SEND_BACK: workflow.before(file.row.stage),
    }
    written = written or Written()
    return [
        ActionView(
            action,
            icon,
            NEEDS[action].note,
            main,
            {"stage": citizens_text(stage.name, language)} if (stage := ways.get(action)) else {},
            written.action == action and NEEDS[action].note is not Note.NONE,
            written.note if written.action == action else "",
        )
        for action, icon, main in (complaint_view.BUTTONS if file.row.kind == ServiceKind.COMPLAINT else _BUTTONS)
        if action in may
    ]


def _why_not(visitor: Visitor, row: Any, officer: str) -> str:
    if row.state in CLOSED:
        return visitor.say("case.none.done")
    if WAITING.holds(row):
        return visitor.say("case.none.waiting")
    if barred := bars(visitor.signed_in.actor.id, visitor.signed_in.actor.role, row):
        return visitor.say(_PROBLEMS[barred])
    return visitor.say("case.none.other", officer=officer or visitor.say("case.someone"))


def _who(visitor: Visitor, actor: str, names: Mapping[str, str]) -> str:
    kind = actor.partition(":")[0]
    if kind in ("kiosk", "system", "operator"):
        return visitor.say(f"actor.{kind}")
    return names.get(actor, visitor.say("case.someone"))
