"""Looking up a case: by a slip held before the scanner, or by its twelve characters."""

from dataclasses import dataclass
from functools import partial

from kiosk.cases.case import Case, CaseProblem, CaseProblemKind
from kiosk.drafts.drafts import is_draft
from kiosk.session.session import Session
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

    def __init__(self, flow: Flow, ask: Ask, code: str = "") -> None:
        super().__init__()
        self.flow = flow
        self.entry = Entry(Layout.CODE, code)
        self.problem = ""
        self._asked: Asked | None = None
        self._ask = ask
        self._stop = self.entry.listen(self._typed)
        if code:
            self.look_up(code)

    @property
    def asking(self) -> bool:
        return self._asked is not None

    def forward(self) -> None:
        if not self.asking:
            self.look_up(self.entry.text)

    def scanned(self, code: str) -> None:
        """A slip was held before the scanner."""
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
