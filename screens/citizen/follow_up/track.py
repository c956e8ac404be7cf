"""Tracking: hold the slip before the scanner, or type its code; then the case with its history."""

from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.events import ComponentChanged, Event, Scanned
from screens.citizen.follow_up.slip_model import SlipModel
from screens.citizen.follow_up.track_model import TrackModel, case_shown
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage
from screens.navigation.slips import SlipState


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

    def scanned(self, event: Scanned) -> None:
        self.model.scanned(event.code)

    def refresh(self) -> None:
        model = self.model
        if model is None:
            return
        self.can_forward = model.entry.full and not model.asking
        self.remark = model.problem
        self.forward = self.flow.texts("track.asking" if model.asking else "track.look_up")


class HistoryLine(BoxLayout):
    """A step of a case's history."""

    name = StringProperty("")
    when = StringProperty("")
    now = BooleanProperty(False)
    dot = ColorProperty()


class CaseScreen(FlowPage):
    shown = ObjectProperty(None, rebind=True)
    slip_message = StringProperty("")
    slip_kind = StringProperty("info")
    can_print = BooleanProperty(False)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        if flow.citizen.case is None:
            raise RuntimeError("no case is open")
        self._case = flow.citizen.case
        self._slip = SlipModel(flow, flow.citizen.case.code, SlipState.NONE)
        super().__init__(flow=flow, shown=case_shown(flow, flow.citizen.case), **kwargs)
        self._tell_slip()
        for step in reversed(self.shown.steps):
            self.ids.steps.add_widget(HistoryLine(name=step.name, when=step.when, now=step.now))

    def handle(self, event: Event) -> None:
        if self._slip.hear(event) or isinstance(event, ComponentChanged):
            self._tell_slip()

    def print_slip(self) -> None:
        """For somebody who lost the slip, or got none."""
        if self.flow.context.slips.print_case(self._case, self.flow.language, self.shown.explained):
            self._slip.printing()
            self._tell_slip()

    def _tell_slip(self) -> None:
        self.slip_message, self.slip_kind, self.can_print = self._slip.message, self._slip.kind, self._slip.may_print

    def go_forward(self) -> None:
        if self.shown.asks:
            self.flow.citizen.open_answer()
        else:
            self.flow.citizen.finish()

    def go_back(self) -> None:
        self.flow.citizen.another_service()
