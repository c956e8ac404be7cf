"""Search over services that forgives typing errors and endings."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kiosk.catalogue.service import Service
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    from rapidfuzz import fuzz
    from rapidfuzz.distance import OSA
else:
    fuzz, OSA = when_wanted("rapidfuzz.fuzz"), when_wanted("rapidfuzz.distance.OSA")

QUERY_LENGTH: Final = 80
_WORD: Final = re.compile(r"[a-z0-9]+")
#: Common Indonesian and English endings and beginnings; what is left need not be a word, only the same on both sides.
_PREFIXES: Final = (
    "memper",
    "meng",
    "meny",
    "mem",
    "men",
    "peng",
    "peny",
    "pem",
    "pen",
    "ber",
    "ter",
    "me",
    "pe",
    "di",
)
_SUFFIXES: Final = ("annya", "kan", "nya", "ing", "an", "es", "s", "i")
_STEM_LENGTH: Final = 4
_OWN_LANGUAGE: Final = 1.05
_THRESHOLD: Final = 0.6
_NAME, _KEYWORD, _AGENCY, _SUMMARY = 1.0, 0.95, 0.75, 0.6


def words(text: str) -> tuple[str, ...]:
    """Lower-case words without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return tuple(_WORD.findall("".join(character for character in plain if not unicodedata.combining(character))))


def stem(word: str) -> str:
    """``word`` without one common beginning and one common ending, at least four characters long."""
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= _STEM_LENGTH:
            word = word[len(prefix) :]
            break
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _STEM_LENGTH:
            return word[: -len(suffix)]
    return word


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a word stands."""

    service: str
    language: str
    weight: float


class ServiceIndex:
    """Words of names, keywords, agencies and summaries in all languages; each word once, with where it stands."""

    def __init__(self, services: Iterable[Service]) -> None:
        self._order: dict[str, int] = {}
        self._places: dict[str, set[_Place]] = {}
        for service in services:
            self._order[service.id] = len(self._order)
            for weight, texts in (
                (_NAME, service.name),
                (_AGENCY, service.agency.name),
                (_SUMMARY, service.summary),
            ):
                for language, text in texts.by_language.items():
                    self._add(_Place(service.id, language, weight), text)
            for language, keywords in service.keywords.by_language.items():
                for keyword in keywords:
                    self._add(_Place(service.id, language, _KEYWORD), keyword)
        self._stems = {word: stem(word) for word in self._places}

    def search(self, query: str, language: str, limit: int) -> tuple[str, ...]:
        """Ids of services, best first: those in which every word of the query is found somewhere; where there is none,
        those in which at least half of the words are."""
        asked = words(query[:QUERY_LENGTH])
        if not asked:
            return ()
        per_word = [self._scores(word, language) for word in asked]
        whole: dict[str, float] = {}
        partly: dict[str, float] = {}
        for service in self._order:
            scores = [each.get(service, 0.0) for each in per_word]
            found = [score for score in scores if score >= _THRESHOLD * _SUMMARY]
            if len(found) == len(asked):
                whole[service] = sum(found) / len(asked)
            elif 2 * len(found) >= len(asked) and max(found) >= _THRESHOLD:
                partly[service] = sum(found) / len(asked)
        scored = whole or partly
        return tuple(sorted(scored, key=lambda service: (-scored[service], self._order[service]))[:limit])

    def _scores(self, asked: str, language: str) -> dict[str, float]:
        """How well each service that has something like the word has it."""
        best: dict[str, float] = {}
        root = stem(asked)
        for word, places in self._places.items():
            likeness = _likeness(asked, root, word, self._stems[word])
            if not likeness:
                continue
            for place in places:
                score = likeness * place.weight * (_OWN_LANGUAGE if place.language == language else 1.0)
                if score > best.get(place.service, 0.0):
                    best[place.service] = score
        return best

    def _add(self, place: _Place, text: str) -> None:
        for word in words(text):
            self._places.setdefault(word, set()).add(place)


def _likeness(asked: str, asked_root: str, word: str, root: str) -> float:
    """1 for the same word, less for its beginning, another ending or a typing error, 0 for something else."""
    if asked == word:
        return 1.0
    if word.startswith(asked) and len(asked) >= 2:
        return 0.9 + 0.1 * len(asked) / len(word)
    if asked_root == root:
        return 0.9
    if len(asked) < _STEM_LENGTH:
        return 0.0
    allowed = 1 if len(asked) < 7 else 2
    if OSA.distance(asked, word, score_cutoff=allowed) <= allowed:
        return 0.85 * fuzz.ratio(asked, word) / 100
    start = word[: len(asked)]
    if OSA.distance(asked, start, score_cutoff=1) <= 1:
        return 0.75 * fuzz.ratio(asked, start) / 100
    return 0.0
