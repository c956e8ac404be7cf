"""Javanese in its Latin spelling (EYD), read as in Surabaya: dh and th are one sound each, an open a at the end is å.

Where é and è are written they are what they say; a plain e is a schwa, but for one that ends the word (sae, badhe).
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from devices.speech.pronouncing.sounds import GLOTTAL, SCHWA, Sound, sounds, stressed

#: a at the end of a word, and before it in an open syllable; a nasal before a stop belongs to the stop (mangga).
_LAST_A: Final = re.compile(r"a(?=(?:ng|ny|n|m)?(?:dh|th|ng|ny|[bcdghjklmnprstwy])å$)")
_K: Final = re.compile(r"k$")
_LAST_E: Final = re.compile(r"e$")
_EQUAL_VOWELS: Final = re.compile(r"([aeiouéè])\1")

_LETTERS: Final = MappingProxyType(
    {
        **{letter: Sound(letter) for letter in "bdfghklmnpstvwz"},
        **{letter: Sound(letter, True) for letter in "aiou"},
        **{
            "e": Sound(SCHWA, True),
            "ê": Sound(SCHWA, True),
            "é": Sound("e", True),
            "è": Sound("E", True),
            "å": Sound("O", True),
            "ò": Sound("O", True),
            "ó": Sound("o", True),
        },
        **{"c": Sound("tS"), "j": Sound("dZ"), "q": Sound("k"), "r": Sound("R"), "x": Sound("ks"), "y": Sound("j")},
        **{"dh": Sound("d"), "th": Sound("t"), "ng": Sound("N"), "ny": Sound("n^"), "sy": Sound("S"), "kh": Sound("x")},
        "'": Sound(GLOTTAL),
    }
)


def phonemes(word: str) -> str | None:
    """How it is said; None for letters that Javanese does not have."""
    text = _LAST_E.sub("é", _K.sub("'", word))
    if text.endswith("a"):
        text = _LAST_A.sub("å", f"{text[:-1]}å")
    text = _EQUAL_VOWELS.sub(r"\1'\1", text)
    try:
        return stressed(sounds(text, _LETTERS))
    except KeyError:
        return None
