"""The terms under which a case is found: words, the beginnings of a name's words, numbers, likeness of long texts.

In the clear only here, in memory; what is kept of a term is ``Vault.term`` of it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocol.messages import Content
from server.cases.anonymity import SECRET
from server.cases.finding.filled import Filled, answers_of, name_of

#: Of one case; what comes first in its form comes first.
TERMS_PER_CASE: Final = 60
#: A name is found by so many letters of one of its words, and by every letter more up to the second number; then whole.
LEAST_LETTERS: Final = 3
MOST_LETTERS: Final = 6
#: A word of another answer has so many letters; a number so many digits.
WORD_LETTERS: Final = 4
NUMBER_DIGITS: Final = 6
WORD_MOST: Final = 40
#: Words that stand in nearly every text and find nothing.
STOP_WORDS: Final = frozenset(
    [
        "yang",
        "untuk",
        "dengan",
        "dari",
        "pada",
        "dalam",
        "adalah",
        "akan",
        "atau",
        "juga",
        "karena",
        "sudah",
        "belum",
        "tidak",
        "saya",
        "kami",
        "kita",
        "mereka",
        "ini",
        "itu",
        "bisa",
        "dapat",
        "oleh",
        "agar",
        "saat",
        "lagi",
        "sangat",
        "mohon",
        "tolong",
        "with",
        "that",
        "this",
        "from",
        "have",
    ]
)
#: A text of so many words is compared with others.
LONG_TEXT_WORDS: Final = 8
#: Minimum hashes in bands: texts that share 8 of 10 words share a band in 98 of 100 cases, those that share 1 of 10 in
#: 1 of 1,000.
BANDS: Final = 8
ROWS: Final = 4
_PRIME: Final = np.uint64((1 << 31) - 1)
_SEEDS: Final = np.random.default_rng(20261130).integers(1, (1 << 31) - 1, (2, BANDS * ROWS), dtype=np.uint64)

_SEPARATED: Final = re.compile(r"[^\W_]+")
_GROUPED_DIGITS: Final = re.compile(r"(?<=\d)[ .\-](?=\d)")

WORD: Final = "w"
TEXT: Final = "t"
PICTURE: Final = "p"
#: A picture's mark is cut into so many parts, of bits from all over it; pictures that differ in fewer share one.
PICTURE_BANDS: Final = 8


def words_of(text: str) -> list[str]:
    """In small letters, without accents; numbers as one word however their digits are grouped."""
    plain = unicodedata.normalize("NFKD", _GROUPED_DIGITS.sub("", text).casefold())
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return [word[:WORD_MOST] for word in _SEPARATED.findall(kept)]


def terms_of(content: Content) -> list[tuple[str, str]]:
    """(kind, term) of a submission as it is kept, each once. Of a secret complaint there are none: nobody finds it."""
    if content.privacy == SECRET:
        return []
    answers = answers_of(content.instance, without=frozenset(one.name for one in content.attachments))
    found = [(WORD, term) for term in _words(content, answers)]
    found = list(dict.fromkeys(found))[:TERMS_PER_CASE]
    return found + [(TEXT, band) for band in dict.fromkeys(_bands(answers))]


def long_texts(answers: Iterable[Filled]) -> Iterator[list[str]]:
    """The words of each text that is long enough to be compared."""
    for one in answers:
        words = _telling(words_of(one.text))
        if len(words) >= LONG_TEXT_WORDS:
            yield words


def bands_of(words: Iterable[str]) -> list[str]:
    """What a text shares with texts that are like it."""
    codes = np.array(
        [int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), "big") >> 1 for word in set(words)],
        dtype=np.uint64,
    )
    hashed: NDArray[np.uint64] = (codes[:, None] * _SEEDS[0] + _SEEDS[1]) % _PRIME
    least = hashed.min(axis=0).reshape(BANDS, ROWS)
    return [f"{place}:{row.tobytes().hex()}" for place, row in enumerate(least)]


def bands_of_mark(mark: bytes) -> list[str]:
    """What a picture's mark shares with those that are nearly the same."""
    bits = f"{int.from_bytes(mark, 'big'):0{len(mark) * 8}b}"
    return [f"{place}:{bits[place::PICTURE_BANDS]}" for place in range(PICTURE_BANDS)]


def _words(content: Content, answers: tuple[Filled, ...]) -> Iterator[str]:
    if content.identity is not None:
        yield content.identity.nik
    for word in words_of(name_of(answers)):
        yield from (word[:letters] for letters in range(LEAST_LETTERS, min(len(word), MOST_LETTERS) + 1))
        yield word
    for one in answers:
        if one.is_name:
            yield from words_of(one.text)
    for one in answers:
        yield from _telling(words_of(one.text))


def _telling(words: Iterable[str]) -> list[str]:
    return [word for word in words if len(word) >= _least(word) and word not in STOP_WORDS]


def _least(word: str) -> int:
    return NUMBER_DIGITS if word.isdigit() else WORD_LETTERS


def _bands(answers: tuple[Filled, ...]) -> Iterator[str]:
    for words in long_texts(answers):
        yield from bands_of(words)
