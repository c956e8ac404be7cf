"""Save for later, and go on: what the two screens say and when. The line does the sealing; nothing touches the disk."""

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from forms import FormSession
from kiosk.drafts.draft_words import DraftKept, DraftOpened, DraftProblem
from kiosk.drafts.drafts import Resumed, birth_date, is_draft, resume, write
from kiosk.machine.health import Reason
from kiosk.text import Text
from screens.look.widgets.entry import Entry, Layout
from screens.navigation.places import Name, Place
from screens.navigation.slips import SlipState, SlipStatus
from screens.navigation.view_model import Ask, ViewModel

if TYPE_CHECKING:
    from screens.navigation.flow import Flow

Done = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Held:
    """A draft at the server, and the form that its content was put into."""

    code: str
    born: date
    #: Lets go of the answers when the session does.
    form: "weakref.ref[FormSession]"


class DraftFlow:
    """Ways to the two screens, and what came of going on.

    A draft that goes on stays at the server until its content is safe somewhere else: sent, or saved anew.
    """

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        self.reset()

    def reset(self) -> None:
        self.resumed: Resumed | None = None
        #: Of the draft that was left here in this visit.
        self.kept_code = ""
        self._held: Held | None = None
        self._before_save: weakref.WeakMethod[Callable[[], None]] | None = None

    @property
    def held(self) -> Held | None:
        """The draft that goes on in the form that is open; None when this form began empty, or no form is open."""
        held, session = self._held, self._flow.session
        form = session.form if session is not None else None
        return held if held is not None and form is not None and held.form() is form else None

    def safe(self, held: Held | None) -> None:
        """What the draft held is safe somewhere else: the server may erase it. A cut line leaves it to its days."""
        line = self._flow.kiosk.line
        if held is not None:
            self._held = None
            if line is not None:
                line.erase_draft(held.code, held.born)

    @property
    def can_save(self) -> bool:
        session = self._flow.session
        return session is not None and session.form is not None

    def ask_before_save(self, keep: Callable[[], None]) -> None:
        """``keep``, a method, keeps what is undecided on the page in sight. Its form is not held by this."""
        self._before_save = weakref.WeakMethod(keep)

    def begin_save(self) -> None:
        if self.can_save:
            keep = self._before_save() if self._before_save is not None else None
            if keep is not None:
                keep()
            self._flow.close_over()
            self._flow.show_beside(Place(Name.SAVE_DRAFT))

    def back_to_form(self) -> None:
        self._flow.show_beside(None)

    def begin_resume(self, code: str = "") -> None:
        """From the list of services, or from tracking when the code is a draft's."""
        self._flow.citizen.open_page(Place(Name.RESUME_DRAFT, code))

    def went_on(self, resumed: Resumed, code: str, born: date) -> None:
        """The form is open again; the way back leads to the list of services, no more to the code."""
        session = self._flow.session
        form = session.form if session is not None else None
        self.resumed = resumed
        self._held = Held(code, born, weakref.ref(form)) if form is not None else None
        self._flow.citizen.forget_way()
        self._flow.show_beside(Place(Name.RESUMED))


class Saving(StrEnum):
    ASKING = "ASKING"
    SENDING = "SENDING"
    KEPT = "KEPT"


