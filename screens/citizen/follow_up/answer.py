"""Answering what the office asked about a case."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from screens.citizen.follow_up.answer_photo import AnswerPhoto
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage


class AnswerScreen(FlowPage):
    entry_shown = ObjectProperty(None, allownone=True)
    question = StringProperty("")
    sent = BooleanProperty(False)
    #: The live picture is in sight, or the photo that was taken.
    shooting = BooleanProperty(False)
    can_add = BooleanProperty(False)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        if flow.citizen.answering is None:
            raise RuntimeError("no case is open")
        self._answering = flow.citizen.answering
        self._photo: AnswerPhoto | None = None
        entry = flow.citizen.answering.entry
        super().__init__(flow=flow, entry_shown=entry, question=flow.citizen.answering.case.note, **kwargs)
        self._stop = entry.listen(self._typed)
        self.refresh()

    def close(self) -> None:
        super().close()
        self._stop()
        self.entry_shown = None
        if self._photo is not None:
            self._photo.close()

    def refresh(self) -> None:
        """Shows it as it is: being written, with its photo, or sent."""
        self.sent = self._answering.sent
        if self.sent:
            if self._photo is not None:
                self._photo.close()
                self._photo = None
            self.ids.photo.clear_widgets()
            self.type_into(None)
        elif self._answering.photo is not None or self._answering.doubt is not None:
            self._show_photo()
        else:
            self.type_into(self._answering.entry)
        self.can_add = not self.sent and self._photo is None and self.flow.context.can_photograph
        self._typed()

    def add_photo(self) -> None:
        """Shows the camera instead of the keyboard."""
        photo = self._show_photo()
        self.can_add = False
        self._show_camera(photo)

    def write(self) -> None:
        """Back to the keyboard; a photo that was taken stays."""
        self.shooting = False
        self.type_into(self._answering.entry)

    def go_forward(self) -> None:
        if self.sent:
            self.flow.citizen.finish()
            return
        if self._photo is not None and self._photo.is_open():
            self._show_camera(self._photo)
            self._photo.tell_open()
            return
        refused = self._answering.send()
        if refused is not None:
            self.problem = self.flow.texts(refused.text_key)
            return
        self.refresh()

    def _show_photo(self) -> AnswerPhoto:
        if self._photo is None:
            self._photo = AnswerPhoto(flow=self.flow, answering=self._answering)
            self._photo.bind(taken=self._typed, doubtful=self._typed, busy=self._typed)
            self.ids.photo.add_widget(self._photo)
        return self._photo

    def _show_camera(self, photo: AnswerPhoto) -> None:
        self.shooting = True
        self.type_into(None)
        self.reveal_later(photo)

    def _typed(self, *_: object) -> None:
        # A photo that waits for a choice does, too: the way forward is what says so.
        open_photo = self._photo is not None and self._photo.is_open()
        self.can_forward = self.sent or open_photo or self._answering.begun
        self.problem = ""
        self.ids.full.follow(self._answering.entry)
