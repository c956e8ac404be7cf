"""A filled form as an officer reads it: its groups with their labels, choices in words, identity numbers masked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from forms import Form, FormError, Node, load_form
from server.pack_content import PackService
from server.web import phrases
from sync.protocol.messages import Content

#: NIK and family-card numbers, alone or within a sentence.
_IDENTITY: Final = re.compile(r"(?<!\d)\d{16}(?!\d)")
_LANGUAGE: Final = re.compile(r"\(([a-z]{2,3})\)\s*$")
_FORM_FILE: Final = "form.xml"
_SKIPPED: Final = frozenset({"NOTE", "MODEL_VALUE", "TRIGGER"})
_CHOICES: Final = frozenset({"SELECT1", "SELECT", "RANK"})


@dataclass(frozen=True)
class Answer:
    """A question and its answer, or (``kind`` "group") a heading with lines below."""

    label: str
    value: str = ""
    kind: str = "answer"
    lines: tuple["Answer", ...] = ()
    nested: bool = False


@dataclass(frozen=True)
class FilledForm:
    lines: tuple[Answer, ...]
    #: What the form calls an attachment, by file name.
    attachment_labels: Mapping[str, str]


def read(service: PackService | None, content: Content, language: str, *, reveal: bool = False) -> FilledForm | None:
    """The answers of ``content``; None when its form cannot be opened any more.

    Numbers of 16 digits are masked unless ``reveal``.
    """
    if service is None or _FORM_FILE not in service.files:
        return None
    resources = {name: data for name, data in service.files.items() if name != _FORM_FILE}
    try:
        form = load_form(service.files[_FORM_FILE], resources)
        session = form.open(instance=content.instance.encode(), language=form_language(form, language))
    except (FormError, ValueError):
        return None
    labels: dict[str, str] = {}
    return FilledForm(_lines(session.root, language, reveal, labels), labels)


def form_language(form: Form, language: str) -> str | None:
    """The form's name of ``language`` ("Bahasa Indonesia (id)" for id), or its default."""
    for name in form.languages:
        match = _LANGUAGE.search(name)
        if name == language or (match is not None and match[1] == language):
            return name
    return form.default_language or None


def mask(text: str) -> str:
    return _IDENTITY.sub(lambda found: phrases.masked_nik(found[0]), text)


def _lines(node: Node, language: str, reveal: bool, labels: dict[str, str]) -> tuple[Answer, ...]:
    found: list[Answer] = []
    for child in node.children:
        kind = str(child.kind)
        if not child.relevant or kind in _SKIPPED:
            continue
        label = child.label or ""
        if kind in ("GROUP", "REPEAT", "REPEAT_INSTANCE"):
            lines = _lines(child, language, reveal, labels)
            if kind == "REPEAT_INSTANCE":
                label = f"{label or node.label or ''} {len(found) + 1}".strip()
            if lines and label and kind != "REPEAT":
                found.append(Answer(label, kind="group", lines=lines, nested=kind == "REPEAT_INSTANCE"))
            else:
                found.extend(lines)
        elif kind == "UPLOAD":
            labels[child.value] = label or child.name
        else:
            value = _value(child, language)
            found.append(Answer(label or child.name, value if reveal else mask(value)))
    return tuple(found)


def _value(node: Node, language: str) -> str:
    kind = str(node.kind)
    if kind in _CHOICES:
        words = {choice.value: choice.label or choice.value for choice in node.choices}
        chosen: Sequence[str] = [node.value] if kind == "SELECT1" else node.value.split()
        return ", ".join(words.get(one, one) for one in chosen if one)
    if node.data_type == "date" and node.value:
        try:
            return phrases.day(date.fromisoformat(node.value[:10]), language)
        except ValueError:
            return node.value
    return node.value
