"""What is wrong with a layout, found by code: text that is cut or breaks within a word, things that overlap or leave
their box, targets too small, too close or too high for a
finger, a field that its keyboard hides.

Everything is measured in the window's pixels on the widgets in sight; what a pane has scrolled away is looked at too,
clipped where the pane clips it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from kivy.uix.label import Label
from kivy.uix.relativelayout import RelativeLayout
from kivy.uix.widget import Widget

from screens.citizen.start.attract import AttractScreen
from screens.look.current import current
from screens.look.pressable import Pressable
from screens.look.tokens import CAPITAL_RATIO, GAP_MM, LEAST_CAPITAL_MM, TARGET_MM
from screens.look.widgets.dialog import Dialog
from screens.look.widgets.field import Field
from screens.look.widgets.page import Page
from screens.look.widgets.pane import Aperture
from screens.look.widgets.text import Icon
from screens.shell.scan_note import ScanNote

#: A letter may lean out of its box by this much, in pixels: sizes are whole pixels, positions are not.
TOLERANCE: Final = 2.0
#: A pane that is to show something is at least as high as this.
PANE_MM: Final = 25.0


@dataclass(frozen=True)
class Box:
    """Left, bottom, right, top."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def empty(self) -> bool:
        return self.right - self.left < 1 or self.top - self.bottom < 1

    def cut_to(self, other: "Box") -> "Box":
        return Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )

    def within(self, other: "Box") -> bool:
        return (
            self.left >= other.left - TOLERANCE
            and self.right <= other.right + TOLERANCE
            and self.bottom >= other.bottom - TOLERANCE
            and self.top <= other.top + TOLERANCE
        )

    def apart(self, other: "Box") -> float:
        """Pixels of room between the two; below 0 they overlap by so much."""
        across = max(self.left, other.left) - min(self.right, other.right)
        along = max(self.bottom, other.bottom) - min(self.top, other.top)
        if across > 0 and along > 0:
            return float((across**2 + along**2) ** 0.5)
        return max(across, along)


@dataclass(frozen=True)
class Seen:
    """A widget in sight: its box, the part of it that is not clipped, and everything it stands in."""

    widget: Any
    box: Box
    clipped: Box
    above: tuple[Any, ...]

    @property
    def described(self) -> str:
        name = type(self.widget).__name__
        text = str(getattr(self.widget, "text", "") or getattr(self.widget, "title", "") or "")
        return f"{name} {text!r:.48}" if text else name


def problems(root: Widget) -> list[str]:
    """All that is wrong below ``root``, the topmost layer alone where one lies over the page."""
    layers = [child for child in root.children if isinstance(child, Dialog | AttractScreen)]
    top = layers[0] if layers else root
    window = Box(0, 0, root.width, root.height)
    seen = list(_walk(top, window, window, 0.0, 0.0, ()))
    # What became of a scan lies over all of it, by itself and for a while.
    notes = [child for child in root.children if isinstance(child, ScanNote)]
    over = [each for note in notes for each in _walk(note, window, window, 0.0, 0.0, ())]
    seen = [each for each in seen if each.widget not in notes and not any(note in each.above for note in notes)]
    found = [problem for each in (*seen, *over) for problem in _alone(each)]
    found += _overlaps([each for each in seen if _is_text(each) or isinstance(each.widget, Pressable)])
    found += _too_close([each for each in seen if isinstance(each.widget, Pressable) and each.widget.enabled])
    found += [problem for each in seen for problem in _frame(each)]
    found += [problem for each in seen for problem in _too_high(each)]
    return list(dict.fromkeys(found))


def _walk(widget: Any, clip: Box, holder: Box, x: float, y: float, above: tuple[Any, ...]) -> Iterator[Seen]:
    if widget.opacity == 0:
        return
    box = Box(x + widget.x, y + widget.y, x + widget.right, y + widget.top)
    yield Seen(widget, box, box.cut_to(clip), (*above, holder))
    if isinstance(widget, RelativeLayout):
        x, y = x + widget.x, y + widget.y
    if isinstance(widget, Aperture):
        clip = clip.cut_to(box)
        # What is in a pane may be as high as it likes, but not wider.
        box = Box(box.left, -1e6, box.right, 1e6)
    for child in widget.children:
        yield from _walk(child, clip, box, x, y, (*above, widget))


def _is_text(seen: Seen) -> bool:
    widget = seen.widget
    return isinstance(widget, Label) and bool(widget.text.strip()) and widget.height > 0


