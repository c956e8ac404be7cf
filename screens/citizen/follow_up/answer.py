"""Answering what the office asked about a case, or contesting what became of it."""

from dataclasses import dataclass
from typing import Any, Final

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.events import Scanned
from kiosk.ports import ScanKind
from protocol.messages import Contest
from screens.citizen.follow_up.answer_photo import AnswerPhoto
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage


@dataclass(frozen=True)
class Words:
    """Keys of the page's texts."""

    title: str
    how: str
    sent: str
    sent_how: str
    send: str


_WORDS: Final = {
    None: Words("answer.title", "", "answer.sent", "answer.sent_how", "answer.send"),
    Contest.OBJECTION: Words(
        "objection.title", "objection.how", "objection.sent", "objection.sent_how", "objection.send"
    ),
    Contest.REOPENING: Words(
        "reopening.title", "reopening.how", "reopening.sent", "reopening.sent_how", "reopening.send"
    ),
}


class AnswerScreen(FlowPage):
    entry_shown = ObjectProperty(None, allownone=True)
    #: Which words are on the page.
    words = ObjectProperty(None)
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
        words, question = _WORDS[self._answering.contest], self._answering.case.note
        super().__init__(flow=flow, entry_shown=entry, words=words, question=question, **kwargs)
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

    def scanned(self, event: Scanned) -> bool:
        if event.kind == ScanKind.STAFF_BADGE or not self.shooting:
            return False
        self.flow.scans.saw_in_photo(event)
        return True

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
        self.can_forward = self.sent or open_photo or self._answering.can_send
        self.problem = ""
        self.ids.full.follow(self._answering.entry)
