"""What a typed question is for, as far as its form tells: somebody's NIK, another number of sixteen digits, a name.

Forms come from many offices and from ODK. What counts is what an author writes for that reason alone: the question's name, the
keys that it asks for, and its constraint; never the label, which is another one in each language.
"""

import re
from functools import lru_cache
from typing import Final

from forms import Kind, Node
from protocol.limits import NIK_DIGITS

#: A number of sixteen digits that passes every pattern for a NIK, and for the number of a family card.
_SAMPLE: Final = "3578011708900001"
_NUMBER_WORDS: Final = frozenset({"no", "nomor", "nomer", "number", "num"})
_NAME_WORDS: Final = frozenset({"nama", "asma", "name", "names", "surname"})
#: A place for prose, whatever the question is called.
_PROSE: Final = frozenset({"multiline", "email"})
_EMAIL_WORDS: Final = frozenset({"email", "surel"})
#: As far as it can be told by looking at it: something, the sign, and a domain of at least two parts.
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)*\.[^@\s.]{2,}")
_TYPES: Final = frozenset({"string", "barcode"})
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD: Final = re.compile(r"[a-z]+")


def asks_nik(node: Node) -> bool:
    """Whether somebody's NIK answers it: ``nik``, ``nik_ibu``, ``no_ktp``, ``nikIbu``; ``alasan_ubah_nik`` only where the form
    asks for digits as well."""
    if not _takes_text(node):
        return False
    words = words_of(node.name)
    if words[:1] == ("nik",) or (words[:1] and words[0] in _NUMBER_WORDS and words[1:2] in (("nik",), ("ktp",))):
        return True
    return bool({"nik", "ktp"} & set(words)) and (_only_digits(node) or asks_sixteen(node))


def asks_sixteen(node: Node) -> bool:
    """Whether sixteen digits answer it, no more and no fewer: a NIK, the number of a family card."""
    if not _takes_text(node):
        return False
    if node.exact_length is not None:
        return node.exact_length == NIK_DIGITS and (_only_digits(node) or any(map(_is_sixteen, node.patterns)))
    return any(map(_is_sixteen, node.patterns))


def asks_name(node: Node) -> bool:
    """Whether a name answers it, of somebody or of something: each of its words begins with a capital letter."""
    return _takes_text(node) and not _only_digits(node) and not _NAME_WORDS.isdisjoint(words_of(node.name))


def asks_email(node: Node) -> bool:
    """Whether an address for e-mail answers it: its keys say so, or its name (``email``, ``alamat_email``, ``surel_pemohon``)."""
    if node.kind is not Kind.INPUT or node.data_type not in _TYPES or "multiline" in node.appearance:
        return False
    words = words_of(node.name)
    named = not _EMAIL_WORDS.isdisjoint(words[:1]) or (
        words[:1] == ("alamat",) and not _EMAIL_WORDS.isdisjoint(words[1:2])
    )
    return "email" in node.appearance or (named and not _only_digits(node))


def is_email(text: str) -> bool:
    """Whether it can be an address for e-mail."""
    return _EMAIL.fullmatch(text) is not None


@lru_cache(maxsize=512)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a question's name, in small letters: ``nik_ibu``, ``nikIbu`` and ``NIK-ibu2`` have the same two."""
    return tuple(_WORD.findall(_HUMP.sub("_", name).lower()))


def _takes_text(node: Node) -> bool:
    return node.kind is Kind.INPUT and node.data_type in _TYPES and _PROSE.isdisjoint(node.appearance)


def _only_digits(node: Node) -> bool:
    return "numbers" in node.appearance


@lru_cache(maxsize=512)
def _is_sixteen(pattern: str) -> bool:
    """Whether sixteen digits match and neither one more, nor one fewer, nor letters do."""
    try:
        matches = re.compile(pattern).fullmatch
    except re.error:
        return False
    others = (_SAMPLE[:-1], f"{_SAMPLE}1", "A" * NIK_DIGITS, "")
    return bool(matches(_SAMPLE)) and not any(map(matches, others))
