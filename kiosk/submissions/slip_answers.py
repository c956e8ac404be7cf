"""What a slip repeats of the answers: where somebody is expected, and when.

Which questions stands in the service (``slip.answers``). Only choices, dates and times are repeated, whatever it says: a slip
that was left in the printer tells nobody's name or number.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from forms import FormSession, Kind, Node
from kiosk.catalogue.service import Service
from kiosk.text import Text
from protocol.formats import Formatting
from protocol.packs import SLIP_ANSWERS

_CHOICES: Final = (Kind.SELECT1, Kind.SELECT)
_LABEL: Final = "answer_{}"
_VALUE: Final = "answer_{}_value"


def answer_texts(service: Service, form: FormSession, language: str, zone: str) -> dict[str, Mapping[str, str]]:
    """What a receipt keeps of them, in the language that the form was filled in."""
    formatting = Formatting(language, zone)
    texts: dict[str, Mapping[str, str]] = {}
    for place, (label, words) in enumerate(_repeated(service, form, formatting)):
        texts[_LABEL.format(place)] = {language: label}
        texts[_VALUE.format(place)] = {language: words}
    return texts


def slip_answers(texts: Mapping[str, Any], language: str) -> tuple[tuple[str, str], ...]:
    """Labels and answers, from what a receipt keeps."""
    return tuple(
        (Text(texts[_LABEL.format(place)]).get(language), Text(texts.get(_VALUE.format(place), {})).get(language))
        for place in range(SLIP_ANSWERS)
        if _LABEL.format(place) in texts
    )


def _repeated(service: Service, form: FormSession, formatting: Formatting) -> Iterator[tuple[str, str]]:
    asked = {node.name: node for node in form.nodes.values() if node.relevant}
    for name in service.slip.answers[:SLIP_ANSWERS]:
        node = asked.get(name)
        words = "" if node is None else _in_words(node, formatting)
        if node is not None and words:
            yield node.label or node.name, words


def _in_words(node: Node, formatting: Formatting) -> str:
    if node.kind in _CHOICES:
        return ", ".join(node.labels(node.value))
    return formatting.appointment(node.data_type, node.value)
