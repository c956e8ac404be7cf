"""Finding a service: what people use most, by office, by what happened in one's life, or by words."""

from typing import Any

from screens.citizen.start.services_model import Choice, GroupModel, SearchModel, ServicesModel
from screens.look.widgets.cards import ChoiceCard, TileCard
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage
from screens.navigation.places import Name, Place


def choice_card(choice: Choice) -> ChoiceCard:
    return ChoiceCard(title=choice.title, detail=choice.detail, pictogram=choice.pictogram, key=choice.key)


def tile_card(choice: Choice) -> TileCard:
    return TileCard(title=choice.title, detail=choice.detail, pictogram=choice.pictogram, key=choice.key)


class ServicesScreen(FlowPage):
    """Most used first; two ways to the rest; search."""

    def __init__(self, flow: Flow, model: ServicesModel, **kwargs: Any) -> None:
        super().__init__(flow=flow, model=model, **kwargs)
        for choice in model.most_used():
            card = choice_card(choice)
            card.bind(on_choose=self._service, pressed=self._pressed)
            self.ids.most.add_widget(card)
        for grid, choices in ((self.ids.agencies, model.agencies()), (self.ids.events, model.life_events())):
            for choice in choices:
                tile = tile_card(choice)
                tile.bind(on_choose=self._group)
                grid.add_widget(tile)

    def _service(self, card: ChoiceCard) -> None:
        self.flow.citizen.open_service(card.key)

    def _pressed(self, card: ChoiceCard, pressed: bool) -> None:
        if pressed:
            self.flow.expect(Place(Name.SERVICE, card.key))

    def _group(self, tile: TileCard) -> None:
        self.flow.citizen.open_group(tile.key)


class GroupScreen(FlowPage):
    """The services of one agency or life event."""

    def __init__(self, flow: Flow, model: GroupModel, **kwargs: Any) -> None:
        super().__init__(flow=flow, model=model, **kwargs)
        self.heading = model.title
        for choice in model.choices:
            card = choice_card(choice)
            card.bind(on_choose=self._service)
            self.ids.cards.add_widget(card)

    def _service(self, card: ChoiceCard) -> None:
        self.flow.citizen.open_service(card.key)


class SearchScreen(FlowPage):
    """Our keyboard, and what is found while one types."""

    def __init__(self, flow: Flow, model: SearchModel, **kwargs: Any) -> None:
        super().__init__(flow=flow, model=model, **kwargs)
        self.type_into(model.entry)
        self.refresh()

    def refresh(self) -> None:
        """What is found for the words as they stand now."""
        self.ids.cards.clear_widgets()
        found = self.model.found()
        for choice in found:
            card = choice_card(choice)
            card.bind(on_choose=self._service)
            self.ids.cards.add_widget(card)
        texts = self.flow.texts
        if found:
            self.ids.message.text = ""
        else:
            self.ids.message.text = texts("search.nothing") if self.model.asked else texts("search.how")

    def _service(self, card: ChoiceCard) -> None:
        self.flow.citizen.open_service(card.key)
