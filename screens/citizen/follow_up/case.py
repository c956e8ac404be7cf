"""A case: how it stands, what was written, what the citizen can do; it follows what the office does meanwhile."""

from typing import Any, Final

from kivy.properties import BooleanProperty, ColorProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.events import ComponentChanged, Event, Scanned
from protocol.messages import Contest
from screens.citizen.follow_up.case_model import CaseModel, case_shown
from screens.citizen.follow_up.rating import RatePanel
from screens.citizen.follow_up.slip_model import SlipModel
from screens.look.widgets.cards import Card
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage
from screens.navigation.slips import SlipState

_CONTESTS: Final = {Contest.OBJECTION: "case.contest.objection", Contest.REOPENING: "case.contest.reopening"}


class HistoryLine(BoxLayout):
    """A step of a case's history."""

    name = StringProperty("")
    when = StringProperty("")
    now = BooleanProperty(False)
    dot = ColorProperty()


class MessageCard(Card):
    """What office or citizen wrote."""

    head = StringProperty("")
    words = StringProperty("")
    citizens = BooleanProperty(False)


class CaseScreen(FlowPage):
    shown = ObjectProperty(None, rebind=True)
    slip_message = StringProperty("")
    slip_kind = StringProperty("info")
    can_print = BooleanProperty(False)
    #: What the citizen may do against it, and until when.
    contest = StringProperty("")
    contest_until = StringProperty("")

    def __init__(self, flow: Flow, model: CaseModel, **kwargs: Any) -> None:
        self._slip = SlipModel(flow, model.code, SlipState.NONE)
        self._rate: RatePanel | None = None
        super().__init__(flow=flow, model=model, shown=case_shown(flow, model.case), **kwargs)
        self._tell_slip()
        self._fill()

    def handle(self, event: Event) -> None:
        self.model.hear(event)
        if self._slip.hear(event) or isinstance(event, ComponentChanged):
            self._tell_slip()

    def scanned(self, event: Scanned) -> bool:
        """The slip of the very case asks for it anew."""
        if event.code != self.model.code:
            return False
        self.model.ask_again()
        self.flow.scans.tell("scan.slip.in_sight")
        return True

    def refresh(self) -> None:
        """Shows the case as it stands now."""
        if self.model is not None and self.shown != (shown := case_shown(self.flow, self.model.case)):
            self.shown = shown
            self._fill()

    def print_slip(self) -> None:
        """For somebody who lost the slip, or got none."""
        if self.flow.context.slips.print_case(self.model.case, self.flow.language, self.shown.explained):
            self._slip.printing()
            self._tell_slip()

    def begin_contest(self) -> None:
        self.flow.citizen.open_answer(self.shown.contest)

    def go_forward(self) -> None:
        if self.shown.asks:
            self.flow.citizen.open_answer()
        else:
            self.flow.citizen.finish()

    def go_back(self) -> None:
        self.flow.citizen.another_service()

    def _fill(self) -> None:
        shown, steps, messages = self.shown, self.ids.steps, self.ids.messages
        steps.clear_widgets()
        for step in reversed(shown.steps):
            steps.add_widget(HistoryLine(name=step.name, when=step.when, now=step.now))
        messages.clear_widgets()
        for message in shown.messages:
            messages.add_widget(MessageCard(head=message.head, words=message.text, citizens=message.citizens))
        self.contest = self.flow.texts(_CONTESTS[shown.contest]) if shown.contest is not None else ""
        self.contest_until = shown.contest_until
        if shown.can_rate and self._rate is None:
            self._rate = RatePanel(flow=self.flow, asked=self.flow.texts("rate.ask_case"))
            self.ids.rate.add_widget(self._rate)
        elif not shown.can_rate and self._rate is not None:
            self.ids.rate.remove_widget(self._rate)
            self._rate = None

    def _tell_slip(self) -> None:
        self.slip_message, self.slip_kind, self.can_print = self._slip.message, self._slip.kind, self._slip.may_print
