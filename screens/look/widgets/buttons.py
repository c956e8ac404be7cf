"""Buttons: a verb and a noun, one of them filled, on a surface that shows the finger."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.widget import Widget

from screens.look.compact import CompactBox
from screens.look.pressable import Pressable
from screens.look.speakable import SpokenRole
from screens.look.widgets.text import Icon


class Surface(Pressable, CompactBox):
    """A rounded area that can be touched; its colours say what it is."""

    fill = ColorProperty()
    fill_pressed = ColorProperty()
    edge = ColorProperty()
    stroke = NumericProperty(1)
    radius = NumericProperty(10)
    #: The height that its content asks for, and the least it shall have: what stands side by side is equally high.
    natural = NumericProperty(0)
    least = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self._parts: dict[type[Widget], Widget] = {}
        self._flanks: tuple[tuple[type[Widget], ...], tuple[type[Widget], ...]] | None = None
        super().__init__(**kwargs)

    def on_kv_post(self, _base: Widget) -> None:
        self._flanks = ((), ())
        self.flank()

    def flank(self, *_: Any) -> None:
        """Puts the signs that are wanted just now on both sides of what is always there."""

    def _flank(self, left: Sequence[type[Widget]], right: Sequence[type[Widget]]) -> None:
        """Signs from the left to the right, made when they are wanted first: most are wanted by few."""
        flanks = (tuple(left), tuple(right))
        if self._flanks in (None, flanks):
            return
        self._flanks = flanks
        for part in self._parts.values():
            self.remove_widget(part)
        for kind in reversed(left):
            self.add_widget(self._part(kind), len(self.children))
        for kind in right:
            self.add_widget(self._part(kind))

    def _part(self, kind: type[Widget]) -> Widget:
        if kind not in self._parts:
            self._parts[kind] = kind(owner=self)
        return self._parts[kind]


class ButtonIcon(Icon):
    """The icon of a button."""

    owner = ObjectProperty(rebind=True)


class TextButton(Surface):
    """Text, with an icon before or after it. As high as its text wants, never lower than a target."""

    text = StringProperty("")
    #: Pixels that the text is high.
    words_height = NumericProperty(0)
    icon = StringProperty("")
    #: The icon stands after the text (a way forward).
    trailing = BooleanProperty(False)
    halign = StringProperty("center")
    #: The icon is drawn full: what it stands for is so.
    filled = BooleanProperty(False)
    ink = ColorProperty()

    def on_text(self, *_: object) -> None:
        """It means something else from now on."""
        self.came()

    def on_icon(self, *_: Any) -> None:
        self.flank()

    def on_trailing(self, *_: Any) -> None:
        self.flank()

    def flank(self, *_: Any) -> None:
        icon = (ButtonIcon,) if self.icon else ()
        self._flank((), icon) if self.trailing else self._flank(icon, ())


class PrimaryButton(TextButton):
    """The way forward; at most one on a screen."""


class AccentButton(TextButton):
    """The start, on the field of colour."""


class QuietButton(TextButton):
    """A way that is not the main one."""


class PlainButton(TextButton):
    """A way aside: not to be taken for one of the answers above it."""


class WeightedButton(TextButton):
    """The main way or a quiet one, as things stand."""

    main = BooleanProperty(False)


class DangerButton(TextButton):
    """Ends or throws away."""


class IconButton(Pressable, AnchorLayout):
    """An icon alone; ``spoken`` says what it does."""

    icon = StringProperty("")
    fill = ColorProperty()
    fill_pressed = ColorProperty()
    edge = ColorProperty()
    ink = ColorProperty()
    stroke = NumericProperty(1)
    radius = NumericProperty(10)


class Chip(TextButton):
    """A small choice in a row: a language, a text size."""

    spoken_role = SpokenRole.RADIO
    chosen = BooleanProperty(False)
    #: What was chosen, or that nothing was, is not accepted.
    wrong = BooleanProperty(False)


class SwitchChip(Chip):
    """A chip that is on or off by itself."""

    spoken_role = SpokenRole.CHECK
