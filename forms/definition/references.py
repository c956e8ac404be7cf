"""Which definitions an expression reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.definition.model import NodeDefinition
from forms.xmltree import NodeKind
from forms.xpath import Work, XPathSyntaxError, parse, syntax
from forms.xpath.focus import operands

if TYPE_CHECKING:
    from forms.definition.reader import FormDefinition


@dataclass(frozen=True, slots=True)
class Reference:
    """One definition that is read.

    ``structure`` is True where what counts is how many there are and where, not the value. ``elsewhere`` is True where
    a predicate or an index may choose another instance of a repeat that the reader is in as well. ``guarded`` is True
    inside ``coalesce()``, ``if()``, and ``once()``, where a calculation may keep its own value. ``wild`` is True where
    a wildcard or a wide axis met the definition among others, as in ``count(/data/*)``.
    """

    target: NodeDefinition
    anchor: NodeDefinition
    structure: bool
    elsewhere: bool
    guarded: bool
    wild: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """A definition that a path has reached, over which anchor, and whether predicates and wildcards were passed."""

    node: NodeDefinition | None
    anchor: NodeDefinition
    chosen: bool
    wild: bool = False


_ALONGSIDE = frozenset({"following-sibling", "preceding-sibling"})
_ANYWHERE = frozenset({"following", "preceding"})


def references(form: FormDefinition, expression: syntax.Node, context: NodeDefinition, work: Work) -> list[Reference]:
    """All definitions that the expression reads when it is evaluated at ``context``.

    Raises XPathEvaluationError where the form's paths reach more than ``work`` allows.
    """
    walker = _Walker(form, context, work)
    walker.visit(expression, [_Place(context, context, False)])
    return list(walker.found)


class _Walker:
    def __init__(self, form: FormDefinition, context: NodeDefinition, work: Work) -> None:
        self.work = work
        self.root = form.root
        self.nodes = form.nodes
        self.context = context
        self.guarded = False
        self.found: dict[Reference, None] = {}

    def visit(self, node: syntax.Node, focus: list[_Place]) -> list[_Place]:
        """Note everything that is read; give the places of a node-set, or nothing for other types."""
        if isinstance(node, syntax.Path):
            return self._path_places(node, focus, chosen=False)
        if isinstance(node, syntax.Filter):
            places = self.visit(node.base, focus)
            for predicate in node.predicates:
                self.visit(predicate, places)
            return places
        if isinstance(node, syntax.Call):
            return self._call(node, focus)
        reached: list[_Place] = []
        for part in operands(node):
            reached += self.visit(part, focus)
        return reached if isinstance(node, syntax.Union) else []

    def _call(self, node: syntax.Call, focus: list[_Place]) -> list[_Place]:
        if node.name == "current" and not node.arguments:
            return [_Place(self.context, self.context, False)]
        if node.name in ("coalesce", "if", "once"):
            return self._guarded_call(node, focus)
        if node.name == "indexed-repeat" and node.arguments:
            places = self._path_places(node.arguments[0], focus, chosen=True)
            for argument in node.arguments[1:]:
                self.visit(argument, focus)
            return places
        if node.name == "choice-name" and len(node.arguments) == 2:
            self.visit(node.arguments[0], focus)
            self._quoted(node.arguments[1], focus)
            return []
        reached: list[_Place] = []
        for argument in node.arguments:
            reached += self.visit(argument, focus)
        return reached if node.name == "randomize" else []

    def _guarded_call(self, node: syntax.Call, focus: list[_Place]) -> list[_Place]:
        outer, self.guarded = self.guarded, True
        places: list[_Place] = []
        for argument in node.arguments:
            places += self.visit(argument, focus)
        self.guarded = outer
        return places if node.name == "if" else []

    def _quoted(self, argument: syntax.Node, focus: list[_Place]) -> None:
        if isinstance(argument, syntax.Literal):
            try:
                self.visit(parse(argument.value), focus)
            except XPathSyntaxError:
                return

    def _path_places(self, path: syntax.Node, focus: list[_Place], *, chosen: bool) -> list[_Place]:
        if not isinstance(path, syntax.Path):
            return self.visit(path, focus)
        known = self._known(path)
        if known is not None:
            self.found[Reference(known, self.root, False, False, self.guarded)] = None
            return [_Place(known, self.root, chosen)]
        if path.start is None:
            places = focus
        elif isinstance(path.start, str):
            own = None if chosen else self._own_instance(path)
            if own is not None:
                # Inside a repeat an absolute path means the same instance.
                places = [_Place(own, own, False)]
                path = syntax.Path(None, path.steps[own.depth :])
            else:
                places = [_Place(None, self.root, chosen)]
        else:
            places = self.visit(path.start, focus)
            if isinstance(path.start, syntax.Call) and path.start.name == "instance":
                places = []
        for step in path.steps:
            places = self._step(step, places, chosen=chosen)
        for place in places:
            self._read(place, chosen)
        return places

    def _known(self, path: syntax.Path) -> NodeDefinition | None:
        """The question outside of repeats that an absolute path of names leads to: what most paths are."""
        node = self.nodes.get(str(path)) if path.start == "/" else None
        return node if node is not None and node.is_leaf and not node.repeats else None

    def _own_instance(self, path: syntax.Path) -> NodeDefinition | None:
        if any(step.axis != "child" or step.test.kind != "name" or step.predicates for step in path.steps):
            return None
        names = [str(step.test) for step in path.steps]
        for repeat in reversed(self.context.repeats):
            if repeat.depth < len(names) and repeat.path == "/" + "/".join(names[: repeat.depth]):
                return repeat
        return None

    def _step(self, step: syntax.Step, places: list[_Place], *, chosen: bool) -> list[_Place]:
        reached: dict[_Place, None] = {}
        sideways = step.axis in _ALONGSIDE or step.axis in _ANYWHERE
        wild = step.test.kind == "*" or (step.test.kind == "node" and step.axis not in ("self", "parent"))
        for place in _starts(step.axis, places):
            for node in self._reach(step, place):
                anchor = _anchor(place, node, self.root)
                passed = place.chosen or sideways or chosen
                reached[_Place(node, anchor, passed, place.wild or wild)] = None
                if node is not None and node.is_repeat and anchor is not node:
                    self._structure(node, anchor, passed or bool(step.predicates))
        result = list(reached)
        self.work.spend(len(places) + len(result))
        if step.predicates:
            for predicate in step.predicates:
                self.visit(predicate, result)
            result = [_Place(place.node, place.anchor, True, place.wild) for place in result]
        return result

    def _reach(self, step: syntax.Step, place: _Place) -> Iterable[NodeDefinition | None]:
        node = place.node
        if step.axis == "child" and step.test.kind == "name" and node is not None:
            return node.children_by_name.get(step.test.name or "", ())
        candidates: Iterable[NodeDefinition | None]
        match step.axis:
            case "self":
                candidates = [node]
            case "parent":
                candidates = [] if node is None else [node.parent]
            case "attribute":
                candidates = [] if node is None else node.attributes
            case "child":
                candidates = [self.root] if node is None else node.children
            case "descendant" | "descendant-or-self":
                top = self.root if node is None else node
                below = (found for found in top.walk() if found.element.node_kind is NodeKind.ELEMENT)
                candidates = [found for found in below if step.axis.endswith("self") or found is not node]
            case "ancestor" | "ancestor-or-self":
                found_up: list[NodeDefinition | None] = [node] if step.axis.endswith("self") else []
                up = None if node is None else node.parent
                while up is not None:
                    found_up.append(up)
                    up = up.parent
                candidates = found_up
            case "following-sibling" | "preceding-sibling":
                candidates = [] if node is None or node.parent is None else node.parent.children
            case "following" | "preceding":
                candidates = list(self.root.walk())
            case _:
                candidates = []
        return [found for found in candidates if _matches(step.test, found)]

    def _structure(self, node: NodeDefinition, anchor: NodeDefinition, elsewhere: bool) -> None:
        self.found[Reference(node, anchor, True, elsewhere, self.guarded)] = None

    def _read(self, place: _Place, chosen: bool) -> None:
        node = place.node
        if node is None:
            return
        if node.is_leaf:
            shared = [repeat for repeat in node.repeats if repeat in self.context.repeats]
            inner = shared[-1] if shared else None
            crosses = inner is not None and place.anchor.depth < inner.depth
            elsewhere = crosses and (place.chosen or chosen)
            self.found[Reference(node, place.anchor, False, elsewhere, self.guarded, place.wild)] = None
        elif node.is_repeat:
            self._structure(node, node.parent or self.root, place.chosen)


def _starts(axis: str, places: list[_Place]) -> Iterable[_Place]:
    """Of places that an axis leads on from to the same nodes, the one with the shallowest anchor."""
    if axis not in _ALONGSIDE and axis not in _ANYWHERE:
        return places
    found: dict[NodeDefinition | None, _Place] = {}
    for place in places:
        key = place.node.parent if place.node is not None and axis in _ALONGSIDE else None
        known = found.get(key)
        if known is None or place.anchor.depth < known.anchor.depth:
            found[key] = place
    return found.values()


def _anchor(place: _Place, node: NodeDefinition | None, root: NodeDefinition) -> NodeDefinition:
    """The shallower of the anchor so far and what has been reached."""
    if node is None:
        return root
    return node if node.depth < place.anchor.depth else place.anchor


def _matches(test: syntax.Test, node: NodeDefinition | None) -> bool:
    if test.kind == "node":
        return True
    if node is None:
        return False
    if test.kind == "*":
        return True
    return test.kind == "name" and node.local_name == test.name
