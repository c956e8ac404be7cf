"""Indonesian: KBBI's e taling and e pepet by its words and by affixes, and the glottal stop by the Tata Bahasa Baku.

- *e* is a schwa or not as the dictionary says; in an affix it always is one.
- *k* at the end of a word, or before -nya, -kan, -lah …, is a glottal stop, and one stands between two equal vowels.
- *ai*, *au*, *oi* are one sound at the end of a root (mulai), two before another consonant (baik).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import groupby
from types import MappingProxyType
from typing import Final

from devices.speech.pronouncing.sounds import GLOTTAL, SCHWA, Sound, sounds, stressed

#: The longest first.
_PREFIXES: Final = (
    *("menge", "penge", "meny", "peny", "meng", "peng", "mem", "pem", "men", "pen"),
    *("ber", "ter", "per", "bel", "pel", "me", "pe", "di", "ke", "se"),
)
#: Prefixes that may stand before another one.
_OUTER: Final = frozenset({"mem", "pem", "ber", "ter", "di", "ke", "se"})
#: Prefixes that swallow a root's first letter, and the letter.
_SWALLOWED: Final = MappingProxyType(
    {"mem": "p", "pem": "p", "men": "t", "pen": "t", "meny": "s", "peny": "s", "meng": "k", "peng": "k"}
)
#: Before a root's own vowel there are only these; behind the others a letter is gone.
_BEFORE_VOWELS: Final = frozenset({"meng", "peng"})
#: What follows me- and pe- where they stay as they are.
_AFTER_ME: Final = "lrmnwy"
#: The shortest first, so that as much as there is is taken for the root.
_SUFFIXES: Final = (
    "i",
    "ku",
    "mu",
    "an",
    "kan",
    "nya",
    "lah",
    "kah",
    "pun",
    "inya",
    "ilah",
    "annya",
    "kannya",
    "kanlah",
)
#: The least letters that are taken for a root.
_SHORTEST_ROOT: Final = 3
#: How a root without an e begins.
_ROOT: Final = re.compile(r"[^aiou]{0,2}[aiou]")

#: Only at the end of a syllable is nk the sound of ng.
_BANK: Final = re.compile(r"nk(?=$|[st])")
_GLOTTAL_K: Final = re.compile(r"(?<!ng)k(?=$|(?:kannya|kan|nya|lah|kah|pun|ku|mu)$)")
#: k that is a glottal stop within a word: where Arabic had one.
_GLOTTAL_WITHIN: Final = re.compile(r"(?<=^ra)k(?=yat)|(?<=ma)k(?=mur|na|lum)|(?<=^ni)k(?=mat)|(?<=^ta)k(?=luk|ziah)")
_EQUAL_VOWELS: Final = re.compile(r"aa|ii|oo|uu|êê|êè|èê")
#: One sound at the end of a root; elsewhere only in these words.
_DIPHTHONG: Final = re.compile(r"(?:ai|au|oi)(?=$|(?:kannya|annya|kan|nya|lah|kah|pun|ku|mu|an)$)")
_DIPHTHONG_WITHIN: Final = re.compile(r"(?<=s)au(?=dar)|^au(?=to|la|dit|ra|gust)|(?<=ting)kai(?=$)|(?<=^su)rau")
_ONE_SOUND: Final = MappingProxyType({"ai": "A", "au": "U", "oi": "O"})
#: From one vowel into the next: espeak-ng would put a stop between them.
_GLIDES: Final = (("Aa", "aya"), ("Ua", "awa"), ("uA", "uwA"))

_LETTERS: Final = MappingProxyType(
    {
        **{letter: Sound(letter) for letter in "bdfghklmnpstvwz"},
        **{letter: Sound(letter, True) for letter in "aiou"},
        **{"è": Sound("E", True), "ê": Sound(SCHWA, True)},
        **{"A": Sound("aI", True), "U": Sound("aU", True), "O": Sound("OI", True)},
        **{"c": Sound("tS"), "j": Sound("dZ"), "q": Sound("k"), "r": Sound("R"), "x": Sound("ks"), "y": Sound("j")},
        **{"ng": Sound("N"), "ny": Sound("n^"), "sy": Sound("S"), "kh": Sound("x"), "'": Sound(GLOTTAL)},
    }
)


def phonemes(word: str) -> str | None:
    """How it is said; None where its e is not known."""
    marked = marked_e(word)
    if marked is None:
        return None
    try:
        return stressed(sounds(_sounding(marked), _LETTERS))
    except KeyError:
        return None


def marked_e(word: str) -> str | None:
    """The word with each e as è (taling) or ê (pepet), as KBBI marks them; None for one that it does not lead to."""
    return word if "e" not in word else next(_readings(word), None)


def _readings(word: str) -> Iterator[str]:
    """From what the dictionary has to what is only likely."""
    known = _word(word)
    if known is not None:
        yield known
        return
    stems = [(word.removesuffix(end), end) for end in ("", *_SUFFIXES) if word.endswith(end)]
    stems = [(stem, end) for stem, end in stems if len(stem) >= _SHORTEST_ROOT]
    for stem, end in stems:
        known = _word(stem)
        if known is not None:
            yield known + end
        yield from (reading + end for reading in _known_behind_prefix(stem))
    for stem, end in stems:
        yield from (reading + end for reading in _likely_behind_prefix(stem))


def _known_behind_prefix(stem: str) -> Iterator[str]:
    """With a root of the dictionary."""
    for prefix, root in _prefixes(stem):
        said = prefix.replace("e", "ê")
        letter = _SWALLOWED.get(prefix)
        whole = _word(letter + root) if letter else None
        if whole is not None and prefix not in _BEFORE_VOWELS:
            yield said + whole[1:]
        known = _word(root)
        if known is not None:
            yield said + known
        if whole is not None:
            yield said + whole[1:]
        if prefix in _OUTER:
            yield from (said + reading for reading in _known_behind_prefix(root))


def _likely_behind_prefix(stem: str) -> Iterator[str]:
    """With a root that has no e."""
    for prefix, root in _prefixes(stem):
        said = prefix.replace("e", "ê")
        if prefix in _OUTER:
            yield from (said + reading for reading in _likely_behind_prefix(root))
        if "e" not in root and _ROOT.match(root):
            yield said + root


def _prefixes(stem: str) -> Iterator[tuple[str, str]]:
    """The prefixes that a word may begin with, the longest first, and what follows."""
    for prefix in _PREFIXES:
        root = stem.removeprefix(prefix)
        if root != stem and len(root) >= _SHORTEST_ROOT and (prefix not in ("me", "pe") or root[0] in _AFTER_ME):
            yield prefix, root


@cache
def _words() -> tuple[Mapping[str, str], ...]:
    """Our own words and KBBI's by their first letters, a line each: a tenth of the room of a dict, and found as fast."""
    here = files(__package__)
    texts = (here.joinpath(name).read_text(encoding="utf-8") for name in ("own.txt", "kbbi.txt"))
    return tuple(
        {letters: "\n" + "".join(lines) for letters, lines in groupby(text.splitlines(keepends=True), _first_letters)}
        for text in texts
    )


def _first_letters(word: str) -> str:
    return word[:2]


def _word(plain: str) -> str | None:
    if "e" not in plain:
        return None
    for words in _words():
        lines = words.get(_first_letters(plain), "")
        at = lines.find(f"\n{plain} ")
        if at >= 0:
            begin = at + len(plain) + 2
            return lines[begin : lines.index("\n", begin)]
    return None


def _sounding(marked: str) -> str:
    """Glottal stops and diphthongs written out."""
    text = _BANK.sub("ngk", marked)
    text = _GLOTTAL_K.sub("'", _GLOTTAL_WITHIN.sub("'", text))
    text = _EQUAL_VOWELS.sub(lambda match: f"{match[0][0]}'{match[0][1]}", text)
    text = _DIPHTHONG.sub(lambda match: _ONE_SOUND[match[0]], _DIPHTHONG_WITHIN.sub(_within, text))
    for written, sounding in _GLIDES:
        text = text.replace(written, sounding)
    return text


def _within(match: re.Match[str]) -> str:
    return match[0][:-2] + _ONE_SOUND[match[0][-2:]]
