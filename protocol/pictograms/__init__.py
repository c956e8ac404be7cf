"""Pictograms of our own: one stroke, drawn on a grid of 48, for whoever reads little.

A pack names them for services, life events, requirements and steps; kiosks show them beside the text and print them on the
slip, the office offers them to whoever writes a service. All three draw from this table: web pages take it as it is, kiosk
and printer the font that ``python -m tools.pictograms`` makes of it.
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from protocol.pictograms.drawings import DRAWINGS

#: Shown for a name that is not known here: a newer office may have drawn more.
FALLBACK: Final = "document"
#: The character of the first pictogram in the font, in Unicode's private area.
_FIRST: Final = 0xE000
#: Leads from one step to the next; stands for nothing by itself.
LINK: Final = "then"
#: Steps in one line: more would be too small to recognise.
MOST_STEPS: Final = 6
#: In the order in which they are offered.
NAMES: Final = tuple(name for name in DRAWINGS if name != LINK)
_CHARACTERS: Final = MappingProxyType({name: chr(_FIRST + place) for place, name in enumerate(DRAWINGS)})


def character(name: str) -> str:
    """The pictogram's character in the font; the fallback's for a name that is not known here."""
    return _CHARACTERS.get(name, _CHARACTERS[FALLBACK])


def way(names: Sequence[str]) -> str:
    """The characters of the first steps, an arrow from each to the next."""
    return character(LINK).join(map(character, names[:MOST_STEPS]))
