"""The frame of every screen: who, where, what to do; back at the lower left, forward at the lower right."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from screens.look.compact import CompactBox
from screens.look.widgets.buttons import Surface
from screens.look.widgets.entry import Entry
from screens.look.widgets.field import Field
from screens.look.widgets.field_note import FieldNote


class Part:
    """What belongs to the frame itself, not to what it frames."""


class LeaveKey(Surface):
    """Stops the session, on every page in the same place."""

    text = StringProperty("")
    shown = BooleanProperty(False)


class Head(Part, BoxLayout):
    """The strip at the top."""

    place = StringProperty("")
    can_help = BooleanProperty(True)
    can_leave = BooleanProperty(False)
    __events__ = ("on_help", "on_adjust", "on_leave")

    def on_help(self) -> None:
        """Help was asked for."""

    def on_adjust(self) -> None:
        """Language, text size or contrast is to be changed."""

    def on_leave(self) -> None:
        """The citizen wants to stop."""


class Middle(Part, CompactBox):
    """Heading, banners, what the screen is about."""


class Center(Part, BoxLayout):
    """Between the strips: what the page is about, and the keyboard below or beside it."""


class Bed(Part, CompactBox):
    """Where the keyboard lies."""

    beside = BooleanProperty(False)


class Foot(Part, BoxLayout):
    """The way back and the way forward."""


class Page(BoxLayout):
    """A screen's frame. Its children stand in a pane; ``fixed`` ones below it, above the keyboard."""

    heading = StringProperty("")
    intro = StringProperty("")
    place = StringProperty("")
    can_help = BooleanProperty(True)
    can_leave = BooleanProperty(False)
    banner = StringProperty("")
    banner_kind = StringProperty("info")
    problem = StringProperty("")
    #: 0 to 1; below 0 no progress is shown.
    progress = NumericProperty(-1)
    progress_text = StringProperty("")
    back = StringProperty("")
    back_icon = StringProperty("arrow-left")
    forward = StringProperty("")
    forward_icon = StringProperty("arrow-right")
    can_forward = BooleanProperty(True)
    entry = ObjectProperty(None, allownone=True)
    beside = BooleanProperty(False)
    compact = BooleanProperty(False)
    #: (key, text) of what may be meant by what is being typed; shown above the keyboard.
    suggestions = ListProperty()

    def __init__(self, **kwargs: Any) -> None:
        self._keep_trigger = Clock.create_trigger(self._keep_field)
        super().__init__(**kwargs)

    def on_kv_post(self, _base: Widget) -> None:
        self.ids.pane.ids.holder.bind(height=self._resized)
        self.ids.body.bind(height=self._resized)
        self.bind(entry=self._resized)

    def suggest(self, key: str) -> None:
        """One of the suggestions was chosen."""

    def focus_order(self) -> tuple[Widget, ...]:
        """Where the focus begins: what the page is about, else the way forward."""
        return (self.ids.body, self.ids.forward)

    def go_back(self) -> None:
        """One step back."""

    def go_forward(self) -> None:
        """The way forward."""

    def ask_help(self) -> None:
        """Help was asked for."""

    def ask_adjust(self) -> None:
        """Language, text size or contrast is to be changed."""

    def ask_leave(self) -> None:
        """The citizen wants to stop."""

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        if isinstance(widget, Part):
            super().add_widget(widget, *args, **kwargs)
        else:
            self.ids.body.add_widget(widget)

    def left(self) -> None:
        """Another page is in sight."""
        self.ids.keyboard.put_away()

    def type_into(self, entry: Entry | None) -> None:
        """Shows the keyboard for the entry, or puts it away."""
        self.entry = entry

    def reveal(self, widget: Widget) -> None:
        self.ids.pane.reveal(widget)

    def _resized(self, *_: object) -> None:
        self._keep_trigger()

    def _keep_field(self, _seconds: float) -> None:
        """The keyboard came, the page has other room, or the text grew: where it is being typed stays in sight."""
        if self.entry is None or self.get_root_window() is None:
            return
        for widget in self.ids.body.walk(restrict=True):
            # The line that says that nothing was found, or nothing more fits, stands below its field.
            if (isinstance(widget, Field) and widget.entry is self.entry) or (
                isinstance(widget, FieldNote) and widget.text
            ):
                self.ids.pane.reveal(widget, end=True)
