"""Answering what the office asked about a case."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.outcomes import Refused
from kiosk.submissions import ANSWER_CHARACTERS
from screens.flow import Flow
from screens.look.entry import Entry, Layout
from screens.page_screen import FlowPage


class AnswerScreen(FlowPage):
    entry_shown = ObjectProperty(None)
    question = StringProperty("")
    sent = BooleanProperty(False)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        if flow.case is None:
            raise RuntimeError("no case is open")
        self._case = flow.case
        self._entry = Entry(Layout.LETTERS, limit=ANSWER_CHARACTERS)
        super().__init__(flow=flow, entry_shown=self._entry, question=flow.case.note, **kwargs)
        self._stop = self._entry.listen(self._typed)
        self.type_into(self._entry)
        self._typed()

    def on_parent(self, _widget: object, parent: object) -> None:
        if parent is None:
            self._stop()
            self._entry.set("")

    def go_forward(self) -> None:
        if self.sent:
            self.flow.finish()
            return
        result = self.flow.kiosk.send_answer(self._case.code, self._case.service, self._entry.text)
        if isinstance(result, Refused):
            self.problem = self.flow.texts(result.reason.text_key)
            return
        self.sent = True
        self.type_into(None)
        self._entry.set("")
        self.can_forward = True

    def _typed(self) -> None:
        self.can_forward = self.sent or bool(self._entry.text.strip())
        self.problem = ""
