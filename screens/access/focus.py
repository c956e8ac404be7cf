"""The focus: where somebody is who moves by keys, in the topmost layer, in reading order.

What can be chosen is a stop; with the voice on, so is every text between. The keyboard counts as one stop until it is
entered. Nothing here speaks or draws: the narrator and the mark look at ``current``.
"""

import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kivy.uix.label import Label

from screens.access.keys import Action
from screens.look.pressable import Pressable
from screens.look.speakable import Block, Group, Silent, texts_in
from screens.look.widgets.field import Field
from screens.look.widgets.frame import Part
from screens.look.widgets.keyboard import Key
from screens.look.widgets.pane import Rail

#: What takes less room than this, in pixels, is not there.
LEAST: Final = 1.0
#: How much farther a step aside counts than a step ahead, when a key says "up" or "down".
ASIDE: Final = 3.0

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Stop:
    """One place where the focus can be."""

    widget: Any
    #: To be read only; choosing it does nothing.
    text: bool = False
    #: What it stands in, the outermost first.
    groups: tuple[Group, ...] = ()
    #: Strip of the page it belongs to: up and down leave it only at its end.
    zone: Any = None

    @property
    def is_key(self) -> bool:
        return isinstance(self.widget, Key)

    @property
    def box(self) -> Box:
        """Left, bottom, right, top in the window."""
        return box_of(self.widget)


def box_of(widget: Any) -> Box:
    """Left, bottom, right, top of a widget in the window."""
    left, bottom = widget.to_window(widget.x, widget.y)
    return (left, bottom, left + widget.width, bottom + widget.height)


def stops_in(root: Any, *, reading: bool) -> list[Stop]:
    """All stops below a widget; ``reading``: texts are stops, too."""
    return list(_walk(root, (), root, reading))


def _walk(widget: Any, groups: tuple[Group, ...], zone: Any, reading: bool) -> Iterator[Stop]:
    if widget.opacity == 0 or isinstance(widget, Silent) or (reading and isinstance(widget, Rail)):
        return
    if isinstance(widget, Part):
        zone = widget
    if isinstance(widget, Pressable):
        yield from _pressable(widget, groups, zone, reading)
        return
    if isinstance(widget, Label):
        if reading and widget.text and widget.height > LEAST and not _introduced(widget.text, groups):
            yield Stop(widget, True, groups, zone)
        return
    within = (*groups, widget) if isinstance(widget, Group) else groups
    inner = [stop for child in reversed(widget.children) for stop in _walk(child, within, zone, reading)]
    if reading and not any(not stop.text for stop in inner):
        if isinstance(widget, Block):
            if any(texts_in(widget)) and widget.height > LEAST:
                yield Stop(widget, True, groups, zone)
            return
        if isinstance(widget, Group) and not inner and widget.introduction:
            yield Stop(widget, True, groups, zone)
            return
    yield from inner


def _pressable(widget: Any, groups: tuple[Group, ...], zone: Any, reading: bool) -> Iterator[Stop]:
    if widget.height > LEAST and widget.width > LEAST and widget.focusable:
        if widget.enabled:
            yield Stop(widget, False, groups, zone)
        elif reading and widget.says:
            yield Stop(widget, True, groups, zone)
    # A line of a list can hold a button of its own.
    for child in reversed(widget.children):
        yield from (stop for stop in _walk(child, groups, zone, False) if not stop.text)


def _introduced(text: str, groups: tuple[Group, ...]) -> bool:
    """Whether a text is already said on the way in."""
    return any(text in part for group in groups for part in group.introduction)


def nearest(origin: Box, boxes: Sequence[Box], *, down: bool) -> int | None:
    """Which box lies next below (or above) another; None when nothing does."""
    best, found = 0.0, None
    for index, box in enumerate(boxes):
        ahead = origin[1] - box[3] if down else box[1] - origin[3]
        if ahead < -LEAST:
            continue
        aside = max(0.0, box[0] - origin[2], origin[0] - box[2])
        score = max(0.0, ahead) + ASIDE * aside
        if found is None or score < best:
            best, found = score, index
    return found


