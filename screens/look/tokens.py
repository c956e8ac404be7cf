"""Sizes in millimetres on the glass, the type scale, and motion.

A kiosk's panel may be 21 or 32 inches wide, and one more pixel means nothing to a finger: what is said here in
millimetres becomes pixels by the panel's dots per inch.
"""

from enum import StrEnum
from typing import Final

MM_PER_INCH: Final = 25.4
#: What a panel of unknown size is taken for: 1080 pixels are then 286 mm, a 22.6-inch panel on its side.
DEFAULT_DPI: Final = 96.0

#: The least size of anything to touch, and the least room between two such things (EN 301 549, VxSuite).
TARGET_MM: Final = 12.7
GAP_MM: Final = 2.54

#: The part of a portrait panel's height that is used when somebody who sits asks for lower controls.
LOWERED: Final = 0.62
#: Nothing to be touched is higher above the floor, for nobody (EN 301 549, 8.3.2.1 and 8.3.3.1).
REACH_MM: Final = 1220.0
#: The part of an portrait panel's height in which forms have what is touched: where most people's hands are.
HANDS: Final = 2 / 3

#: Capital letter's height as a part of the font size, of Plus Jakarta Sans.
CAPITAL_RATIO: Final = 0.71
#: A line's height as a part of the font size.
LINE_RATIO: Final = 1.27


class TextSize(StrEnum):
    SMALL = "SMALL"
    MEDIUM = "MEDIUM"
    LARGE = "LARGE"
    EXTRA = "EXTRA"


#: Height of a capital letter of running text, in millimetres (the four steps of VxSuite).
CAPITAL_MM: Final = {TextSize.SMALL: 4.0, TextSize.MEDIUM: 5.2, TextSize.LARGE: 6.8, TextSize.EXTRA: 8.6}
#: No text is smaller than this, whatever its role.
LEAST_CAPITAL_MM: Final = 3.5


class Role(StrEnum):
    """What a text is; its size follows."""

    CAPTION = "CAPTION"
    BODY = "BODY"
    LEAD = "LEAD"
    TITLE = "TITLE"
    DISPLAY = "DISPLAY"


#: Size as a multiple of running text. Titles grow less than the text, or they would fill the screen.
SCALE: Final[dict[TextSize, dict[Role, float]]] = {
    TextSize.SMALL: {Role.CAPTION: 0.9, Role.BODY: 1.0, Role.LEAD: 1.2, Role.TITLE: 1.7, Role.DISPLAY: 2.7},
    TextSize.MEDIUM: {Role.CAPTION: 0.84, Role.BODY: 1.0, Role.LEAD: 1.18, Role.TITLE: 1.55, Role.DISPLAY: 2.4},
    TextSize.LARGE: {Role.CAPTION: 0.84, Role.BODY: 1.0, Role.LEAD: 1.12, Role.TITLE: 1.35, Role.DISPLAY: 1.9},
    TextSize.EXTRA: {Role.CAPTION: 0.84, Role.BODY: 1.0, Role.LEAD: 1.08, Role.TITLE: 1.2, Role.DISPLAY: 1.5},
}

#: Seconds; nothing on the screens moves for longer, and nothing moves for ever.
PRESS_SECONDS: Final = 0.08


def pixels(millimetres: float, dpi: float) -> float:
    """Millimetres on the glass as whole pixels."""
    return float(round(millimetres * dpi / MM_PER_INCH))


def capital_mm(size: TextSize, role: Role) -> float:
    """Height of a capital letter on the glass."""
    return max(CAPITAL_MM[size] * SCALE[size][role], LEAST_CAPITAL_MM)


def font_pixels(size: TextSize, role: Role, dpi: float) -> float:
    """Font size for a text of that role."""
    return pixels(capital_mm(size, role) / CAPITAL_RATIO, dpi)
