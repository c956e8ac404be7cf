"""The home screen: quiet, and visibly alive; one touch chooses a language, one starts."""

from typing import Any

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.events import Event
from protocol.languages import LANGUAGE_NAMES
from screens.citizen.start.home_model import HomeModel
from screens.navigation.flow import Flow
from screens.navigation.view import View

#: The clock shows minutes; looking twice a minute is enough, and nothing is drawn when nothing changed.
LOOK_EVERY_S = 5.0
#: Characters of notices, all together, that are shown in large letters: some four lines of the smallest panel.
SHORT_NOTICE = 160


class HomeScreen(View, BoxLayout):
    model = ObjectProperty(None)
    time = StringProperty("")
    day = StringProperty("")
    status = StringProperty("")
    healthy = BooleanProperty(True)
    count = StringProperty("")
    low = BooleanProperty(False)
    columns = NumericProperty(2)

    def __init__(self, _flow: Flow, model: HomeModel, **kwargs: Any) -> None:
        super().__init__(model=model, **kwargs)
        self._told: tuple[str, ...] = ()
        for code, name in LANGUAGE_NAMES.items():
            card = Factory.LanguageCard()
            card.language, card.name, card.chosen = code, name, code == model.language
            card.bind(on_choose=self._choose)
            self.ids.languages.add_widget(card)
        self.refresh()
        self._looking = Clock.schedule_interval(self._look, LOOK_EVERY_S)

    def close(self) -> None:
        """A page that is no longer in sight looks no more, whenever it is collected."""
        super().close()
        self._looking.cancel()

    def handle(self, event: Event) -> None:  # noqa: ARG002
        self.refresh()

    def _choose(self, card: Any) -> None:
        self.model.choose_language(card.language)

    def _look(self, _seconds: float) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Shows how things are now."""
        shown = self.model.look()
        self.time, self.day = shown.time, shown.day
        self.status, self.healthy = shown.status, shown.healthy
        self.count = shown.count
        self._tell(shown.notices)

    def _tell(self, notices: tuple[str, ...]) -> None:
        """A box each, one below the other; nothing is drawn anew while they stay the same."""
        if notices == self._told:
            return
        self._told = notices
        self.ids.notices.clear_widgets()
        # As large as the invitation above, where the length leaves room for that.
        large = sum(map(len, notices)) <= SHORT_NOTICE
        for text in notices:
            self.ids.notices.add_widget(Factory.Banner(text=text, large=large, kind="info"))
