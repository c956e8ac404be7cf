"""What is written, as it is to be read out: codes and long numbers by their characters, amounts as amounts, no signs."""

import re
from collections.abc import Iterable
from typing import Final

#: A number with more digits than this is spoken digit by digit: nobody compares a NIK as "three quadrillion".
COUNTED_DIGITS: Final = 4

_CODE: Final = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4})+\b")
_DIGITS: Final = re.compile(rf"(?<![\d.,])\+?\d{{{COUNTED_DIGITS + 1},}}(?![\d.,]\d)")
_FOURS: Final = re.compile(r"\b\d{4}(?: \d{1,4}){1,}\b")
_RUPIAH: Final = re.compile(r"Rp\s*([\d.,]+)")
#: Icons are characters of the private use area; the caret is drawn as a bar.
_SIGNS: Final = re.compile(r"[\ue000-\uf8ff|•·_#*<>\[\]{}]+")
_SPACES: Final = re.compile(r"\s+")
_ENDS: Final = (".", "?", "!", ":", ";", ",")


def pronounce(text: str) -> str:
    """One piece of text for the ear. A single sign stays as it is: the voice says its name."""
    if len(text) == 1:
        return text
    text = _SIGNS.sub(" , " if "·" in text else " ", text)
    text = _RUPIAH.sub(_amount, text)
    text = _CODE.sub(_spelled, text)
    text = _FOURS.sub(_spelled, text)
    text = _DIGITS.sub(_spelled, text)
    return _SPACES.sub(" ", text).strip(" ,")


def sentence(parts: Iterable[str]) -> str:
    """Pieces one after the other, with a pause between; what stands there twice in a row is spoken once."""
    pieces = [spoken for spoken in (pronounce(part) for part in parts) if spoken]
    if len(pieces) == 1 and len(pieces[0]) == 1:
        return pieces[0]
    once = [part for index, part in enumerate(pieces) if index == 0 or part != pieces[index - 1]]
    return " ".join(part if part.endswith(_ENDS) else f"{part}." for part in once)


def _spelled(match: re.Match[str]) -> str:
    groups = re.split(r"[- ]", match[0])
    if len(groups) == 1:
        digits = groups[0]
        groups = [digits[start : start + 4] for start in range(0, len(digits), 4)]
    return ", ".join(" ".join(group) for group in groups)


def _amount(match: re.Match[str]) -> str:
    number = match[1].rstrip(".,")
    rest = match[1][len(number) :]
    return f"{number} rupiah{rest}"
