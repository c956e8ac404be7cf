"""A page: what a screen is about, in the frame that all of them share."""

from types import SimpleNamespace
from typing import Any

from kivy.clock import Clock
from kivy.properties import AliasProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from screens.look.current import current
from screens.look.widgets.entry import Entry
from screens.look.widgets.field import Field
from screens.look.widgets.field_note import FieldNote
from screens.look.widgets.frame import SHELF, WRITTEN, Frame


def _written(name: str) -> Any:
    """What is kept in the frame."""

    def read(page: "Page") -> Any:
        return getattr(page.frame, name)

    def write(page: "Page", value: Any) -> bool:
        setattr(page.frame, name, value)
        return True

    return AliasProperty(read, write)


class Page(BoxLayout):
    """A screen in its frame. Its children stand in the frame's pane."""

    #: Of the frame, and of what the rules of the page make.
    ids: Any
    heading = _written("heading")
    intro = _written("intro")
    place = _written("place")
    can_help = _written("can_help")
    can_leave = _written("can_leave")
    banner = _written("said")
    banner_kind = _written("banner_kind")
    problem = _written("problem")
    #: 0 to 1; below 0 no progress is shown.
    progress = _written("progress")
    progress_text = _written("progress_text")
    back = _written("back")
    back_icon = _written("back_icon")
    forward = _written("forward")
    forward_icon = _written("forward_icon")
    can_forward = _written("can_forward")
    entry = _written("entry")
    asks = _written("asks")
    #: (key, text) of what may be meant by what is being typed; shown above the keyboard.
    suggestions = _written("suggestions")

    def __init__(self, **kwargs: Any) -> None:
        self._keep_trigger = Clock.create_trigger(self._keep_field)
        #: Its own as long as it is in sight; what is written by a page that was left is written nowhere.
        self.frame: Frame | SimpleNamespace = SHELF.take()
        super().__init__(**kwargs)

    def apply_class_lang_rules(self, *args: Any, **kwargs: Any) -> None:
        """What the rules of a page make is added to its frame, so that comes first."""
        self.add_widget(self.frame)
        self.ids = dict(self.frame.ids)
        self.frame.page = self
        super().apply_class_lang_rules(*args, **kwargs)

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
        if isinstance(widget, Frame):
            super().add_widget(widget, *args, **kwargs)
        else:
            self.ids.body.add_widget(widget)

    def left(self) -> None:
        """Another page is in sight, and may have the frame."""
        frame = self.frame
        if isinstance(frame, Frame):
            self.frame = SimpleNamespace(**WRITTEN)
            self._keep_trigger.cancel()
            self.remove_widget(frame)
            SHELF.put(frame)

    def type_into(self, entry: Entry | None) -> None:
        """Shows the keyboard for the entry, or puts it away."""
        self.entry = entry

    def reveal(self, widget: Widget) -> None:
        self.ids.pane.reveal(widget)

    def resized(self) -> None:
        self._keep_trigger()

    def _keep_field(self, _seconds: float) -> None:
        """The keyboard came, the page has other room, or the text grew: where it is being typed stays in sight."""
        if self.get_root_window() is None:
            return
        if self.entry is None:
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
