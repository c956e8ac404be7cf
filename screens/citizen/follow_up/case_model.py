"""The case in sight: asked for anew when something happened to it, and what is shown of it."""

from dataclasses import dataclass
from functools import partial

from kiosk.cases.case import Case, CaseMessage, CaseProblem, CaseStateName, CaseStep
from kiosk.events import CaseUpdated, Event, LineChanged
from protocol.line.base import ServiceKind
from protocol.messages import Contest, MessageKind
from screens.citizen.start.service_model import fee_in_words
from screens.navigation.flow import Flow
from screens.navigation.view_model import Ask, ViewModel


class CaseModel(ViewModel):
    """Goes on in another look; an answer that is on its way comes to the page that is in sight then."""

    def __init__(self, flow: Flow, ask: Ask) -> None:
        if flow.citizen.case is None:
            raise RuntimeError("no case is open")
        super().__init__()
        self.flow = flow
        self.code = flow.citizen.case.code
        self._ask = ask

    @property
    def case(self) -> Case:
        case = self.flow.citizen.case
        if case is None:
            raise RuntimeError("no case is open")
        return case

    def hear(self, event: Event) -> None:
        """The office did something, or it can be asked again."""
        told = isinstance(event, CaseUpdated) and event.code == self.code
        if told or (isinstance(event, LineChanged) and event.state.online and not self.case.fresh):
            self.ask_again()

    def ask_again(self) -> None:
        self._await(self._ask(partial(self.flow.context.cases.look_up, self.code), self._answered))

    def _answered(self, answer: Case | CaseProblem) -> None:
        if isinstance(answer, Case) and self.flow.citizen.case_told(answer):
            self._changed()


@dataclass(frozen=True)
class StepShown:
    name: str
    when: str
    #: The newest step.
    now: bool


@dataclass(frozen=True)
class MessageShown:
    #: Who said what kind of thing, and when.
    head: str
    text: str
    citizens: bool


@dataclass(frozen=True)
class CaseShown:
    code: str
    service: str
    agency: str
    state: str
    #: success, info, warning or danger.
    kind: str
    explained: str
    note: str
    due: str
    fee: str
    remark: str
    steps: tuple[StepShown, ...]
    asks: bool
    #: What was written, newest first.
    messages: tuple[MessageShown, ...]
    #: What the citizen may do against it, and until when in words.
    contest: Contest | None
    contest_until: str
    can_rate: bool


_KINDS = {
    CaseStateName.APPROVED: "success",
    CaseStateName.READY: "success",
    CaseStateName.COLLECTED: "success",
    CaseStateName.REJECTED: "danger",
    CaseStateName.CANCELLED: "danger",
    CaseStateName.QUESTION: "warning",
}
#: While the office works on it, it is told when that will be over; a question stops the office's clock.
_RUNNING = frozenset({CaseStateName.RECEIVED, CaseStateName.INCOMPLETE, CaseStateName.IN_REVIEW})


def _step_name(flow: Flow, case: Case, step: CaseStep) -> str:
    """What happened; while it is examined, in which stage as well."""
    if step.contest is not None:
        return flow.texts(f"case.contested.{step.contest}")
    if agency := step.forwarded_to.get(flow.language):
        return flow.texts("complaint.case.forwarded", agency=agency)
    state, stage = _words(flow, case, step.state.text_key), step.stage.get(flow.language)
    return f"{state} · {stage}" if stage and step.state is CaseStateName.IN_REVIEW else state


def case_shown(flow: Flow, case: Case) -> CaseShown:
    """The case in the citizen's language."""
    texts, language, formatting = flow.texts, flow.language, flow.formatting
    steps = tuple(
        StepShown(
            _step_name(flow, case, step),
            formatting.moment(step.at),
            place == len(case.steps) - 1,
        )
        for place, step in enumerate(case.steps)
    )
    messages = tuple(_message(flow, message) for message in reversed(flow.citizen.messages()))
    contest = case.may_contest(flow.context.now())
    if any(message.kind == contest for message in flow.citizen.messages()):
        # Said already, and on its way.
        contest = None
    until = case.contest_until
    return CaseShown(
        code=flow.context.codes.display(case.code),
        service=case.service_name.get(language),
        agency=case.agency_name.get(language),
        state=_words(flow, case, case.state.text_key),
        kind=_KINDS.get(case.state, "info"),
        explained=_explained(flow, case),
        # Among the messages it stands as well, and first.
        note="" if messages else case.note,
        due=_due(flow, case),
        fee="" if case.fee is None else texts("case.fee", amount=fee_in_words(flow, case.fee)),
        remark="" if case.fresh else texts("case.remembered", time=formatting.moment(case.updated_at)),
        steps=steps,
        asks=case.state is CaseStateName.QUESTION and case.fresh,
        messages=messages,
        contest=contest,
        contest_until=texts("case.contest.until", day=formatting.day(until)) if contest and until else "",
        can_rate=flow.rating.can_rate(case),
    )


def _due(flow: Flow, case: Case) -> str:
    """When the office will be done, or until when the citizen may say something."""
    day = flow.formatting.day
    if case.closes is not None:
        return flow.texts("complaint.case.closes", day=day(case.closes))
    if case.state is CaseStateName.QUESTION and case.answer_until:
        return flow.texts("case.answer_until", day=day(case.answer_until))
    return flow.texts("case.due", day=day(case.due)) if case.due and case.state in _RUNNING else ""


def _explained(flow: Flow, case: Case) -> str:
    if case.contested is not None and case.state in _RUNNING:
        return flow.texts(f"case.explained.{case.contested}")
    return _words(flow, case, f"case.explained.{case.state}")


def _message(flow: Flow, message: CaseMessage) -> MessageShown:
    texts = flow.texts
    kind = message.kind if message.kind in set(MessageKind) else MessageKind.DECISION
    parts = [texts(f"case.message.{kind}"), flow.formatting.moment(message.at)]
    if message.on_its_way:
        parts.append(texts("case.message.on_its_way"))
    lines = [texts("case.message.withheld") if message.withheld else message.text]
    if message.photos:
        lines.append(texts.count("case.message.photos", message.photos))
    return MessageShown(" · ".join(parts), "\n".join(line for line in lines if line), message.is_citizens)


def _words(flow: Flow, case: Case, key: str) -> str:
    """A complaint is answered, not approved: it has words of its own for some states."""
    service = flow.context.catalogue.get(case.service)
    if service is not None and service.kind is ServiceKind.COMPLAINT:
        own = f"complaint.{key}"
        if flow.texts.has(own):
            return flow.texts(own)
    return flow.texts(key)
