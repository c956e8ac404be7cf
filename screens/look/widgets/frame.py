"""The frame of every page: strip, heading, pane, keyboard, the way back and forward. It stays when pages change.

Making one takes as long as making what most pages frame. So a page that is left lays its frame on the shelf, empty and
as it was made, and the next page in the same look takes it.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from screens.look.compact import CompactBox
from screens.look.current import Look, current
from screens.look.pressable import Pressable
from screens.look.widgets.banner import Banner
from screens.look.widgets.buttons import Surface
from screens.look.widgets.pane import Pane
from screens.look.widgets.progress import Progress

#: Where a page's own key stands in the head: left of the three that are always there.
GUEST_PLACE: Final = 3
#: A pane has so much room, also where its lower edge is as high as hands reach.
LEAST_PANE_MM: Final = 60.0
#: Frames that are kept: of the page in sight's follower, and of one that is made ahead.
MOST_SHELVED: Final = 2


class Framed(Protocol):
    """The page in a frame, told what is asked of it."""

    def go_back(self) -> None: ...

    def go_forward(self) -> None: ...

    def ask_help(self) -> None: ...

    def ask_adjust(self) -> None: ...

    def ask_leave(self) -> None: ...

    def suggest(self, key: str) -> None: ...

    def resized(self) -> None:
        """There is more room, or less, or something higher in it."""


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

    def __init__(self, **kwargs: Any) -> None:
        self._guest: Widget | None = None
        super().__init__(**kwargs)

    def offer(self, key: Widget) -> None:
        """A key of the page's own, beside those that are always here."""
        self._guest = key
        self.add_widget(key, index=GUEST_PLACE)

    def keep(self) -> None:
        """Without what a page offered."""
        guest, self._guest = self._guest, None
        if guest is not None:
            self.remove_widget(guest)

    def on_help(self) -> None:
        """Help was asked for."""

    def on_adjust(self) -> None:
        """Language, text size or contrast is to be changed."""

    def on_leave(self) -> None:
        """The citizen wants to stop."""


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


class LateBanner(Banner):
    """Lies over the upper edge of what the page is about; a touch takes it away, and means nothing below it."""

    __events__ = ("on_away",)

    def on_away(self) -> None:
        """Somebody has read it."""

    def on_touch_down(self, touch: Any) -> bool:
        inside = bool(self.collide_point(*touch.pos))
        if inside:
            self.dispatch("on_away")
        return inside


class Over(Part, Widget):
    """Takes no room. What comes when the page was there already is hung from its upper edge: nothing below it moves."""

    text = StringProperty("")
    kind = StringProperty("info")
    pane = ObjectProperty(None)
    __events__ = ("on_away",)

    def __init__(self, **kwargs: Any) -> None:
        self._banner: LateBanner | None = None
        super().__init__(size_hint_y=None, height=0, **kwargs)

    def on_away(self) -> None:
        """Somebody has read it."""

    def on_pane(self, _widget: object, pane: Pane) -> None:
        pane.bind(pos=self._hang, size=self._hang)

    def on_kind(self, _widget: object, kind: str) -> None:
        if self._banner is not None:
            self._banner.kind = kind

    def on_text(self, _widget: object, text: str) -> None:
        if self._banner is None and text:
            self._banner = LateBanner(size_hint=(None, None), kind=self.kind)
            self._banner.bind(height=self._hang, on_away=self._away)
            self.add_widget(self._banner)
        if self._banner is not None:
            self._banner.text = text
            if not text:
                self.remove_widget(self._banner)
                self._banner = None
        self._hang()

    def _away(self, _banner: LateBanner) -> None:
        self.dispatch("on_away")

    def _hang(self, *_: object) -> None:
        if self._banner is not None:
            self._banner.width, self._banner.x, self._banner.top = self.pane.width, self.pane.x, self.pane.top


class Foot(Part, BoxLayout):
    """The way back and the way forward."""


