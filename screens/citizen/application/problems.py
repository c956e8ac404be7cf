"""What is wrong or odd about an answer, and what to do about it: in the citizen's language, about this field alone."""

from collections.abc import Iterator, Sequence
from typing import Final

from forms import FormSession, Kind, Node
from kiosk.session import nik as nik_rules
from kiosk.session.nik import Nik, NikProblem
from protocol.limits import NIK_DIGITS
from screens.citizen.follow_up.answers import Control, control_of, in_words, is_typed, layout_of
from screens.citizen.follow_up.purpose import asks_email, asks_name, asks_nik, is_email
from screens.look.widgets.entry import Layout
from screens.navigation.flow import Flow

#: What is told where an answer is missing and the form has no words of its own for it.
_MISSING: Final = {
    Control.ONE: "form.problem.required.choose",
    Control.SEVERAL: "form.problem.required.choose",
    Control.RANGE: "form.problem.required.choose",
    Control.PHOTO: "form.problem.required.photo",
    Control.SIGNATURE: "form.problem.required.sign",
    Control.TRIGGER: "form.problem.required.tick",
}
_NUMBERS: Final = frozenset({"int", "decimal"})


def wrong(flow: Flow, form: FormSession, node: Node) -> str:
    """Why the answer cannot stay as it is; "" when nothing is wrong with it."""
    if is_typed(node) and layout_of(node) is Layout.NIK and node.value:
        digits = _digits_wrong(flow, node)
        if digits:
            return digits
    violation = node.violation
    if violation is None:
        mistyped = is_typed(node) and node.value and asks_email(node) and not is_email(node.value)
        return flow.texts("form.problem.email") if mistyped else ""
    if violation.kind == "required":
        return violation.message or flow.texts(_MISSING.get(control_of(node), "form.problem.required"))
    # The digits are right: what the form holds against a NIK is, nearly always, whose it is.
    same = _same(form, node) if asks_nik(node) else None
    if same is not None:
        return flow.texts("form.problem.same", what=_named(same, node))
    if violation.message:
        return violation.message
    length = node.exact_length
    if length is not None and len(node.value) != length:
        return flow.texts.count("form.problem.length", length)
    return flow.texts("form.problem.constraint")


def unfit(flow: Flow, node: Node) -> str:
    """Why what was given cannot be kept in the form at all."""
    limits, number = node.range, flow.formatting.number
    if limits is not None:
        low, high = sorted((float(limits.start), float(limits.end)))
        return flow.texts("form.problem.range", low=number(low), high=number(high))
    return flow.texts("form.problem.number_size" if node.data_type in _NUMBERS else "form.problem.type")


def odd(flow: Flow, node: Node) -> str:
    """What is to be looked at once more, and may be right all the same."""
    if not node.value or not is_typed(node):
        return ""
    again = _twin(node)
    if again is not None:
        return flow.texts("form.odd.again", what=_named(again, node))
    found = nik_rules.check(node.value) if asks_nik(node) else None
    if isinstance(found, Nik):
        warned = nik_rules.warnings(found, known_regions=flow.known_regions())
        return flow.texts(warned[0].text_key) if warned else ""
    return ""


def twins(flow: Flow, below: Node) -> tuple[str, ...]:
    """Those who stand twice among the several of one kind, anywhere below a node of the form: a sentence for each."""
    found = []
    for node in _leaves(below):
        if node.relevant and node.value and is_typed(node) and _twin(node) is not None:
            instance = _instance(node)
            repeat = instance.parent if instance is not None else None
            group = (repeat.label if repeat is not None else "") or ""
            found.append(flow.texts("review.twice", what=in_words(node, flow.formatting, flow.texts), where=group))
    return tuple(dict.fromkeys(found))


def _digits_wrong(flow: Flow, node: Node) -> str:
    """What is wrong with a number of sixteen digits by itself."""
    named = asks_nik(node)
    found = nik_rules.check(node.value)
    missing = NIK_DIGITS - len(node.value)
    if found is NikProblem.TOO_SHORT:
        sentence = flow.texts("nik.problem.too_short" if named else "form.problem.sixteen")
        return f"{sentence} {flow.texts.count('identify.digits_missing', missing)}"
    if found in (NikProblem.TOO_LONG, NikProblem.NOT_DIGITS) and not named:
        return flow.texts("form.problem.sixteen")
    return flow.texts(found.text_key) if named and isinstance(found, NikProblem) else ""


def _same(form: FormSession, node: Node) -> Node | None:
    """Another question for a NIK with the same answer: the first one of the form."""
    return next(
        (
            other
            for other in form.nodes.values()
            if other is not node and other.value == node.value and other.relevant and asks_nik(other)
        ),
        None,
    )


def _twin(node: Node) -> Node | None:
    """The same question, answered alike, of another of the several: of a NIK, or of a name where no NIK is asked for.

    One person may well stand twice, with two changes of theirs: it is asked about, never refused. A form that knows better
    says so in a constraint.
    """
    instance = _instance(node)
    if instance is None or instance.parent is None or not (asks_nik(node) or asks_name(node)):
        return None
    if not asks_nik(node) and any(asks_nik(each) for each in _leaves(instance)):
        return None
    for other in instance.parent.children:
        if other is instance:
            continue
        for leaf in _leaves(other):
            if leaf.name == node.name and leaf.relevant and _folded(leaf) == _folded(node):
                return leaf
    return None


def _folded(node: Node) -> str:
    return " ".join(node.value.split()).casefold()


def _instance(node: Node) -> Node | None:
    above = node.parent
    while above is not None and above.kind is not Kind.REPEAT_INSTANCE:
        above = above.parent
    return above


def _leaves(node: Node) -> Iterator[Node]:
    members: Sequence[Node] = node.children
    for child in members:
        if child.children:
            yield from _leaves(child)
        else:
            yield child


def _named(other: Node, asked: Node) -> str:
    """Whose answer it is: of one of several its number and name, else the question."""
    instance = _instance(other)
    if instance is None or instance.parent is None:
        return other.label or other.name
    number = list(instance.parent.children).index(instance) + 1
    names = [leaf for leaf in _leaves(instance) if asks_name(leaf) and leaf.value and leaf.name != asked.name]
    sentence = f"{number}. {names[0].value}" if names else f"{number}"
    group = instance.parent.label or ""
    return f"{group} {sentence}".strip()
