"""AIM symbology identifiers (ISO/IEC 15424): "]C0" before a text tells that it was a Code 128."""

from __future__ import annotations

import re
from typing import Final

_IDENTIFIER: Final = re.compile(r"\](?P<letter>[A-Za-z])(?P<modifier>[0-9A-Za-z])")
_LETTERS: Final = {"A": "Code39", "C": "Code128", "L": "PDF417", "Q": "QRCode", "d": "DataMatrix", "z": "Aztec"} | {
    "E": "EAN",
    "I": "ITF",
}
UNTOLD: Final = "scanner"


def split_aim(text: str) -> tuple[str, str]:
    """Symbology and text of what a scanner that sends identifiers sent; without one the symbology is UNTOLD."""
    match = _IDENTIFIER.match(text)
    if match is None:
        return UNTOLD, text
    return _LETTERS.get(match["letter"], UNTOLD), text[match.end() :]
