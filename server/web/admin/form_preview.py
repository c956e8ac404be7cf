"""A form's questions as an administrator sees them before publishing: all of them, also those asked only sometimes."""

from dataclasses import dataclass
from typing import Final

from forms import Form, FormSession, Node
from server.cases.filled_forms import form_language

CHOICES_SHOWN: Final = 12
_HIDDEN: Final = frozenset({"MODEL_VALUE"})
_GROUPS: Final = frozenset({"GROUP", "REPEAT", "REPEAT_INSTANCE"})


@dataclass(frozen=True)
class Question:
    name: str
    label: str
    hint: str
    #: Key of a text below ``kind.``.
    kind: str
    depth: int
    required: bool
    #: Asked from the start; others depend on answers.
    always: bool
    choices: tuple[str, ...]
    more_choices: int


def questions(form: Form, language: str) -> tuple[Question, ...]:
    """In the form's order; groups stand before what is in them."""
    session = form.open(language=form_language(form, language))
    return tuple(_below(session, session.root, 0))


def _below(session: FormSession, node: Node, depth: int) -> list[Question]:
    found: list[Question] = []
    for child in node.children:
        kind = str(child.kind)
        if kind in _HIDDEN:
            continue
        # An instance is no step of its own: what is asked stands right below its repeat.
        shown = kind not in _GROUPS or (bool(child.label) and kind != "REPEAT_INSTANCE")
        if shown:
            found.append(_question(child, kind, depth))
        if kind == "REPEAT" and not child.children and child.can_add:
            # One empty instance shows what is asked in each.
            session.add_repeat(child.ref)
        if kind in _GROUPS:
            found.extend(_below(session, child, depth + 1 if shown else depth))
    return found


def _question(node: Node, kind: str, depth: int) -> Question:
    labels = [choice.label or choice.value for choice in node.choices] if kind not in _GROUPS else []
    return Question(
        name=node.name,
        label=node.label or node.name,
        hint=node.hint or "",
        kind=node.data_type if kind == "INPUT" else kind.lower(),
        depth=depth,
        required=node.required,
        always=node.relevant,
        choices=tuple(labels[:CHOICES_SHOWN]),
        more_choices=max(0, len(labels) - CHOICES_SHOWN),
    )
