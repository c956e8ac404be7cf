"""An open city: times that offices keep, as bars beside their promises, and the budget as a table with bars."""

from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.events import DocumentChanged, Event, LineChanged
from screens.citizen.start import open_city_model as model
from screens.look.widgets.cards import Card, ChoiceCard
from screens.look.widgets.progress import Bar
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage


class TimeBar(Bar):
    """A bar whose colour says whether a promise was kept."""

    shade = ColorProperty()


class TimesCard(Card):
    """One service: what is promised, what half took, what nine of ten took."""

    shown = ObjectProperty(None)


class BarLine(BoxLayout):
    """Words over a bar; nothing when there is nothing to say."""

    text = StringProperty("")
    part = NumericProperty(0)
    good = BooleanProperty(True)
    #: Whether there is a figure, of which a bar can be drawn.
    bar = BooleanProperty(True)


class BudgetCard(Card):
    """One field: what was planned, what was spent."""

    shown = ObjectProperty(None)


class TimesScreen(FlowPage):
    """All agencies; a touch shows the services of one."""

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        super().__init__(flow=flow, **kwargs)
        self.refresh()

    def handle(self, event: Event) -> None:
        if isinstance(event, DocumentChanged | LineChanged):
            self.refresh()

    def refresh(self) -> None:
        self.ids.as_of.text = model.as_of(self.flow)
        self.ids.cards.clear_widgets()
        found = model.agencies(self.flow)
        self.intro = self.flow.texts("open.times.intro") if found else ""
        for one in found:
            card = ChoiceCard(title=one.name, detail=one.summary, icon="buildings", key=one.key)
            card.bind(on_choose=self._chosen)
            self.ids.cards.add_widget(card)

    def _chosen(self, card: ChoiceCard) -> None:
        self.flow.citizen.open_times(card.key)


class AgencyTimesScreen(FlowPage):
    """The services of one agency."""

    complaints = StringProperty("")
    index = StringProperty("")

    def __init__(self, flow: Flow, agency: str, **kwargs: Any) -> None:
        super().__init__(flow=flow, **kwargs)
        self.ids.as_of.text = model.as_of(flow)
        shown = model.agency(flow, agency)
        if shown is None:
            return
        self.heading, self.index, self.complaints = shown.name, shown.index, shown.complaints
        for service in shown.services:
            self.ids.cards.add_widget(TimesCard(shown=service))


class BudgetScreen(FlowPage):
    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        super().__init__(flow=flow, **kwargs)
        self.refresh()

    def handle(self, event: Event) -> None:
        if isinstance(event, DocumentChanged | LineChanged):
            self.refresh()

    def refresh(self) -> None:
        shown = model.budget(self.flow)
        self.heading, self.intro = shown.title, shown.total
        self.ids.source.text = shown.source
        self.ids.cards.clear_widgets()
        for line in shown.lines:
            self.ids.cards.add_widget(BudgetCard(shown=line))
