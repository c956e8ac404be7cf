"""What a complaint is about: the choices of the form's two questions that its service names, and how they are called.

A case keeps the choice's value, by which lists and counts go. Its words are those of the form that it was filled in with.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from forms import Form, Kind
from protocol.messages import Content
from protocol.packs import ServiceDescription
from server.cases.filled_forms import FALLBACK, form_language, form_of
from server.catalogue.pack_content import Services

#: Services in their languages whose words are kept in memory.
KEPT: Final = 64
_LENGTH: Final = 64

#: By a question's value.
Words = Mapping[str, str]


class ComplaintTopics:
    """Thread-safe."""

    def __init__(self, packs: Services) -> None:
        self._packs = packs
        self._words = lru_cache(KEPT)(self._read)

    def words(self, pack: int, service_id: str, language: str) -> tuple[Words, Words]:
        """What the values of classification and topic are called; empty where the form cannot be opened any more."""
        return self._words(pack, service_id, language)

    def chosen(
        self, pack: int, description: ServiceDescription, form: Form | None, content: Content
    ) -> tuple[str, str]:
        """Classification and topic as values; "" for what was not chosen, or is none of the form's choices.

        Nothing else is taken: what somebody wrote is not for lists.
        """
        questions = (description.classification_question, description.topic_question)
        if form is None or not any(questions):
            return "", ""
        try:
            sent = {entry.name: entry.value for entry in form.read(content.instance.encode()).walk()}
        except ValueError:
            return "", ""
        words = self.words(pack, description.id, FALLBACK)
        classification, topic = (
            value if (value := sent.get(name, "")) in known and len(value) <= _LENGTH else ""
            for name, known in zip(questions, words, strict=True)
        )
        return classification, topic

    def _read(self, pack: int, service_id: str, language: str) -> tuple[Words, Words]:
        service = self._packs.service(pack, service_id)
        form = None if service is None else form_of(service)
        if service is None or form is None:
            return {}, {}
        session = form.open(language=form_language(form, language))
        nodes = {node.name: node for node in session.nodes.values() if node.kind is Kind.SELECT1}
        description = service.description
        classification, topic = (
            {choice.value: choice.label.strip() for choice in nodes[name].choices} if name in nodes else {}
            for name in (description.classification_question, description.topic_question)
        )
        return classification, topic
