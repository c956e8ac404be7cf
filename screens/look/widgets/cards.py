"""Cards: a choice with its explanation, a tick, a picture; and quiet cards that only hold things."""

from typing import Any, Final

from kivy.properties import BooleanProperty, ColorProperty, ObjectProperty, StringProperty
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from screens.look.compact import CompactBox
from screens.look.speakable import Block, SpokenRole
from screens.look.widgets.buttons import Surface
from screens.look.widgets.picture import Picture
from screens.look.widgets.text import Icon

_MARKS: Final = {"radio": SpokenRole.RADIO, "check": SpokenRole.CHECK}


class Card(Block, CompactBox):
    """A quiet surface that holds things; cannot be touched."""

    fill = ColorProperty()
    edge = ColorProperty()


class CardMark(Icon):
    """Whether it is chosen."""

    owner = ObjectProperty(rebind=True)


class CardIcon(Icon):
    """What it is about."""

    owner = ObjectProperty(rebind=True)


class CardPicture(Picture):
    """What it looks like."""

    owner = ObjectProperty(rebind=True)


class CardCaret(Icon):
    """That it leads somewhere."""

    owner = ObjectProperty(rebind=True)


class ChoiceCard(Surface):
    """One thing to choose: a title, a line of explanation, an icon or a picture, and the mark of the chosen."""

    title = StringProperty("")
    detail = StringProperty("")
    icon = StringProperty("")
    #: In the place of the icon: a name of ``protocol.pictograms``.
    pictogram = StringProperty("")
    texture = ObjectProperty(None, allownone=True)
    chosen = BooleanProperty(False)
    #: What was chosen, or that nothing was, is not accepted.
    wrong = BooleanProperty(False)
    #: The sign of a way to go.
    caret = StringProperty("caret-right")
    #: "none" (a way to go), "radio" (one of several), "check" (any of several).
    mark = StringProperty("none")
    #: Which one it is, for whoever listens.
    key = StringProperty("")

    def on_title(self, *_: object) -> None:
        """Another choice stands here."""
        self.came()

    def on_mark(self, _widget: object, mark: str) -> None:
        self.spoken_role = _MARKS.get(mark, SpokenRole.BUTTON)
        self.flank()

    def on_pictogram(self, *_: object) -> None:
        self.flank()

    def on_icon(self, *_: object) -> None:
        self.flank()

    def on_texture(self, *_: object) -> None:
        self.flank()

    def flank(self, *_: Any) -> None:
        leads = self.mark == "none"
        wanted = (
            (CardMark, not leads),
            (CardIcon, bool(self.pictogram or self.icon)),
            (CardPicture, self.texture is not None),
        )
        self._flank([kind for kind, is_wanted in wanted if is_wanted], (CardCaret,) if leads else ())


class TileGrid(GridLayout):
    """Tiles of one height, the highest one's."""

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        super().add_widget(widget, *args, **kwargs)
        widget.bind(natural=self._even)
        self._even()

    def _even(self, *_: object) -> None:
        # One below the other, each may have its own height.
        highest = max(child.natural for child in self.children) if (self.cols or 1) > 1 else 0
        for child in self.children:
            child.least = highest


class TileCard(Surface):
    """A choice in a grid: a large icon over a title."""

    title = StringProperty("")
    detail = StringProperty("")
    icon = StringProperty("")
    #: In the place of the icon: a name of ``protocol.pictograms``.
    pictogram = StringProperty("")
    key = StringProperty("")
