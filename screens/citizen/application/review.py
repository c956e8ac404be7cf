"""The review: what was answered, and a touch on any line goes back to it."""

from typing import Any

from kivy.properties import StringProperty

from screens.citizen.application.drafts import SaveLater
from screens.citizen.application.review_model import ReviewModel
from screens.look.widgets.banner import Banner
from screens.look.widgets.buttons import Surface
from screens.look.widgets.text import Strong
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage


class AnswerLine(Surface):
    """A question with its answer, and the pencil that says it can be changed."""

    label = StringProperty("")
    answer = StringProperty("")
    ref = StringProperty("")

    @property
    def says(self) -> str:
        return f"{self.label}. {self.answer}"


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
            widget = AnswerLine(label=line.label, answer=line.answer, ref=line.ref)
            widget.bind(on_choose=self._edit)
            lines.add_widget(widget)

    def _edit(self, line: AnswerLine) -> None:
        self.model.edit(line.ref)
