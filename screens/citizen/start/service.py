"""The page of a service: what is needed, how it goes, how long, how much, what one gets, where to complain."""

from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.start.service_model import ServiceModel, ServiceShown
from screens.look.compact import CompactBox
from screens.look.widgets.text import Row
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage


class BulletLine(Row):
    """A line of a list, with its mark: a number or a tick; and what it is about, drawn."""

    mark = StringProperty("")
    #: A name of ``protocol.pictograms``, or "".
    pictogram = StringProperty("")
    text = StringProperty("")


class StandardPart(CompactBox):
    """One of the six parts."""

    icon = StringProperty("")
    title = StringProperty("")


class ServiceScreen(FlowPage):
    shown = ObjectProperty(None, rebind=True)

    def __init__(self, flow: Flow, model: ServiceModel, **kwargs: Any) -> None:
        shown = model.look()
        super().__init__(flow=flow, model=model, shown=shown, **kwargs)
        self._fill(shown)

    def go_forward(self) -> None:
        self.model.begin()

    def show_banner(self) -> None:
        shown: ServiceShown = self.model.look()
        self.can_forward = not shown.blocked
        if shown.blocked:
            self.banner, self.banner_kind = shown.blocked, "danger"
        else:
            super().show_banner()

    def _fill(self, shown: ServiceShown) -> None:
        for pictogram, text in shown.requirements:
            mark = "" if pictogram else "check"
            self.ids.requirements.add_widget(BulletLine(mark=mark, pictogram=pictogram, text=text))
        for number, (pictogram, text) in enumerate(shown.procedure, 1):
            self.ids.procedure.add_widget(BulletLine(mark=str(number), pictogram=pictogram, text=text))
