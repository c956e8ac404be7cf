"""Answering what the office asked about a case."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.outcomes import Refused
from kiosk.submissions import ANSWER_CHARACTERS
from screens.citizen.answer_photo import AnswerPhoto
from screens.flow import Flow
from screens.look.entry import Entry, Layout
from screens.page_screen import FlowPage


class AnswerScreen(FlowPage):
    entry_shown = ObjectProperty(None)
    question = StringProperty("")
    sent = BooleanProperty(False)
    #: The live picture is in sight, or the photo that was taken.
    shooting = BooleanProperty(False)
    can_add = BooleanProperty(False)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        if flow.case is None:
            raise RuntimeError("no case is open")
        self._case = flow.case
        self._photo: AnswerPhoto | None = None
        self._entry = Entry(Layout.LETTERS, limit=ANSWER_CHARACTERS)
        super().__init__(flow=flow, entry_shown=self._entry, question=flow.case.note, **kwargs)
        self._stop = self._entry.listen(self._typed)
        self.type_into(self._entry)
        self.can_add = flow.kiosk.health.can_photograph()
        self._typed()

    def on_parent(self, _widget: object, parent: object) -> None:
        if parent is None:
            self._stop()
            self._entry.set("")
            if self._photo is not None:
                self._photo.close()

    def add_photo(self) -> None:
        """Shows the camera instead of the keyboard."""
        if self._photo is None:
            self._photo = AnswerPhoto(flow=self.flow)
            self._photo.bind(taken=self._typed, doubtful=self._typed, busy=self._typed)
            self.ids.photo.add_widget(self._photo)
        self.can_add = False
        self._show_camera(self._photo)

    def write(self) -> None:
        """Back to the keyboard; a photo that was taken stays."""
        self.shooting = False
        self.type_into(self._entry)

    def go_forward(self) -> None:
        if self.sent:
            self.flow.finish()
            return
        if self._photo is not None and self._photo.is_open():
            self._show_camera(self._photo)
            self._photo.tell_open()
            return
        photos = self._photo.attachments() if self._photo is not None else ()
        result = self.flow.kiosk.send_answer(self._case.code, self._case.service, self._entry.text, photos)
        if isinstance(result, Refused):
            self.problem = self.flow.texts(result.reason.text_key)
            return
        self.sent = True
        self.can_add = False
        if self._photo is not None:
            self._photo.close()
        self.ids.photo.clear_widgets()
        self.type_into(None)
        self._entry.set("")
        self.can_forward = True

    def _show_camera(self, photo: AnswerPhoto) -> None:
        self.shooting = True
        self.type_into(None)
        self.reveal_later(photo)

    def _typed(self, *_: object) -> None:
        # A photo that waits for a choice does, too: the way forward is what says so.
        begun = self._photo is not None and (self._photo.taken or self._photo.is_open())
        self.can_forward = self.sent or begun or bool(self._entry.text.strip())
        self.problem = ""
        self.ids.full.follow(self._entry)
