"""What a case is about, in words: the label of the choice that its headline holds as a value."""

from functools import lru_cache
from typing import Final

from lxml import etree

from server.cases.filled_forms import form_language, form_of
from server.cases.finding.headlines import Headline
from server.catalogue.packs import PackRepository

#: Labels that are kept in memory; a city has hundreds.
KEPT: Final = 2_000


class TopicWords:
    """Any thread. A form is read once for each of its topics, not for each case."""

    def __init__(self, packs: PackRepository) -> None:
        self._packs = packs
        self._words = lru_cache(KEPT)(self._read)

    def say(self, headline: Headline, pack_version: int, service_id: str, language: str) -> str:
        """ "" where the form asks for none; what was typed where it is no choice."""
        if not headline.topic:
            return ""
        return self._words(pack_version, service_id, language, headline.topic_path, headline.topic)

    def _read(self, pack_version: int, service_id: str, language: str, path: tuple[str, ...], value: str) -> str:
        service = self._packs.service(pack_version, service_id)
        form = None if service is None else form_of(service)
        if form is None:
            return value
        root = etree.Element(form.definition.root.local_name)
        last = root
        for name in path:
            last = etree.SubElement(last, name)
        last.text = value
        try:
            reading = form.read(etree.tostring(root), language=form_language(form, language))
        except ValueError:
            return value
        found = next((one for one in reading.walk() if one.value == value and one.name == path[-1]), None)
        return ", ".join(found.chosen) if found is not None and found.chosen else value
