"""Rating: a panel with four faces below the slip, and a page for each of the nine questions."""

from typing import Any, Final

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.city.ratings import SCORES, Element
from screens.look.widgets.cards import Card, ChoiceCard, TileCard
from screens.look.widgets.text import Column
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage
from screens.navigation.rating import ELEMENTS

FACES: Final = {1: "smiley-angry", 2: "smiley-sad", 3: "smiley", 4: "smiley-sticker"}


def score_words(flow: Flow, score: int) -> str:
    return flow.texts(f"rate.score.{score}")


class RatePanel(Card):
    """Asks for one touch, says thank you, and offers the nine questions."""

    flow = ObjectProperty(None)
    #: The question; of the visit, unless something else is asked.
    asked = StringProperty("")
    rated = BooleanProperty(False)
    message = StringProperty("")
    can_more = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.asked = self.asked or self.flow.texts("rate.ask")
        for score in SCORES:
            face = TileCard(title=score_words(self.flow, score), icon=FACES[score], key=str(score))
            face.bind(on_choose=self._chosen)
            self.ids.faces.add_widget(face)
        self._show()

    def more(self) -> None:
        self.flow.rating.begin()

    def _chosen(self, face: TileCard) -> None:
        self.flow.rating.rate(int(face.key))
        self._show()

    def _show(self) -> None:
        rating, texts = self.flow.rating, self.flow.texts
        self.rated = rating.rated
        self.can_more = rating.rated and not rating.full and not rating.failed
        if rating.failed:
            self.message = texts("rate.failed")
        elif rating.full:
            self.message = texts("rate.thanks_full")
        else:
            self.message = texts("rate.thanks") if rating.rated else ""
        if self.rated and self.ids.asking.parent is not None:
            self.remove_widget(self.ids.asking)


class RateAsking(Column):
    """The question and its faces."""


class RateScreen(FlowPage):
    """One of the nine questions; a touch answers it and goes on."""

    def __init__(self, flow: Flow, element: Element, **kwargs: Any) -> None:
        super().__init__(flow=flow, **kwargs)
        self.element = element
        number = ELEMENTS.index(element) + 1
        self.heading = flow.texts(element.text_key)
        self.progress = number / (len(ELEMENTS) + 1)
        self.progress_text = flow.texts("rate.progress", n=number, total=len(ELEMENTS))
        chosen = flow.rating.scores.get(element)
        for score in SCORES:
            card = ChoiceCard(
                title=score_words(flow, score), icon=FACES[score], key=str(score), mark="radio", chosen=score == chosen
            )
            card.bind(on_choose=self._chosen)
            self.ids.choices.add_widget(card)

    def go_back(self) -> None:
        self.flow.rating.back(self.element)

    def _chosen(self, card: ChoiceCard) -> None:
        self.flow.rating.answer(self.element, int(card.key))

    def stop(self) -> None:
        self.flow.rating.stop()
