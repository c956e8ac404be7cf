"""A photo that goes with an answer to the office: a document that was missing."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty

from kiosk.ports import CaptureProblem, Photo
from kiosk.session.attachments import Attachment
from screens.background.shutter import Shot, shoot
from screens.citizen.application.form_model import JPEG
from screens.citizen.controls.viewfinder import Viewfinder

_NAME = "answer-1.jpg"


class AnswerPhoto(Viewfinder):
    """``taken`` once there is a photo that is to be sent, which ``answering`` keeps, as it does one that was not yet
    decided on. ``close`` ends the live picture."""

    answering = ObjectProperty(None)
    taken = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._camera = self.flow.context.camera
        self._work: Shot | None = None
        if self.answering.photo is not None:
            self._show(bytes(self.answering.photo.data))
            self._tell_taken()
        elif self.answering.doubt is not None:
            self._ask(self.answering.doubt)
        else:
            self._live()

    def close(self) -> None:
        if self._work is not None:
            self._work.cancel()
        self.source = None
        if self._camera is not None:
            self._camera.stop_preview()
        self._forget()

    def on_shoot(self) -> None:
        if self._camera is not None and not self.busy:
            self.busy = True
            self._work = shoot(self._camera, self._captured)

    def on_again(self) -> None:
        self.answering.keep(None)
        self._forget()
        self._live()

    def on_use(self) -> None:
        if self.answering.doubt is not None:
            self._keep(self.answering.doubt.photo)

    def _captured(self, result: Photo | CaptureProblem) -> None:
        self._work = None
        self.busy = False
        if not isinstance(result, CaptureProblem):
            self._show(result.jpeg)
            self._keep(result)
        elif result.photo is None:
            self.tell_problem(result)
        else:
            self.answering.doubt = result
            self._ask(result)

    def _ask(self, doubt: CaptureProblem) -> None:
        self._show(doubt.photo.jpeg)
        self.doubtful = True
        self.tell_problem(doubt)

    def _show(self, jpeg: bytes) -> None:
        self.show_photo(jpeg)
        self.source = None

    def _keep(self, photo: Photo) -> None:
        self.answering.keep(Attachment("", _NAME, JPEG, bytearray(photo.jpeg)))
        self._tell_taken()

    def _tell_taken(self) -> None:
        self.doubtful = False
        self.taken = True
        self.tell(self.flow.texts("answer.photo.taken"), "success")

    def _live(self) -> None:
        if self._camera is None or not self.flow.context.can_photograph:
            self.can_shoot = False
            self.tell(self.flow.texts("photo.no_camera"), "danger")
            return
        self._camera.start_preview()
        self.source = self._camera.latest
        self.tell_hint()

    def _forget(self) -> None:
        self.show_photo(None)
        self.taken = self.doubtful = False
