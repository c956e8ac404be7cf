"""The field staff's overview: states of all devices, paper, outbox, and what can be done."""

from typing import Any

from kivy.properties import ColorProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.events import Event
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage
from screens.navigation.places import Name
from screens.staff.staff_model import StaffModel


class ComponentLine(BoxLayout):
    """A device with its state."""

    name = StringProperty("")
    icon = StringProperty("")
    state = StringProperty("")
    kind = StringProperty("success")
    detail = StringProperty("")
    tint = ColorProperty()


class OverviewScreen(FlowPage):
    paper = StringProperty("")
    outbox = StringProperty("")
    service_text = StringProperty("")
    stopped = StringProperty("")
    service_icon = StringProperty("")

    def __init__(self, flow: Flow, model: StaffModel, **kwargs: Any) -> None:
        super().__init__(flow=flow, model=model, can_help=False, **kwargs)
        self._shown: object = None
        self.heading = flow.texts("staff.title", name=self.model.name)
        self.place = f"{flow.context.identity.name} · {flow.context.identity.software}"
        self.refresh()

    def handle(self, event: Event) -> None:  # noqa: ARG002 - whatever happened, all states are read anew
        self.refresh()

    def refresh(self) -> None:
        model, texts = self.model, self.flow.texts
        components = model.components()
        if components != self._shown:
            self._shown = components
            lines = self.ids.components
            lines.clear_widgets()
            for each in components:
                lines.add_widget(
                    ComponentLine(name=each.name, icon=each.icon, state=each.state, kind=each.kind, detail=each.detail)
                )
        self.paper, self.outbox = model.paper(), model.outbox()
        self.service_text = texts("staff.out_of_service" if model.in_service else "staff.in_service")
        self.stopped = "" if model.in_service else texts("staff.stopped")
        self.service_icon = "prohibit" if model.in_service else "check-circle"

    def toggle_service(self) -> None:
        self.model.toggle_service()
        self.refresh()

    def open_paper(self) -> None:
        self.model.open(Name.STAFF_PAPER)

    def open_test(self) -> None:
        self.model.open(Name.STAFF_TEST)

    def open_outbox(self) -> None:
        self.model.open(Name.STAFF_OUTBOX)

    def go_forward(self) -> None:
        self.model.leave()
