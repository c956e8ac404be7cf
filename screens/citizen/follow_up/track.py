"""Tracking: hold the slip before the scanner, or type its code."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.events import Scanned
from screens.citizen.follow_up.track_model import TrackModel
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage


class TrackScreen(FlowPage):
    can_scan = BooleanProperty(True)
    #: What is wrong with the code, below it.
    remark = StringProperty("")

    def __init__(self, flow: Flow, model: TrackModel, **kwargs: Any) -> None:
        super().__init__(flow=flow, model=model, **kwargs)
        self.can_scan = flow.context.can_scan
        self.type_into(model.entry)
        self.refresh()

    def go_forward(self) -> None:
        self.model.forward()

    def scanned(self, event: Scanned) -> bool:
        if event.code is not None:
            self.model.scanned(event.code)
        return event.code is not None

    def refresh(self) -> None:
        model = self.model
        if model is None:
            return
        self.can_forward = model.entry.full and not model.asking
        self.remark = model.problem
        self.forward = self.flow.texts("track.asking" if model.asking else "track.look_up")
