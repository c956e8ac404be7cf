"""The form's body: which control shows which node."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from forms.definition.external_choices import LABEL, TEXT_ID, VALUE, queried_list
from forms.definition.formulas import Formulas
from forms.definition.model import Control, Item, Itemset, Range, Text, TextSource
from forms.definition.texts import read_source
from forms.errors import Problem
from forms.xmltree import JAVAROSA, XmlNode

CONTROLS = frozenset({"input", "range", "rank", "secret", "select", "select1", "trigger", "upload"})
STRUCTURE = frozenset({"group", "repeat"})
_SUPPORT = frozenset({"hint", "item", "itemset", "label", "setvalue", "setgeopoint", "value"})


def resolve(context: str, ref: str) -> str:
    """An absolute reference from one that may be relative to ``context``. Predicates are left out."""
    ref = re.sub(r"\[[^\]]*\]", "", ref.strip())
    if ref.startswith("/"):
        return ref
    steps = [step for step in context.split("/") if step]
    for step in ref.removeprefix("current()/").split("/"):
        step = step.strip()
        if step == "..":
            steps = steps[:-1]
        elif step and step != ".":
            steps.append(step)
    return "/" + "/".join(steps)


class BodyReader:
    """Reads controls; what they refer to is found by ``refs`` afterwards."""

    def __init__(self, formulas: Formulas, problems: list[Problem], bind_ids: dict[str, str], root: str) -> None:
        self.formulas = formulas
        self.problems = problems
        self.bind_ids = bind_ids
        self.root = root
        self.refs: dict[str, Control] = {}
        self.order: list[tuple[str | None, Control]] = []
        self.elements: list[tuple[str, XmlNode]] = []
        self.unknown: list[Problem] = []
        self.external_lists: set[str] = set()

    def read(self, body: XmlNode) -> list[Control]:
        """All controls of the body, in its order."""
        return self._children(body, self.root)

    def _children(self, parent: XmlNode, context: str) -> list[Control]:
        controls: list[Control] = []
        for element in parent.elements:
            if element.name in CONTROLS:
                control = self._control(element, context)
            elif element.name == "repeat":
                control = self._structure(element, context, None)
            elif element.name == "group":
                control = self._group(element, context)
            else:
                if element.name not in _SUPPORT:
                    self.unknown.append(
                        Problem(context, f"“{element.name}” is not shown; it is not part of ODK XForms.")
                    )
                continue
            if control is not None:
                controls.append(control)
        return controls

    def _ref(self, element: XmlNode, context: str) -> str | None:
        ref = element.attribute("ref") or element.attribute("nodeset")
        if ref is None:
            identifier = element.attribute("bind")
            ref = self.bind_ids.get(identifier) if identifier else None
        return None if ref is None else resolve(context, ref)

    def _group(self, element: XmlNode, context: str) -> Control | None:
        ref = self._ref(element, context)
        others = [child for child in element.elements if child.name not in ("label", "hint")]
        repeats = [child for child in element.named("repeat") if ref is not None and ref == self._ref(child, context)]
        if repeats and len(others) == 1:
            return self._structure(repeats[0], context, element)
        # A group that is around a repeat and other questions has the repeat's reference, but not its node.
        return self._structure(element, context, None, around=bool(repeats))

    def _structure(
        self, element: XmlNode, context: str, group: XmlNode | None, *, around: bool = False
    ) -> Control | None:
        ref = self._ref(element, context)
        if ref is None and element.name == "repeat":
            self.problems.append(Problem(context, "A repeat does not say which node it repeats."))
            return None
        control = Control(element.name, None)
        where = ref or context
        for source in (element, group):
            if source is not None:
                self._describe(control, source, where)
        if ref is not None and around:
            self.order.append((ref, control))
        elif ref is not None:
            self._register(ref, control, element)
        control.children = self._children(element, where)
        count = element.attribute("count", JAVAROSA)
        if count is not None:
            control.attributes["count"] = count
        fixed = element.attribute("noAddRemove", JAVAROSA)
        if fixed is not None:
            control.attributes["noAddRemove"] = fixed
        return control

    def _register(self, ref: str, control: Control, element: XmlNode) -> None:
        if ref in self.refs:
            self.unknown.append(Problem(ref, "Two controls show this node; only the first is used for its state."))
        else:
            self.refs[ref] = control
        self.order.append((ref, control))
        self.elements.append((ref, element))

    def _describe(self, control: Control, element: XmlNode, ref: str) -> None:
        for child in element.elements:
            if child.name == "label" and control.label is None:
                control.label = read_source(child, self.formulas, ref, "label")
            elif child.name == "hint" and control.hint is None:
                control.hint = read_source(child, self.formulas, ref, "hint")
        appearance = element.attribute("appearance")
        if appearance:
            control.appearances = control.appearances | frozenset(_tokens(appearance))

    def _control(self, element: XmlNode, context: str) -> Control | None:
        ref = self._ref(element, context)
        if ref is None:
            self.problems.append(Problem(context, f"A “{element.name}” does not say which node it is for."))
            return None
        query = element.attribute("query") if element.name == "input" else None
        external = None if query is None else self._external(query, ref)
        control = Control(element.name if external is None else "select1", None)
        control.itemset = external
        self._describe(control, element, ref)
        self._register(ref, control, element)
        control.media_type = element.attribute("mediatype") or ""
        rows = element.attribute("rows")
        control.rows = int(rows) if rows and rows.isdecimal() and len(rows) < 5 else None
        if element.name == "range":
            control.range = self._range(element, ref)
        elif element.name in ("select", "select1", "rank"):
            self._choices(control, element, ref)
        for attribute in element.attributes:
            if attribute.name not in ("ref", "nodeset", "bind", "appearance"):
                control.attributes[attribute.qualified_name] = attribute.text
        return control

    def _external(self, query: str, ref: str) -> Itemset | None:
        """The choices of a ``select_one_external``; None where the query asks for no list."""
        name = queried_list(query)
        nodes = self.formulas.read(query, ref, "list of choices") if name else None
        value = self.formulas.read(VALUE, ref, "value of the choices")
        label = self.formulas.read(LABEL, ref, "label of the choices")
        identifier = self.formulas.read(TEXT_ID, ref, "label of the choices")
        if name is None or nodes is None or value is None or label is None:
            return None
        self.external_lists.add(name)
        return Itemset(nodes, value, TextSource(Text((label,)), identifier, None))

    def _range(self, element: XmlNode, ref: str) -> Range | None:
        numbers: list[Decimal] = []
        for name in ("start", "end", "step"):
            try:
                number = Decimal((element.attribute(name) or "").strip())
            except InvalidOperation:
                number = Decimal("NaN")
            if not number.is_finite() or abs(number) > Decimal("1e15") or number.adjusted() < -15:
                self.problems.append(
                    Problem(ref, f"The range needs a number as its “{name}”.", "range.number", (("name", name),))
                )
                return None
            numbers.append(number)
        return Range(*numbers)

    def _choices(self, control: Control, element: XmlNode, ref: str) -> None:
        for itemset in element.named("itemset"):
            control.itemset = self._itemset(itemset, ref)
            return
        items: list[Item] = []
        for item in element.named("item"):
            value = next((child.string_value() for child in item.named("value")), None)
            if value is None:
                self.problems.append(Problem(ref, "A choice has no value."))
                continue
            label = next((read_source(child, self.formulas, ref, "choice") for child in item.named("label")), None)
            items.append(Item(value, label))
        control.items = tuple(items)

    def _itemset(self, element: XmlNode, ref: str) -> Itemset | None:
        nodeset = element.attribute("nodeset") or element.attribute("ref")
        if nodeset is None:
            self.problems.append(Problem(ref, "The list of choices does not say where its choices are."))
            return None
        nodes = self.formulas.read(nodeset, ref, "list of choices")
        value = next((child.attribute("ref") for child in element.named("value")), None) or "value"
        value_formula = self.formulas.read(value, ref, "value of the choices")
        label = next(
            (read_source(child, self.formulas, ref, "label of the choices") for child in element.named("label")), None
        )
        if nodes is None or value_formula is None:
            return None
        return Itemset(nodes, value_formula, label)


def _tokens(appearance: str) -> list[str]:
    """Words of an appearance; ``search('file')`` and the like stay whole."""
    return re.findall(r"[\w-]+\([^)]*\)|\S+", appearance)
