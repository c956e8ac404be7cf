"""What the field staff's pages are made of: a line of state that leads to its page, facts with their names."""

from typing import Any

from kivy.properties import ColorProperty, ListProperty, ObjectProperty, StringProperty

from screens.look.compact import CompactBox
from screens.look.speakable import Block
from screens.look.widgets.buttons import Surface
from screens.look.widgets.text import Column
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage
from screens.navigation.places import Name


class StaffRoom(FlowPage):
    """A page whose way back leads to the overview."""

    def __init__(self, flow: Flow, model: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("back", flow.texts("common.back"))
        super().__init__(flow=flow, model=model, can_help=False, **kwargs)

    def go_back(self) -> None:
        self.flow.staff.open(Name.STAFF)


class StateRow(Block, CompactBox):
    """A device or another part with its state, to be read."""

    name = StringProperty("")
    icon = StringProperty("")
    state = StringProperty("")
    #: success, warning or danger.
    kind = StringProperty("success")
    detail = StringProperty("")
    tint = ColorProperty()


class StateLine(Surface):
    """The same, leading to its page."""

    name = StringProperty("")
    icon = StringProperty("")
    state = StringProperty("")
    kind = StringProperty("success")
    detail = StringProperty("")
    place = ObjectProperty(None)


class Fact(Block, CompactBox):
    """A name over a value."""

    label = StringProperty("")
    value = StringProperty("")


class Facts(Column):
    """``lines``: pairs of a name and its value."""

    lines = ListProperty()

    def on_lines(self, *_: object) -> None:
        self.clear_widgets()
        for label, value in self.lines:
            self.add_widget(Fact(label=label, value=value))
