"""A photo of a document: live picture, shutter, hints when it will not be readable, and once more."""

from typing import Any, Final

from forms import Node
from kiosk.ports import Camera, CaptureKind, CaptureProblem, Photo
from screens.background.shutter import Shot, shoot
from screens.citizen.application.form_model import JPEG
from screens.citizen.controls.question import Question
from screens.citizen.controls.viewfinder import Viewfinder

#: Appearances of an image question by which forms ask for the camera that looks at the person.
SELFIES: Final = frozenset({"new-front", "front", "selfie"})


class PhotoQuestion(Question):
    def build(self, node: Node) -> None:
        self._camera: Camera | None = self.model.flow.context.camera
        self._running = False
        self._work: Shot | None = None
        self._shown_name = ""
        kind = CaptureKind.PORTRAIT if SELFIES & set(node.appearance) else CaptureKind.DOCUMENT
        self._view = Viewfinder(flow=self.model.flow, kind=kind)
        self._view.bind(on_shoot=self._shoot, on_again=self._again, on_use=self._use)
        self.add_widget(self._view)

    def on_parent(self, widget: object, parent: object) -> None:
        super().on_parent(widget, parent)
        if parent is None:
            self._stop_preview()
            self._view.show_photo(None)
            if self._work is not None:
                self._work.cancel()

    def show(self, node: Node) -> None:
        texts = self.model.flow.texts
        self._view.title = node.label or ""
        attachment, doubt = self.model.attachment(self.ref), self.model.doubtful.get(self.ref)
        self._view.doubtful = doubt is not None
        if attachment is not None:
            self._stop_preview()
            if attachment.name != self._shown_name:
                self._shown_name = attachment.name
                self._view.show_photo(bytes(attachment.data))
            taken = "photo.taken_portrait" if self._view.is_portrait else "photo.taken"
            self._view.tell(texts(taken), "success")
        elif doubt is not None:
            self._stop_preview()
            if self._view.still is None:
                self._view.show_photo(doubt.photo.jpeg)
            self._view.tell_problem(doubt)
        else:
            self._shown_name = ""
            self._view.show_photo(None)
            self._start_preview()
            self._tell_live()
        if self.problem:
            self._view.tell(self.problem, "danger")

    def holds_back(self) -> bool:
        if self._view.is_open():
            self._view.tell_open()
        return self._view.is_open()

    def _tell_live(self) -> None:
        if self._camera is None or not self.model.flow.context.can_photograph:
            self._view.can_shoot = False
            self._view.tell(self.model.flow.texts("photo.no_camera"), "danger")
            return
        self._view.can_shoot = True
        self._view.tell_hint()

    def _start_preview(self) -> None:
        if self._camera is not None and not self._running:
            self._running = True
            self._camera.start_preview()
            self._view.source = self._camera.latest

    def _stop_preview(self) -> None:
        if self._camera is not None and self._running:
            self._running = False
            self._view.source = None
            self._camera.stop_preview()

    def _shoot(self, _view: Any) -> None:
        if self._camera is None or self._view.busy:
            return
        self._view.busy = True
        self._work = shoot(self._camera, self._captured, self._view.kind)

    def _captured(self, result: Photo | CaptureProblem) -> None:
        self._work = None
        self._view.busy = False
        if not isinstance(result, CaptureProblem):
            self._keep(result)
            return
        if result.photo is not None:
            self.model.doubtful[self.ref] = result
            self.refresh()
        self._view.tell_problem(result)

    def _keep(self, photo: Photo) -> None:
        problem = self.model.attach(self.ref, photo.jpeg, JPEG)
        if problem:
            self._view.tell(problem, "danger")

    def _use(self, _view: Any) -> None:
        doubt = self.model.doubtful.get(self.ref)
        if doubt is not None:
            self._keep(doubt.photo)

    def _again(self, _view: Any) -> None:
        self.model.doubtful.pop(self.ref, None)
        if self.model.attachment(self.ref) is not None:
            self.model.detach(self.ref)
        else:
            self.refresh()
