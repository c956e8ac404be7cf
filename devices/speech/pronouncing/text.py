"""A text with the words that are known turned into phonemes, for espeak-ng's Indonesian voice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from devices.speech.pronouncing import indonesian, javanese, madurese

#: Words that are kept ready; a whole session has fewer different ones.
REMEMBERED: Final = 2_000
#: Bytes between two pauses; espeak-ng takes 800 at once and would break the next word in two.
LONGEST_CLAUSE: Final = 600

#: Abbreviations that everybody says as a word; espeak-ng spells them, as it should the others (KTP, RT, KK).
_SAID_AS_WORDS: Final = MappingProxyType(
    {"NIK": "n'ik", "NIB": "n'ib", "PIN": "p'in", "SIM": "s'im", "KUR": "k'uR", "QRIS": "kR'is", "DRAF": "dR'af"}
)
#: Letters with an apostrophe between or behind them: Madurese writes the glottal stop so.
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*['’]?")
_PAUSE: Final = re.compile(r"[.,;:?!]\s")

_LANGUAGES: Final[Mapping[str, Callable[[str], str | None]]] = MappingProxyType(
    {"id": indonesian.phonemes, "jv": javanese.phonemes, "mad": madurese.phonemes}
)


@lru_cache(maxsize=REMEMBERED)
def phonemes(word: str, language: str) -> str | None:
    """How a word is said, as espeak-ng writes it; None for one that is left to it: abbreviations and what is not known."""
    say = _LANGUAGES.get(language)
    if say is None or len(word) == 1:
        return None
    if any(character.isupper() for character in word[1:]):
        return _SAID_AS_WORDS.get(word)
    return say(word.lower().replace("’", "'"))


def spell_out(text: str, language: str) -> str:
    """``text`` with the words that are known between double brackets. It must hold no brackets of its own."""
    if language not in _LANGUAGES:
        return text
    pieces: list[str] = []
    at = clause = 0
    for match in _WORD.finditer(text):
        between, word = text[at : match.start()], _bracketed(match, text, language)
        clause = 0 if _PAUSE.search(between) else clause + len(between)
        if clause + len(word.encode()) > LONGEST_CLAUSE and between.isspace():
            between, clause = f",{between}", 0
        clause += len(word.encode())
        pieces += between, word
        at = match.end()
    return "".join((*pieces, text[at:]))


def _bracketed(match: re.Match[str], text: str, language: str) -> str:
    # "e-KTP" is one abbreviation, and "2a" no word.
    before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 2]
    part_of_another = before.isdigit() or after[:1].isdigit() or (after[:1] == "-" and after[1:].isupper())
    said = None if part_of_another else phonemes(match[0], language)
    return match[0] if said is None else f"[[{said}]]"
