"""Sounds of a word as espeak-ng's Indonesian voice names them, with the stress put where the three languages put it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

#: The schwa: e pepet.
SCHWA: Final = "@"
GLOTTAL: Final = "?"
STRESS: Final = "'"


@dataclass(frozen=True, slots=True)
class Sound:
    #: espeak-ng's name for it.
    name: str
    vowel: bool = False


def sounds(spelling: str, letters: Mapping[str, Sound]) -> list[Sound]:
    """Reads a spelling by the longest letters that fit. Raises KeyError for one that ``letters`` does not have."""
    longest = max(map(len, letters))
    found, at = [], 0
    while at < len(spelling):
        for size in range(longest, 0, -1):
            sound = letters.get(spelling[at : at + size])
            if sound is not None and size <= len(spelling) - at:
                found.append(sound)
                at += size
                break
        else:
            raise KeyError(spelling[at])
    return found


def stressed(word: Iterable[Sound]) -> str:
    """The word with its stress: on the last vowel but one, or on the last one where that is a schwa."""
    listed = list(word)
    vowels = [number for number, sound in enumerate(listed) if sound.vowel]
    at = vowels[-1] if vowels else -1
    if len(vowels) > 1 and listed[vowels[-2]].name != SCHWA:
        at = vowels[-2]
    return "".join(STRESS + sound.name if number == at else sound.name for number, sound in enumerate(listed))
