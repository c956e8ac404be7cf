"""A dialog: one question over everything, with at most two answers. Nothing behind it can be touched."""

from typing import Any

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.widget import Widget

from screens.look.speakable import Group
from screens.look.widgets.cards import Card


class DialogCard(Card):
    """The dialog's surface."""


class Dialog(Group, AnchorLayout):
    """``answer_yes`` goes forward, on the right; ``answer_no`` is the other. An empty text hides a button."""

    icon = StringProperty("question")
    title = StringProperty("")
    text = StringProperty("")
    yes_text = StringProperty("")
    no_text = StringProperty("")
    #: From 1 to 0; below 0 there is no bar.
    part = NumericProperty(-1)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """What a dialog holds beside its text stands above its buttons."""
        if isinstance(widget, DialogCard):
            super().add_widget(widget, *args, **kwargs)
        else:
            self.ids.content.add_widget(widget)

    @property
    def introduction(self) -> tuple[str, ...]:
        return tuple(text for text in (self.title, self.text) if text)

    def focus_order(self) -> tuple[Widget, ...]:
        """Where the focus begins: what the dialog holds, else the answer that goes forward."""
        return (self.ids.content, self.ids.yes)

    def answer_yes(self) -> None:
        """The answer that goes forward."""

    def answer_no(self) -> None:
        """The other answer."""

    def on_touch_down(self, touch: Any) -> bool:
        super().on_touch_down(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        super().on_touch_move(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        super().on_touch_up(touch)
        return True
