"""Looking up a case: by a slip held before the scanner, or by its twelve characters."""

from dataclasses import dataclass
from functools import partial

from kiosk.cases.case import Case, CaseProblem, CaseProblemKind, CaseStateName
from kiosk.catalogue.service import ServiceKind
from kiosk.drafts.drafts import is_draft
from kiosk.session.session import Session
from screens.citizen.start.service_model import fee_in_words
from screens.look.widgets.entry import Entry, Layout
from screens.navigation.flow import Flow
from screens.navigation.places import Name
from screens.navigation.view_model import Ask, ViewModel


@dataclass(frozen=True, eq=False)
class Asked:
    """A question to the server, and whose session it belongs to."""

    #: None: nothing that can be a code.
    code: str | None
    session: Session | None


class TrackModel(ViewModel):
    """The newest question is the one that counts: answers to others are dropped."""

    def __init__(self, flow: Flow, ask: Ask) -> None:
        super().__init__()
        self.flow = flow
        self.entry = Entry(Layout.CODE)
        self.problem = ""
        self._asked: Asked | None = None
        self._ask = ask
        self._stop = self.entry.listen(self._typed)

    @property
    def asking(self) -> bool:
        return self._asked is not None

    def forward(self) -> None:
        if not self.asking:
            self.look_up(self.entry.text)

    def scanned(self, code: str | None) -> None:
        """A slip was held before the scanner; None: something else was."""
        if code is None:
            self.problem = self.flow.texts("track.not_a_slip")
            self._changed()
        else:
            self.entry.set(code)
            self.look_up(code)

    def look_up(self, text: str) -> None:
        code = self.flow.context.codes.parse(text)
        if code is not None and is_draft(code):
            self._asked = None
            self.flow.drafts.begin_resume(code)
            return
        self.problem = ""
        self._asked = asked = Asked(code, self.flow.session)
        self._changed()
        cases = self.flow.context.cases
        self._await(self._ask(partial(cases.look_up, text), partial(self._answered, asked)))

    def close(self) -> None:
        super().close()
        self._asked = None
        self._stop()

    def _answered(self, asked: Asked, answer: Case | CaseProblem) -> None:
        """Answered only to whoever asked, as long as that is still waited for."""
        if asked is not self._asked:
            return
        self._asked = None
        flow = self.flow
        if asked.session is None or asked.session is not flow.session or flow.place.name is not Name.TRACK:
            return
        if isinstance(answer, Case) and answer.code != asked.code:
            answer = CaseProblem(CaseProblemKind.NO_LINE)
        if isinstance(answer, Case):
            flow.citizen.open_case(answer)
            return
        self.problem = flow.texts(answer.text_key)
        self._changed()

    def _typed(self) -> None:
        self.problem = ""
        self._changed()


@dataclass(frozen=True)
class StepShown:
    name: str
    when: str
    #: The newest step.
    now: bool


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


_KINDS = {
    CaseStateName.APPROVED: "success",
    CaseStateName.READY: "success",
    CaseStateName.COLLECTED: "success",
    CaseStateName.REJECTED: "danger",
    CaseStateName.CANCELLED: "danger",
    CaseStateName.QUESTION: "warning",
}
#: While the office works on it, it is shown when that will be over; a question stops the office's clock.
_RUNNING = frozenset({CaseStateName.RECEIVED, CaseStateName.INCOMPLETE, CaseStateName.IN_REVIEW})


def _step_name(state: str, stage: str, name: CaseStateName) -> str:
    """What happened; while it is examined, in which stage as well."""
    return f"{state} · {stage}" if stage and name is CaseStateName.IN_REVIEW else state


def case_shown(flow: Flow, case: Case) -> CaseShown:
    """The case in the citizen's language."""
    texts, language, formatting = flow.texts, flow.language, flow.formatting
    steps = tuple(
        StepShown(
            _step_name(_words(flow, case, step.state.text_key), step.stage.get(language), step.state),
            formatting.moment(step.at),
            place == len(case.steps) - 1,
        )
        for place, step in enumerate(case.steps)
    )
    return CaseShown(
        code=flow.context.codes.display(case.code),
        service=case.service_name.get(language),
        agency=case.agency_name.get(language),
        state=_words(flow, case, case.state.text_key),
        kind=_KINDS.get(case.state, "info"),
        explained=_words(flow, case, f"case.explained.{case.state}"),
        note=case.note,
        due=texts("case.due", day=formatting.day(case.due)) if case.due and case.state in _RUNNING else "",
        fee="" if case.fee is None else texts("case.fee", amount=fee_in_words(flow, case.fee)),
        remark="" if case.fresh else texts("case.remembered", time=formatting.moment(case.updated_at)),
        steps=steps,
        asks=case.state is CaseStateName.QUESTION and case.fresh,
    )


def _words(flow: Flow, case: Case, key: str) -> str:
    """A complaint is answered, not approved: it has words of its own for some states."""
    service = flow.context.catalogue.get(case.service)
    if service is not None and service.kind is ServiceKind.COMPLAINT:
        own = f"complaint.{key}"
        if flow.texts.has(own):
            return flow.texts(own)
    return flow.texts(key)
