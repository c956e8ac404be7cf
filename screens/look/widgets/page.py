"""The frame of every screen: who, where, what to do; back at the lower left, forward at the lower right."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from screens.look.compact import CompactBox
from screens.look.current import current
from screens.look.widgets.entry import Entry
from screens.look.widgets.field import Field
from screens.look.widgets.field_note import FieldNote
from screens.look.widgets.pane import Pane
from screens.look.widgets.progress import Progress

#: A pane has so much room, also where its lower edge is as high as hands reach.
LEAST_PANE_MM: Final = 60.0


class Part:
    """What belongs to the frame itself, not to what it frames."""


class Head(Part, BoxLayout):
    """The strip at the top."""

    place = StringProperty("")
    can_help = BooleanProperty(True)
    __events__ = ("on_help", "on_adjust")

    def on_help(self) -> None:
        """Help was asked for."""

    def on_adjust(self) -> None:
        """Language, text size or contrast is to be changed."""


class Middle(Part, CompactBox):
    """Heading, banners, what the screen is about."""

    #: What is empty stands above all this, and what the pane holds below the ceiling (``Look.ceiling``).
    sinks = BooleanProperty(False)
    #: Pixels that the pane would like to have.
    wanted = NumericProperty(0)
    #: Pixels that it gets in any case: what is being typed into is seen whole.
    least = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bind(sinks=self._trigger_layout, wanted=self._trigger_layout, least=self._trigger_layout)

    def _iterate_layout(self, sizes: Sequence[Any]) -> Iterator[tuple[int, float, float, float, float]]:
        placed = list(super()._iterate_layout(sizes))
        pane = next((each for each in placed if self.sinks and isinstance(self.children[each[0]], Pane)), None)
        if pane is None:
            yield from placed
            return
        _, _, bottom, _, height = pane
        look = current()
        least = min(height, max(look.mm(LEAST_PANE_MM), self.least))
        given = min(height, self.wanted, max(look.ceiling - bottom, least))
        for place, x, y, width, high in placed:
            if place == pane[0]:
                yield place, x, y, width, given
            else:
                # How far one has come stays in its place, below the strip at the top.
                stays = y < bottom or isinstance(self.children[place], Progress)
                yield place, x, y if stays else y - (height - given), width, high


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
    #: Something is asked: on an portrait panel it stands where hands are, and what is empty above it.
    asks = BooleanProperty(False)
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
            self.ids.middle.least = 0
            return
        # The line that says that nothing was found, or nothing more fits, stands below its field.
        kept = [
            widget
            for widget in self.ids.body.walk(restrict=True)
            if (isinstance(widget, Field) and widget.entry is self.entry)
            or (isinstance(widget, FieldNote) and widget.text)
        ]
        if kept:
            span = max(widget.top for widget in kept) - min(widget.y for widget in kept)
            self.ids.middle.least = span + 2 * current().gap
        for widget in kept:
            self.ids.pane.reveal(widget, end=True)
