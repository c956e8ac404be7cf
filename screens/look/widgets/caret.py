"""Where a cursor stands in a text that is drawn, and which place of it a finger means."""

from collections.abc import Iterator
from dataclasses import dataclass

from kivy.uix.label import Label


@dataclass(frozen=True)
class DrawnLine:
    """A line of a label's texture: which part of the text it shows, and where; pixels from the texture's upper left."""

    start: int
    text: str
    left: float
    top: float
    height: float


@dataclass(frozen=True)
class Caret:
    """An upright line, in window coordinates."""

    x: float
    bottom: float
    height: float


def lines_of(label: Label) -> Iterator[DrawnLine]:
    """The lines as Kivy laid them out. It drops spaces where it breaks a line: each is sought behind the one before."""
    core, start, top = label._label, 0, 0.0
    for line in core._cached_lines:
        text = "".join(word.text for word in line.words)
        start = max(label.text.find(text, start), start)
        yield DrawnLine(start, text, float(line.x), top, float(line.h))
        start, top = start + len(text), top + line.h


def caret_of(label: Label, place: int) -> Caret:
    """The cursor before the character at that place of the label's text."""
    left, upper = _corner(label)
    extents = label._label.get_extents
    reached = [line for line in lines_of(label) if line.start <= place]
    if not label.text or not reached:
        height = float(extents("0")[1])
        return Caret(label.x, label.center_y - height / 2, height)
    found = reached[-1]
    width = float(extents(found.text[: place - found.start])[0]) if place > found.start else 0.0
    return Caret(left + found.left + width, upper - found.top - found.height, found.height)


def place_at(label: Label, x: float, y: float) -> int:
    """The place of the label's text that is nearest to a point, in the label's own coordinates."""
    left, upper = _corner(label)
    lines = list(lines_of(label))
    if not label.text or not lines:
        return 0
    line = next((each for each in lines if upper - y < each.top + each.height), lines[-1])
    extents = label._label.get_extents
    edges = [float(extents(line.text[:count])[0]) for count in range(len(line.text) + 1)]
    across = x - left - line.left
    return line.start + min(range(len(edges)), key=lambda count: abs(edges[count] - across))


def _corner(label: Label) -> tuple[float, float]:
    """Upper left of the texture, which stands in the middle of its label."""
    width, height = label.texture_size
    return label.center_x - width / 2, label.center_y + height / 2
