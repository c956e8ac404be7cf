"""The field staff's overview: what to do next, states of everything, and the ways to all of it."""

from typing import Any

from kivy.properties import StringProperty

from kiosk.events import Event
from protocol.field.roles import May
from screens.look.widgets.cards import ChoiceCard, TileCard
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage
from screens.navigation.places import Name, Place
from screens.staff.overview_model import FAULTS, StaffModel
from screens.staff.parts import StateLine

#: Tiles: who may, what it is called, its icon, where it leads.
_TILES = (
    (May.CARE, "staff.change_roll", "receipt", Place(Name.STAFF_PAPER)),
    (May.VISIT, "staff.visit", "list-checks", Place(Name.STAFF_VISIT)),
    (May.VISIT, "staff.report", "certificate", Place(Name.STAFF_REPORT)),
    (May.LOOK, "staff.open_outbox", "tray-arrow-up", Place(Name.STAFF_OUTBOX)),
    (May.CARE, "staff.cleaning", "hand-soap", Place(Name.STAFF_CLEANING)),
    (May.LOOK, "staff.faults", "list-magnifying-glass", Place(Name.STAFF_MACHINE, FAULTS)),
    (May.RESTART, "staff.power", "power", Place(Name.STAFF_POWER)),
    # What it says changes with the service: see ``refresh``.
    (May.STOP, "staff.out_of_service", "prohibit", Place(Name.STAFF)),
)


class TaskCard(ChoiceCard):
    """Something to do next."""


class OverviewScreen(FlowPage):
    nothing = StringProperty("")
    stopped = StringProperty("")

    def __init__(self, flow: Flow, model: StaffModel, **kwargs: Any) -> None:
        super().__init__(flow=flow, model=model, can_help=False, **kwargs)
        self._shown: object = None
        self.heading = flow.texts("staff.title", name=self.model.name)
        self.intro = self.model.role
        self.place = f"{flow.context.identity.name} · {flow.context.identity.software}"
        self._tiles: dict[Name, TileCard] = {}
        self._make_tiles()
        self.refresh()

    def handle(self, event: Event) -> None:  # noqa: ARG002 - whatever happened, all states are read anew
        self.refresh()

    def refresh(self) -> None:
        model, texts = self.model, self.flow.texts
        tasks, states = model.tasks(), model.states()
        if (tasks, states) != self._shown:
            self._shown = (tasks, states)
            self._show(tasks, states)
        self.nothing = "" if tasks else texts("staff.to_do.nothing")
        self.stopped = "" if model.in_service else texts("staff.stopped")
        service = self._tiles.get(Name.STAFF)
        if service is not None:
            service.title = texts("staff.out_of_service" if model.in_service else "staff.in_service")
            service.icon = "prohibit" if model.in_service else "check-circle"

    def toggle_service(self) -> None:
        self.model.toggle_service()
        self.refresh()

    def go_forward(self) -> None:
        self.model.leave()

    def _show(self, tasks: Any, states: Any) -> None:
        self.ids.tasks.clear_widgets()
        for each in tasks:
            card = TaskCard(title=each.title, icon=each.icon)
            card.place = each.place
            card.bind(on_choose=self._go)
            self.ids.tasks.add_widget(card)
        self.ids.states.clear_widgets()
        for each in states:
            line = StateLine(
                name=each.name, icon=each.icon, state=each.state, kind=each.kind, detail=each.detail, place=each.place
            )
            line.bind(on_choose=self._go)
            self.ids.states.add_widget(line)

    def _make_tiles(self) -> None:
        for may, title, icon, place in _TILES:
            if self.model.may(may):
                tile = self._tiles[place.name] = TileCard(title=self.flow.texts(title), icon=icon)
                tile.place = place
                tile.bind(on_choose=self._go)
                self.ids.tiles.add_widget(tile)

    def _go(self, chosen: Any) -> None:
        if chosen.place.name is Name.STAFF_CLEANING:
            self.flow.staff.begin_cleaning()
        elif chosen is self._tiles.get(Name.STAFF):
            self.toggle_service()
        else:
            self.model.go(chosen.place)