class SaveModel(ViewModel):
    """What is on its way stays so in another look: a draft that was kept must not be left without its code."""

    def __init__(self, flow: "Flow", ask: Ask) -> None:
        super().__init__()
        self.flow = flow
        self.entry = Entry(Layout.DATE)
        self.state = Saving.ASKING
        self.problem = ""
        self.kept: DraftKept | None = None
        self._ask = ask
        self._stop = self.entry.listen(self._typed)

    @property
    def code(self) -> str:
        return self.flow.context.codes.display(self.kept.code) if self.kept is not None else ""

    @property
    def until(self) -> str:
        return self.flow.formatting.day(self.kept.expires_at) if self.kept is not None else ""

    def forward(self) -> None:
        """Save; or, once it is saved, leave."""
        if self.state is Saving.KEPT:
            self.flow.citizen.finish()
            return
        born = birth_date(self.entry.text, self.flow.context.now().date())
        session = self.flow.session
        if born is None or session is None:
            self._tell(self.flow.texts("draft.bad_date"))
            return
        plain = write(session)
        if isinstance(plain, DraftProblem):
            self._tell(self.flow.texts(plain.text_key))
            return
        self.state, self.problem = Saving.SENDING, ""
        self._changed()
        line = self.flow.kiosk.line
        if line is None:
            self.answered(DraftProblem.NO_LINE)
        else:
            self._await(self._ask(partial(line.keep_draft, plain, born), self.answered))

    def answered(self, answer: DraftKept | DraftProblem) -> None:
        if isinstance(answer, DraftKept):
            self.state, self.kept = Saving.KEPT, answer
            self.flow.drafts.kept_code = answer.code
            self.flow.drafts.safe(self.flow.drafts.held)
            self.flow.slips.owe(answer.code, SlipState.NOT_PRINTED)
            self.print_slip()
            return
        self.state = Saving.ASKING
        key = "draft.no_line" if answer is DraftProblem.NO_LINE else answer.text_key
        self._tell(self.flow.texts(key))

    def print_slip(self) -> None:
        """Of the draft that was kept; the code stands on the screen as well, whatever the printer does."""
        slip = self.slip
        if slip is None or self.kept is None or not self.flow.context.can_print:
            self._changed()
            return
        slip.state = SlipState.PRINTING
        self.flow.kiosk.draft_slips.print(
            self.kept.code, self.kept.expires_at, self._service_name(), self.flow.language
        )
        self._changed()

    @property
    def slip(self) -> SlipStatus | None:
        """How its slip stands, once the draft was kept."""
        return self.flow.slips.follow(self.kept.code, SlipState.NOT_PRINTED) if self.kept is not None else None

    def _service_name(self) -> Text:
        """Of the form that was kept: several slips in one pocket are told apart by it."""
        session = self.flow.session
        return session.service.name if session is not None and session.service is not None else Text({})

    def close(self) -> None:
        super().close()
        self._stop()
        self.entry.set("")

    def _tell(self, problem: str) -> None:
        self.problem = problem
        self._changed()

    def _typed(self) -> None:
        self.problem = ""
        self._changed()


class ResumeModel(ViewModel):
    """The code and the birth date that bring a draft back."""

    def __init__(self, flow: "Flow", code: str, ask: Ask) -> None:
        super().__init__()
        self.flow = flow
        self.code = Entry(Layout.CODE)
        self.born = Entry(Layout.DATE)
        self.problem = ""
        self.asking = False
        self._asked: tuple[str, date] | None = None
        self._ask = ask
        self.code.set(code)
        self.active = self.born if code else self.code
        self._stops: Final = (self.code.listen(self._typed), self.born.listen(self._typed))

    @property
    def complete(self) -> bool:
        return self.code.full and self.born.full

    def focus(self, entry: Entry) -> None:
        self.active = entry
        self._changed()

    def scanned(self, code: str | None) -> bool:
        """False: it is not the slip of a draft."""
        if code is None or not is_draft(code):
            return False
        self.code.set(code)
        self.focus(self.born)
        self.flow.scans.tell("form.scan.taken", "success", what=self.flow.texts("draft.code"))
        return True

    def forward(self) -> None:
        """To the birth date, or on with the form."""
        if not self.born.full:
            self.focus(self.born)
            return
        code = self.flow.context.codes.parse(self.code.text)
        born = birth_date(self.born.text, self.flow.context.now().date())
        if code is None or not is_draft(code):
            self._tell(self.flow.texts(DraftProblem.NOT_A_CODE.text_key))
        elif born is None:
            self._tell(self.flow.texts("draft.bad_date"))
        elif self.flow.context.disk_is_full:
            # Before anything is asked for: the draft waits where it is.
            self._tell(self.flow.texts(Reason.DISK_FULL.text_key))
        else:
            self.asking, self.problem, self._asked = True, "", (code, born)
            self._changed()
            self._fetch(code, born)

    def answered(self, answer: DraftOpened | DraftProblem) -> None:
        self.asking = False
        session = self.flow.session
        if isinstance(answer, DraftOpened) and session is not None and self._asked is not None:
            result = resume(session, answer.plain)
            if isinstance(result, Resumed):
                self.flow.drafts.went_on(result, *self._asked)
            else:
                self._tell(self.flow.texts(result.text_key))
        elif isinstance(answer, DraftProblem):
            self._tell(self.flow.texts(answer.text_key))

    def close(self) -> None:
        super().close()
        for stop in self._stops:
            stop()
        self.born.set("")

    def _fetch(self, code: str, born: date) -> None:
        line = self.flow.kiosk.line
        if line is None:
            self.answered(DraftProblem.NO_LINE)
        else:
            self._await(self._ask(partial(line.open_draft, code, born), self.answered))

    def _tell(self, problem: str) -> None:
        self.problem = problem
        self._changed()

    def _typed(self) -> None:
        self.problem = ""
        if self.active is self.code and self.code.full:
            self.active = self.born
        self._changed()
