"""Saved, received, and the slip: what the citizen waited for, large."""

from typing import Any

from kivy.properties import ObjectProperty

from kiosk.events import ComponentChanged, Event
from screens.citizen.follow_up.rating import RatePanel
from screens.citizen.follow_up.saved_model import SavedModel
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage


class SavedScreen(FlowPage):
    shown = ObjectProperty(None, rebind=True)

    def __init__(self, flow: Flow, model: SavedModel, **kwargs: Any) -> None:
        super().__init__(flow=flow, model=model, shown=model.look(), **kwargs)
        self.add_widget(RatePanel(flow=flow))

    def handle(self, event: Event) -> None:
        if self.model.hear(event) or isinstance(event, ComponentChanged):
            self.shown = self.model.look()

    def print_again(self) -> None:
        self.model.print_again()
        self.shown = self.model.look()

    def go_forward(self) -> None:
        self.flow.citizen.finish()

    def go_back(self) -> None:
        self.flow.citizen.another_service()