def _alone(seen: Seen) -> Iterator[str]:
    """What is wrong with a widget by itself."""
    widget, holder = seen.widget, seen.above[-1]
    if (_is_text(seen) or isinstance(widget, Pressable)) and not seen.box.within(holder):
        yield f"leaves its box: {seen.described}"
    if _is_text(seen) and not isinstance(widget, Icon):
        yield from _cut(seen)
    if isinstance(widget, Pressable) and any(isinstance(each, Pressable) for each in seen.above):
        yield f"a target within a target: {seen.described}"
    if isinstance(widget, Pressable) and widget.enabled:
        least = current().mm(TARGET_MM) - 1
        if widget.width < least or widget.height < least:
            yield f"too small for a finger: {seen.described} is {widget.width:.0f}×{widget.height:.0f} pixels"


def _cut(seen: Seen) -> Iterator[str]:
    label = seen.widget
    width, height = label.texture_size
    if width > label.width + TOLERANCE or height > label.height + TOLERANCE:
        yield f"cut: {seen.described} is {width:.0f}×{height:.0f} in {label.width:.0f}×{label.height:.0f}"
    if label.is_shortened:
        yield f"shortened: {seen.described}"
    room = label.text_size[0]
    if room is not None and not label.shorten:
        extents = label._label.get_extents
        for word in label.text.split():
            if extents(word)[0] > room + TOLERANCE:
                yield f"breaks within a word: {word!r} in {seen.described}"
    if label.font_size < current().mm(LEAST_CAPITAL_MM / CAPITAL_RATIO) - 1:
        yield f"too small to read: {seen.described} has letters of {label.font_size:.0f} pixels"


def _overlaps(seen: list[Seen]) -> Iterator[str]:
    for place, one in enumerate(seen):
        if one.clipped.empty:
            continue
        for other in seen[place + 1 :]:
            if other.clipped.empty or one.widget in other.above or other.widget in one.above:
                continue
            if one.clipped.apart(other.clipped) < -TOLERANCE:
                yield f"overlap: {one.described} and {other.described}"


def _too_close(seen: list[Seen]) -> Iterator[str]:
    least = current().mm(GAP_MM) - 1
    for place, one in enumerate(seen):
        if one.clipped.empty:
            continue
        for other in seen[place + 1 :]:
            if other.clipped.empty or one.widget in other.above or other.widget in one.above:
                continue
            room = one.clipped.apart(other.clipped)
            if -TOLERANCE <= room < least:
                yield f"too close for fingers: {one.described} and {other.described}, {room:.0f} pixels"


def _frame(seen: Seen) -> Iterator[str]:
    """Whether the page has room for what it is about, and the keyboard leaves its field in sight."""
    widget = seen.widget
    if isinstance(widget, Page) and _is_cramped(widget.ids.pane.ids.holder):
        yield f"no room: the pane is {widget.ids.pane.ids.holder.height:.0f} pixels high"
    if (
        isinstance(widget, Field)
        and widget.active
        and seen.clipped.top - seen.clipped.bottom < widget.height - TOLERANCE
    ):
        yield f"hidden: {seen.described} is being typed into and not wholly in sight"


def _is_cramped(holder: Any) -> bool:
    """Too low to show much, while there is more to show."""
    content = max((child.height for child in holder.children), default=0)
    return bool(holder.height < min(current().mm(PANE_MM), content - TOLERANCE))


def _too_high(seen: Seen) -> Iterator[str]:
    """Whether hands reach it: within 1,220 mm of the floor, and on a page that asks in the lower part of the panel."""
    widget, look = seen.widget, current()
    if not isinstance(widget, Pressable) or not widget.enabled or seen.clipped.empty:
        return
    if seen.clipped.top > look.height + TOLERANCE:
        yield f"out of reach: {seen.described} is {seen.clipped.top - look.height:.0f} pixels too high"
    page = next((each for each in seen.above if isinstance(each, Page) and each.asks), None)
    pane = next((each for each in seen.above if isinstance(each, Aperture)), None)
    # What is being typed is seen whole, also where it is higher than all the room below the ceiling.
    if page is None or pane is None or page.ids.middle.least > look.ceiling - pane.y:
        return
    if seen.clipped.top > look.ceiling + TOLERANCE:
        yield f"above the hands: {seen.described} is {seen.clipped.top - look.ceiling:.0f} pixels too high"
