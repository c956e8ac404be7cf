"""The review: what was answered, and a touch on any line goes back to it."""

from typing import Any, Final

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from screens.citizen.application.drafts import SaveLater
from screens.citizen.application.review_model import ReviewModel
from screens.look.decoded import photo_texture
from screens.look.widgets.banner import Banner
from screens.look.widgets.buttons import Surface
from screens.look.widgets.text import Strong
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage

#: Dots of the longer side of a photo that stands beside its question.
THUMBNAIL_SIDE: Final = 240


class AnswerLine(Surface):
    """A question with its answer, and the pencil that says it can be changed."""

    label = StringProperty("")
    answer = StringProperty("")
    ref = StringProperty("")
    texture = ObjectProperty(None, allownone=True)

    @property
    def says(self) -> str:
        return f"{self.label}. {self.answer}"


class PhotoLine(BoxLayout):
    """A question with its photo, and beside it the way to see it larger: a target within a target would never be reached."""

    __events__ = ("on_edit", "on_enlarge")

    label = StringProperty("")
    answer = StringProperty("")
    ref = StringProperty("")
    photo = ObjectProperty(b"")
    texture = ObjectProperty(None, allownone=True)

    def on_edit(self) -> None:
        """It is to be taken anew."""

    def on_enlarge(self) -> None:
        """It is to be looked at."""


class ReviewScreen(FlowPage):
    def __init__(self, flow: Flow, model: ReviewModel, **kwargs: Any) -> None:
        super().__init__(flow=flow, model=model, **kwargs)
        self._fill()
        self.add_widget(SaveLater(flow=flow))

    def go_forward(self) -> None:
        self.model.forward()

    def _fill(self) -> None:
        lines = self.ids.lines
        for text in self.model.warnings():
            lines.add_widget(Banner(kind="warning", text=text))
        for line in self.model.lines():
            if line.heading:
                lines.add_widget(Strong(text=line.label))
                continue
            widget: AnswerLine | PhotoLine
            if line.photo:
                small = photo_texture(line.photo, THUMBNAIL_SIDE)
                widget = PhotoLine(label=line.label, answer=line.answer, ref=line.ref, photo=line.photo, texture=small)
                widget.bind(on_edit=self._edit, on_enlarge=self._enlarge)
            else:
                widget = AnswerLine(label=line.label, answer=line.answer, ref=line.ref)
                widget.bind(on_choose=self._edit)
            lines.add_widget(widget)

    def _edit(self, line: AnswerLine | PhotoLine) -> None:
        self.model.edit(line.ref)

    def _enlarge(self, line: PhotoLine) -> None:
        self.flow.enlarging.open(line.photo, line.label)