class Frame(BoxLayout):
    """Serves one page after another. What can be written in it stands in :data:`WRITTEN`."""

    heading = StringProperty("")
    intro = StringProperty("")
    place = StringProperty("")
    can_help = BooleanProperty(True)
    can_leave = BooleanProperty(False)
    #: In its place above what the page is about, and over that when it came later.
    banner = StringProperty("")
    late = StringProperty("")
    banner_kind = StringProperty("info")
    problem = StringProperty("")
    progress = NumericProperty(-1)
    progress_text = StringProperty("")
    back = StringProperty("")
    back_icon = StringProperty("arrow-left")
    forward = StringProperty("")
    forward_icon = StringProperty("arrow-right")
    can_forward = BooleanProperty(True)
    entry = ObjectProperty(None, allownone=True)
    #: Something is asked: on a portrait panel it stands where hands are, and what is empty above it.
    asks = BooleanProperty(False)
    suggestions = ListProperty()
    beside = BooleanProperty(False)
    compact = BooleanProperty(False)

    def __init__(self, look: Look, **kwargs: Any) -> None:
        #: What it was made for: no page in another look takes it.
        self.look = look
        self.page: Framed | None = None
        self._said = ""
        super().__init__(**kwargs)

    def on_kv_post(self, _base: Widget) -> None:
        self.ids.pane.ids.holder.bind(height=self._resized)
        self.ids.body.bind(height=self._resized)
        self.bind(entry=self._resized)

    def _resized(self, *_: object) -> None:
        if self.page is not None:
            self.page.resized()

    @property
    def said(self) -> str:
        """What the citizen will have to do without. Once the page is in sight nothing moves for it: where it has no place it
        lies over the page, and its place is kept when it goes. What somebody took away comes back when it is lost anew."""
        return self._said

    @said.setter
    def said(self, text: str) -> None:
        if text == self._said:
            return
        self._said = text
        place = self.ids.banner
        if self.get_root_window() is None:
            self.banner, self.late = text, ""
            return
        place.least = max(place.least, place.height)
        if text and not place.least:
            self.late = text
        else:
            self.banner, self.late = text, ""

    def empty(self) -> None:
        """As it was made: nothing of the page before is in it."""
        self.page = None
        self.ids.banner.least = 0
        self.ids.keyboard.put_away()
        for name, value in WRITTEN.items():
            setattr(self, name, list(value) if isinstance(value, tuple) else value)
        self.ids.body.clear_widgets()
        self.ids.pane.scroll_to(0)
        self.ids.middle.least = 0
        self.ids.head.keep()

    @property
    def touched(self) -> bool:
        """A finger is on something of it."""
        return any(isinstance(widget, Pressable) and widget.pressed for widget in self.walk(restrict=True))

    def go_back(self) -> None:
        if self.page is not None:
            self.page.go_back()

    def go_forward(self) -> None:
        if self.page is not None:
            self.page.go_forward()

    def ask_help(self) -> None:
        if self.page is not None:
            self.page.ask_help()

    def ask_adjust(self) -> None:
        if self.page is not None:
            self.page.ask_adjust()

    def ask_leave(self) -> None:
        if self.page is not None:
            self.page.ask_leave()

    def suggest(self, key: str) -> None:
        if self.page is not None:
            self.page.suggest(key)


#: What a page writes in its frame, and what stands there until it does.
WRITTEN: Final[dict[str, Any]] = {
    **dict.fromkeys(("heading", "intro", "place", "said", "problem", "progress_text", "back", "forward"), ""),
    "can_help": True,
    "can_leave": False,
    "banner_kind": "info",
    "progress": -1,
    "back_icon": "arrow-left",
    "forward_icon": "arrow-right",
    "can_forward": True,
    "entry": None,
    "asks": False,
    "suggestions": (),
}


class Shelf:
    """Frames that no page is in. One under a finger is not kept, so that no touch that began on one page ends on another."""

    def __init__(self) -> None:
        self._frames: list[Frame] = []

    def take(self) -> Frame:
        """An empty one in the look of now."""
        look = current()
        self._frames = [frame for frame in self._frames if frame.look == look]
        return self._frames.pop() if self._frames else Frame(look)

    def put(self, frame: Frame) -> None:
        touched = frame.touched
        frame.empty()
        if frame.look == current() and not touched and len(self._frames) < MOST_SHELVED:
            for widget in frame.walk(restrict=True):
                if isinstance(widget, Pressable):
                    widget.focused = False
            self._frames.append(frame)


SHELF: Final = Shelf()
