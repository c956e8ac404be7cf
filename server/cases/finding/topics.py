"""What a case is about, in words: the label of the choice that its headline holds as a value."""

import threading
from collections import OrderedDict
from typing import Final

from lxml import etree

from server.cases.filled_forms import form_language, form_of
from server.cases.finding.headlines import Headline
from server.catalogue.packs import PackRepository

#: Labels that are kept in memory; a city has hundreds.
KEPT: Final = 2_000

_Key = tuple[int, str, str, tuple[str, ...], str]


class TopicWords:
    """Any thread. A form is read once for each of its topics, not for each case."""

    def __init__(self, packs: PackRepository) -> None:
        self._packs = packs
        self._lock = threading.Lock()
        self._known: OrderedDict[_Key, str] = OrderedDict()

    def say(self, headline: Headline, pack_version: int, service_id: str, language: str) -> str:
        """ "" where the form asks for none; what was typed where it is no choice."""
        if not headline.topic:
            return ""
        key = (pack_version, service_id, language, headline.topic_path, headline.topic)
        with self._lock:
            known = self._known.get(key)
        if known is not None:
            return known
        words = self._label(*key)
        with self._lock:
            self._known[key] = words
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return words

    def _label(self, pack_version: int, service_id: str, language: str, path: tuple[str, ...], value: str) -> str:
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
