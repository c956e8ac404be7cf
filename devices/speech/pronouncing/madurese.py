"""Madurese in the spelling of 2011: bh, dh, gh and jh are one sound each, â is near a schwa, ' is a glottal stop."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from devices.speech.pronouncing.sounds import GLOTTAL, SCHWA, Sound, sounds, stressed

_K: Final = re.compile(r"k$")
_EQUAL_VOWELS: Final = re.compile(r"([aeiouâèé])\1")

_LETTERS: Final = MappingProxyType(
    {
        **{letter: Sound(letter) for letter in "bdfghklmnpstvwz"},
        **{letter: Sound(letter, True) for letter in "aiu"},
        **{
            "e": Sound(SCHWA, True),
            "â": Sound(SCHWA, True),
            "o": Sound("O", True),
            "ò": Sound("O", True),
            "ó": Sound("o", True),
            "é": Sound("e", True),
            "è": Sound("E", True),
        },
        **{"c": Sound("tS"), "j": Sound("dZ"), "q": Sound("k"), "r": Sound("R"), "x": Sound("ks"), "y": Sound("j")},
        **{
            "bh": Sound("b"),
            "dh": Sound("d"),
            "gh": Sound("g"),
            "jh": Sound("dZ"),
            "th": Sound("t"),
            "ḍ": Sound("d"),
            "ṭ": Sound("t"),
        },
        **{"ng": Sound("N"), "ny": Sound("n^"), "sy": Sound("S"), "kh": Sound("x"), "'": Sound(GLOTTAL)},
    }
)


def phonemes(word: str) -> str | None:
    """How it is said; None for letters that Madurese does not have."""
    text = _EQUAL_VOWELS.sub(r"\1'\1", _K.sub("'", word))
    try:
        return stressed(sounds(text, _LETTERS))
    except KeyError:
        return None
