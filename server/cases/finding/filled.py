"""What a filled form holds, as far as finding a case needs it: its answers by name, who it is about, what it is about.

Read off the instance itself, without its form, because it is done for every submission within the intake's transaction.
What a question is for is read off its name, as kiosks do (decision 133).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

#: What stands in a list must not push the rest of it out of sight.
NAME_CHARACTERS: Final = 80
TOPIC_CHARACTERS: Final = 80
_NAMES: Final = frozenset({"nama", "asma", "name", "fullname"})
_TOPICS: Final = frozenset({"topik", "topic", "perihal", "subject", "keperluan", "purpose", "peristiwa"})
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD: Final = re.compile(r"[a-z]+")
_META: Final = "meta"


@dataclass(frozen=True)
class Filled:
    """One answer. ``path``: the names of the elements from below the root to its own."""

    path: tuple[str, ...]
    text: str

    @property
    def words(self) -> frozenset[str]:
        """The words of the question's name."""
        return frozenset(_WORD.findall(_HUMP.sub("_", self.path[-1]).lower()))

    @property
    def is_name(self) -> bool:
        return not _NAMES.isdisjoint(self.words)

    @property
    def is_topic(self) -> bool:
        return not _TOPICS.isdisjoint(self.words)


def answers_of(instance: str, *, without: frozenset[str] = frozenset()) -> tuple[Filled, ...]:
    """All answers of an instance in their order, but those whose text is one of ``without`` (files' names).

    Empty for what is no XML: the intake has refused such a submission before.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(instance.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return ()
    return tuple(one for one in _answers(root, ()) if one.text not in without)


def name_of(answers: tuple[Filled, ...]) -> str:
    """The first name that the form asks for: it asks who one is before it asks for others."""
    return next((_line(one.text)[:NAME_CHARACTERS] for one in answers if one.is_name), "")


def topic_of(answers: tuple[Filled, ...]) -> Filled | None:
    """The answer that says what it is about."""
    found = next((one for one in answers if one.is_topic), None)
    return None if found is None else Filled(found.path, _line(found.text)[:TOPIC_CHARACTERS])


def _answers(element: etree._Element, path: tuple[str, ...]) -> Iterator[Filled]:
    for child in element.iterchildren(etree.Element):
        name = etree.QName(child).localname
        if name == _META:
            continue
        here = (*path, name)
        if len(child):
            yield from _answers(child, here)
        elif child.text and (text := child.text.strip()):
            yield Filled(here, text)


def _line(text: str) -> str:
    return " ".join(text.split())
