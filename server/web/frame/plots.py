"""Small plots as SVG: bars, drawn at the server and scaled by the page. A table with the same figures stands beside each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: The drawing's own units.
BAR_WIDTH: Final = 10.0
GAP: Final = 4.0
HEIGHT: Final = 60.0
#: A bar of something that is not nothing is seen.
LEAST: Final = 1.5
#: Hours between two labels of a day.
HOURS_LABELLED: Final = 6


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    height: float
    #: What a pointer reads, and whoever hears the page.
    words: str
    #: Beneath the bar; empty for most of many.
    label: str
    #: The class that colours it.
    tone: str


@dataclass(frozen=True)
class Bars:
    width: float
    height: float
    bar_width: float
    bars: tuple[Bar, ...]
    most: float


def bars(
    values: Sequence[float],
    words: Sequence[str],
    labels: Sequence[str],
    tones: Sequence[str] = (),
    most: float = 0.0,
) -> Bars:
    """Upright bars from nothing to the largest of ``values``, or to ``most``; the others are named beside each of them."""
    most = max([most, *values])
    found = []
    for place, value in enumerate(values):
        height = max(LEAST, HEIGHT * value / most) if value > 0 else 0.0
        found.append(
            Bar(
                x=place * (BAR_WIDTH + GAP),
                y=round(HEIGHT - height, 2),
                height=round(height, 2),
                words=words[place],
                label=labels[place],
                tone=tones[place] if tones else "plain",
            )
        )
    return Bars(max(1.0, len(values) * (BAR_WIDTH + GAP) - GAP), HEIGHT, BAR_WIDTH, tuple(found), most)


def hours(values: Sequence[float], words: Sequence[str]) -> Bars:
    """A bar for each hour of the day."""
    return bars(values, words, [f"{hour:02}" if hour % HOURS_LABELLED == 0 else "" for hour in range(len(values))])
