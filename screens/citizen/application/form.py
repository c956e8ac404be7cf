"""The form's pages: a question, or a few that belong together, with the keyboard below when something is typed."""

from typing import Any, Final

from kiosk.events import ComponentChanged, Event, Scanned, StepChanged
from screens.citizen.application.drafts import SaveLater
from screens.citizen.application.form_model import FormModel
from screens.citizen.application.scanning import take
from screens.citizen.controls.choices import ChoiceQuestion
from screens.citizen.controls.photo import PhotoQuestion
from screens.citizen.controls.question import Question
from screens.citizen.controls.range import RangeQuestion
from screens.citizen.controls.repeat import RepeatPanel
from screens.citizen.controls.signature import SignatureQuestion
from screens.citizen.controls.simple import (
    ImpossibleQuestion,
    NoteQuestion,
    RankQuestion,
    ShownQuestion,
    TriggerQuestion,
)
from screens.citizen.controls.typed import TypedQuestion
from screens.citizen.follow_up.answers import Control, control_of
from screens.look.current import current
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage

_WIDGETS: Final[dict[Control, type[Question]]] = {
    Control.TEXT: TypedQuestion,
    Control.DATE: TypedQuestion,
    Control.TIME: TypedQuestion,
    Control.DATE_TIME: TypedQuestion,
    Control.ONE: ChoiceQuestion,
    Control.SEVERAL: ChoiceQuestion,
    Control.NOTE: NoteQuestion,
    Control.PHOTO: PhotoQuestion,
    Control.SIGNATURE: SignatureQuestion,
    Control.RANGE: RangeQuestion,
    Control.RANK: RankQuestion,
    Control.TRIGGER: TriggerQuestion,
    Control.SHOWN: ShownQuestion,
    Control.IMPOSSIBLE: ImpossibleQuestion,
}
#: So many questions that are marked in red are named.
NAMED_AT_MOST: Final = 3


def _is_high() -> bool:
    return current().portrait


class FormScreen(FlowPage):
    def __init__(self, flow: Flow, model: FormModel, **kwargs: Any) -> None:
        self._questions: list[Question] = []
        self._panel: RepeatPanel | None = None
        self._built: tuple[str, ...] = ()
        self._revealed: object = None
        self._later = SaveLater(flow=flow)
        super().__init__(flow=flow, model=model, back=flow.texts("common.back"), asks=True, **kwargs)
        self.refresh()
        self.show_refusal()

    def close(self) -> None:
        """The questions hear of it, too, for one of them may run the camera."""
        super().close()
        self.ids.body.clear_widgets()
        self._questions, self._panel = [], None

    @property
    def topic(self) -> object:
        """Which page of the form is in sight."""
        page = self.model.page if self.model is not None else None
        return page.ref if page is not None else ""

    def go_forward(self) -> None:
        if not self._held_back():
            self.model.forward()

    def go_back(self) -> None:
        self.model.back()

    def handle(self, event: Event) -> None:
        match event:
            case StepChanged():
                self._refused = ""
                self.model.begin_page()
                self.refresh()
            case ComponentChanged():
                self.refresh()

    def scanned(self, event: Scanned) -> bool:
        return take(self.model, event)

    def refresh(self) -> None:
        """Shows the page as it is now; widgets are made anew only when other questions are asked."""
        model, texts = self.model, self.flow.texts
        page = model.page if model is not None else None
        if page is None:
            return
        refs = (page.ref, *(node.ref for node in model.questions))
        if refs != self._built:
            self._build(refs)
        for question in self._questions:
            question.refresh()
        if self._panel is not None:
            self._panel.refresh()
        self.progress = model.number / (model.total + 1)
        self.progress_text = texts("form.progress", n=model.number, total=model.total)
        self.forward = texts("form.next_field") if model.next_question() is not None else texts("common.next")
        self.problem = self._shown_wrong()
        self.type_into(model.focused_entry)
        self._later.shown = model.focused_entry is None
        self.show_banner()
        self.suggestions = self._suggested()
        self._reveal_focus()

    def show_refusal(self) -> None:
        """Sent back from the review or from sending: what is wrong on this page is marked."""
        if self.flow.citizen.refused and not self._refused and self._built:
            self._refused = self.flow.citizen.refused
            self.model.mark_all()

    def suggest(self, key: str) -> None:
        for question in self._questions:
            if isinstance(question, ChoiceQuestion) and any(key == value for value, _ in question.suggestions()):
                question.pick(key)
                return

    def _shown_wrong(self) -> str:
        """Which questions are marked in red, as long as any is. On a panel that lies there is no room for it, and the field in
        sight says what is wrong."""
        wrong = [question for question in self._questions if question.problem]
        if not wrong:
            return ""
        if len(self._questions) == 1 or not _is_high():
            return str(self.flow.citizen.refused)
        labels = [question.label for question in wrong if question.label]
        more = ("…",) if len(labels) > NAMED_AT_MOST else ()
        return str(self.flow.texts("form.look_above", what=", ".join((*labels[:NAMED_AT_MOST], *more))))

    def _held_back(self) -> bool:
        """Whether a question has something begun that would be lost: it is brought into sight, without the keyboard."""
        holding = next((question for question in self._questions if question.holds_back()), None)
        if holding is None:
            return False
        self.model.unfocus()
        holding.holds_back()
        self.reveal_later(holding)
        return True

    def _suggested(self) -> tuple[tuple[str, str], ...]:
        choices = (question for question in self._questions if isinstance(question, ChoiceQuestion))
        return next((found for found in (question.suggestions() for question in choices) if found), ())

    def _build(self, refs: tuple[str, ...]) -> None:
        model = self.model
        body = self.ids.body
        if refs[0] != (self._built[0] if self._built else ""):
            self.ids.pane.scroll_to(0)
        self._built = refs
        body.clear_widgets()
        self._questions = []
        self._panel = None
        page = model.page
        if page is None:
            return
        if page.repeat is not None:
            self._panel = RepeatPanel(model, page.ref)
            body.add_widget(self._panel)
        questions = model.questions
        alone = len(questions) == 1 and page.repeat is None
        title = page.group_label or ""
        reported = alone or (self._panel is not None and self._panel.label == title)
        self.heading = "" if reported else title
        for node in questions:
            widget = _WIDGETS[control_of(node)](model, node, alone)
            if isinstance(widget, ChoiceQuestion):
                widget.bind(on_turned=self._turned)
            self._questions.append(widget)
            body.add_widget(widget)
        body.add_widget(self._later)

    def _turned(self, question: ChoiceQuestion) -> None:
        """Another piece of a long list begins at its top."""
        self.reveal_later(question)

    def _reveal_focus(self) -> None:
        """Once for each new focus: the field must be seen above the keyboard."""
        model = self.model
        wanted = model.focus.ref if model.focus is not None else model.first_wrong or model.unfolded or model.revealed
        if not wanted or wanted == self._revealed:
            return
        self._revealed = wanted
        widget = next((question for question in self._questions if question.ref == wanted), None)
        if widget is not None:
            self.reveal_later(widget)
