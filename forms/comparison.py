"""Two versions of a form, question by question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from forms.definition.model import Control, Formula, Item, NodeDefinition, Text, TextSource
from forms.definition.reader import FormDefinition
from forms.form import Form


class DifferenceKind(StrEnum):
    """What happened to a question."""

    added = "added"
    removed = "removed"
    changed = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. ``name`` is the question's path; ``what`` is blank for a whole question, else what of it changed."""

    kind: DifferenceKind
    name: str
    what: str
    old: str
    new: str


def compare(old: Form, new: Form) -> tuple[Difference, ...]:
    """All differences from ``old`` to ``new``: of the form itself, then by question in the order of the new form."""
    found = [
        Difference(DifferenceKind.changed, "", what, before, after)
        for what, before, after in (
            ("title", old.title, new.title),
            ("identifier", old.id, new.id),
            ("languages", ", ".join(old.languages), ", ".join(new.languages)),
        )
        if before != after
    ]
    olds, news = old.definition.nodes, new.definition.nodes
    for path, node in news.items():
        if path not in olds:
            label = dict(_properties(new.definition, node)).get("label", "")
            found.append(Difference(DifferenceKind.added, path, "", "", label))
        else:
            found.extend(_changes(old.definition, olds[path], new.definition, node))
    for path, node in olds.items():
        if path not in news:
            label = dict(_properties(old.definition, node)).get("label", "")
            found.append(Difference(DifferenceKind.removed, path, "", label, ""))
    shared_old = [path for path in olds if path in news]
    shared_new = [path for path in news if path in olds]
    if shared_old != shared_new:
        moved = next(one for one, other in zip(shared_new, shared_old, strict=True) if one != other)
        found.append(Difference(DifferenceKind.changed, moved, "order", "", ""))
    return tuple(found)


def _changes(
    old: FormDefinition, before: NodeDefinition, new: FormDefinition, after: NodeDefinition
) -> Iterator[Difference]:
    olds, news = dict(_properties(old, before)), dict(_properties(new, after))
    for what in dict.fromkeys([*news, *olds]):
        one, other = olds.get(what, ""), news.get(what, "")
        if one != other:
            yield Difference(DifferenceKind.changed, after.path, what, one, other)


def _properties(form: FormDefinition, node: NodeDefinition) -> Iterator[tuple[str, str]]:
    bind = node.bind
    yield "question", node.kind.value
    yield "type", bind.data_type
    yield "default", node.default
    for what, formula in (
        ("calculation", bind.calculate),
        ("relevant", bind.relevant),
        ("read only", bind.readonly),
        ("required", bind.required),
        ("constraint", bind.constraint),
        ("repeat count", node.count),
    ):
        yield what, "" if formula is None else formula.source.strip()
    yield from _texts(form, "constraint message", bind.constraint_message)
    yield from _texts(form, "required message", bind.required_message)
    if node.control is not None:
        yield from _control(form, node.control)


def _control(form: FormDefinition, control: Control) -> Iterator[tuple[str, str]]:
    yield from _texts(form, "label", control.label)
    yield from _texts(form, "hint", control.hint)
    yield "appearance", " ".join(sorted(control.appearances))
    yield "media type", control.media_type
    if control.range is not None:
        yield "range", f"{control.range.start} – {control.range.end}, step {control.range.step}"
    if control.items:
        yield "choices", "\n".join(_item(form, item) for item in control.items)
    if control.itemset is not None:
        yield "choice filter", control.itemset.nodes.source
        yield "choices", _listed(form, control.itemset.nodes.source)


def _item(form: FormDefinition, item: Item) -> str:
    texts = dict(_texts(form, "label", item.label))
    return f"{item.value}: {texts.get('label', '')}"


def _listed(form: FormDefinition, nodeset: str) -> str:
    """The values of a list inside the form; blank for lists in files."""
    for name, source in form.instances.items():
        if not source.name and (f"'{name}'" in nodeset or f'"{name}"' in nodeset):
            rows = [node for node in source.node.walk() if node.name == "item"]
            return "\n".join(" | ".join(f"{cell.name}={cell.string_value()}" for cell in row.elements) for row in rows)
    return ""


def _texts(form: FormDefinition, what: str, source: TextSource | None) -> Iterator[tuple[str, str]]:
    """The words in the default language under ``what``, those of other languages under ``what [language]``."""
    if source is None:
        return
    if source.static_identifier is None:
        yield what, _words(source.words)
        return
    for language, texts in form.translations.items():
        translation = texts.get(source.static_identifier)
        key = what if language == form.default_language else f"{what} [{language}]"
        if translation is not None:
            yield key, _words(translation.text)
            if translation.guidance is not None:
                yield f"{key}, guidance", _words(translation.guidance)
            for kind, file in translation.media.items():
                yield f"{key}, {kind}", file


def _words(text: Text | None) -> str:
    if text is None:
        return ""
    return "".join(f"[{part.source.strip()}]" if isinstance(part, Formula) else part for part in text.parts)