class FocusRing:
    """``layer`` gives the topmost layer, ``reading`` whether texts are stops. Holds no widget alive."""

    def __init__(self, layer: Callable[[], Any], reading: Callable[[], bool]) -> None:
        self._layer = layer
        self._reading = reading
        self._place: Any = None
        self._index = 0
        self._said = ""
        #: The last that somebody did was to press a key: the mark is drawn.
        self.shown = False

    def stops(self) -> list[Stop]:
        layer = self._layer()
        return stops_in(layer, reading=self._reading()) if layer is not None else []

    @property
    def widget(self) -> Any:
        """What has the focus, as long as it is in the window."""
        widget = self._place() if self._place is not None else None
        return widget if widget is not None and widget.get_root_window() is not None else None

    @property
    def current(self) -> Stop | None:
        """Where the focus is, if that is still in sight."""
        widget = self._place() if self._place is not None else None
        return next((stop for stop in self.stops() if stop.widget is widget), None) if widget is not None else None

    def move(self, action: Action) -> Stop | None:
        """The stop that a key leads to; the first one when there was none."""
        stops = self.stops()
        here = self._find(stops)
        if here is None:
            return self.first()
        return self._set(stops, self._target(stops, here, action))

    def first(self) -> Stop | None:
        """To where a layer begins: what it is about, else its way forward."""
        stops = self.stops()
        if not stops:
            self.forget()
            return None
        layer = self._layer()
        for start in layer.focus_order() if hasattr(layer, "focus_order") else ():
            for index, stop in enumerate(stops):
                if not stop.text and not stop.is_key and _is_below(stop.widget, start):
                    return self._set(stops, index)
        controls = [index for index, stop in enumerate(stops) if not stop.text]
        return self._set(stops, controls[0] if controls else 0)

    def settle(self) -> Stop | None:
        """After widgets were made anew: to the one that says the same, else to what stands in its place."""
        if self._place is None:
            return None
        stops = self.stops()
        here = self._find(stops)
        if here is not None:
            self._index = here
            return stops[here]
        if not stops:
            self.forget()
            return None
        same = [index for index, stop in enumerate(stops) if _name(stop) == self._said]
        index = min(same, key=self._distance) if same else min(self._index, len(stops) - 1)
        return self._set(stops, index)

    def go_to(self, widget: Any) -> Stop | None:
        """To a widget; nothing happens when it is no stop."""
        stops = self.stops()
        for index, stop in enumerate(stops):
            if stop.widget is widget:
                return self._set(stops, index)
        return self.current

    def choose(self) -> bool:
        """As if what has the focus had been touched. False: there is nothing to choose."""
        stop = self.current
        if stop is None or stop.text:
            return False
        widget = stop.widget
        widget.choose()
        if isinstance(widget, Field) and widget.active:
            stops = self.stops()
            keys = [index for index, each in enumerate(stops) if each.is_key]
            if keys:
                self._set(stops, keys[0])
        return True

    def hide(self) -> None:
        """A finger took over."""
        self.shown = False

    def forget(self) -> None:
        """Nothing has the focus any more."""
        self._mark(None)
        self._place, self._index, self._said = None, 0, ""

    # --- inside ----------------------------------------------------------------------------------------------------

    def _find(self, stops: Sequence[Stop]) -> int | None:
        widget = self._place() if self._place is not None else None
        return next((index for index, stop in enumerate(stops) if stop.widget is widget), None)

    def _distance(self, index: int) -> int:
        return abs(index - self._index)

    def _set(self, stops: Sequence[Stop], index: int) -> Stop:
        stop = stops[index]
        self._mark(stop.widget)
        self._place = weakref.ref(stop.widget)
        self._index = index
        self._said = _name(stop)
        return stop

    def _mark(self, widget: Any) -> None:
        before = self._place() if self._place is not None else None
        if isinstance(before, Pressable):
            before.focused = False
        if isinstance(widget, Pressable):
            widget.focused = True

    def _target(self, stops: Sequence[Stop], here: int, action: Action) -> int:
        match action:
            case Action.LEFT | Action.RIGHT if stops[here].is_key:
                return _along_row(stops, here, 1 if action is Action.RIGHT else -1)
            case Action.NEXT | Action.RIGHT:
                return _step(stops, here, 1)
            case Action.PREVIOUS | Action.LEFT:
                return _step(stops, here, -1)
            case Action.UP | Action.DOWN:
                return self._up_or_down(stops, here, down=action is Action.DOWN)
        return here

    def _up_or_down(self, stops: Sequence[Stop], here: int, *, down: bool) -> int:
        """Who sees wants a direction, who hears an order; among the keys it is always the direction."""
        origin = stops[here]
        if self._reading() and not origin.is_key:
            return _step(stops, here, 1 if down else -1)
        near = [
            index
            for index, stop in enumerate(stops)
            if index != here and stop.zone is origin.zone and stop.is_key == origin.is_key
        ]
        found = nearest(origin.box, [stops[index].box for index in near], down=down)
        return near[found] if found is not None else _step(stops, here, 1 if down else -1, leave=origin.zone)


def _along_row(stops: Sequence[Stop], here: int, by: int) -> int:
    row = [index for index, stop in enumerate(stops) if stop.widget.parent is stops[here].widget.parent]
    return row[(row.index(here) + by) % len(row)]


def _step(stops: Sequence[Stop], here: int, by: int, leave: Any = None) -> int:
    """The next stop in reading order, round the end; the keyboard is one stop. ``leave``: out of this strip."""
    index = here
    for _ in stops:
        index = (index + by) % len(stops)
        stop = stops[index]
        if leave is not None and stop.zone is leave:
            continue
        if not stop.is_key:
            return index
        if not stops[here].is_key:
            return next(number for number, each in enumerate(stops) if each.is_key)
    return here


def _is_below(widget: Any, ancestor: Any) -> bool:
    # Kivy's ids are proxies.
    ancestor = getattr(ancestor, "__self__", ancestor)
    while widget is not None:
        if widget is ancestor:
            return True
        parent = widget.parent
        widget = parent if parent is not widget else None
    return False


def _name(stop: Stop) -> str:
    """What a stop is known by when its widget is made anew."""
    widget = stop.widget
    label = getattr(widget, "key", "") or getattr(widget, "says", "") or getattr(widget, "text", "")
    return f"{type(widget).__name__}:{label}"
