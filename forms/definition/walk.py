"""Walking an expression over the definitions of nodes, as evaluating it walks over nodes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from forms.definition.model import NodeDefinition
from forms.xmltree import NodeKind
from forms.xpath import XPathSyntaxError, parse, syntax
from forms.xpath.focus import operands

if TYPE_CHECKING:
    from forms.definition.references import References

_ALONGSIDE = frozenset({"following-sibling", "preceding-sibling"})
_ANYWHERE = frozenset({"following", "preceding"})
_NOT_READ = frozenset({"count", "local-name", "name", "namespace-uri", "position"})
"""Functions that do not read the text of the nodes that they are given."""
_READ_FOCUS = frozenset({"normalize-space", "number", "string", "string-length"})
"""Functions that without arguments read the text of the node that they are evaluated at."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One definition that is read.

    ``anchor`` holds reader and target, in the same instance of each repeat; it is the target itself only where the
    reader is below it. ``structure`` is True where what counts is whether it is there, how often, and where, not the
    value. ``elsewhere`` is True where a predicate or an index may choose another instance of a repeat that the reader is in as well. ``guarded`` is True
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
class Place:
    """A definition that a path has reached, over which anchor, and whether predicates and wildcards were passed."""

    node: NodeDefinition | None
    anchor: NodeDefinition
    chosen: bool
    wild: bool = False


class Walker:
    """Notes in ``found`` what is read; ``start`` is where it begins. ``repeats`` are those that the reader is in."""

    def __init__(
        self, reader: References, context: NodeDefinition, repeats: tuple[NodeDefinition, ...] | None = None
    ) -> None:
        self.reader = reader
        self.work = reader.work
        self.root = reader.form.root
        self.nodes = reader.form.nodes
        self.context = context
        self.repeats = context.repeats if repeats is None else repeats
        self.start = [Place(context, context, False)]
        self.guarded = False
        self.found: dict[Reference, None] = {}

    def value(self, node: syntax.Node, focus: list[Place]) -> None:
        """Note everything that is read where the value counts."""
        for place in self.visit(node, focus):
            self._text(place)

    def visit(self, node: syntax.Node, focus: list[Place]) -> list[Place]:
        """Note everything that is read; give the places of a node-set, or nothing for other types."""
        if isinstance(node, syntax.Path):
            return self._path_places(node, focus, chosen=False)
        if isinstance(node, syntax.Filter):
            places = self.visit(node.base, focus)
            for predicate in node.predicates:
                self.value(predicate, places)
            return [replace(place, chosen=True) for place in places]
        if isinstance(node, syntax.Call):
            return self._call(node, focus)
        if isinstance(node, syntax.Union):
            return [place for part in node.parts for place in self.visit(part, focus)]
        for part in operands(node):
            self.value(part, focus)
        return []

    def _call(self, node: syntax.Call, focus: list[Place]) -> list[Place]:
        if node.name == "current" and not node.arguments:
            return self.start
        if node.name in ("coalesce", "if", "once"):
            return self._guarded_call(node, focus)
        if node.name == "indexed-repeat" and node.arguments:
            places = self._path_places(node.arguments[0], focus, chosen=True)
            for number, argument in enumerate(node.arguments[1:], 1):
                if number % 2:
                    self._path_places(argument, focus, chosen=True)
                else:
                    self.value(argument, focus)
            return places
        if node.name == "choice-name" and len(node.arguments) == 2:
            self.value(node.arguments[0], focus)
            self._choice_name(node.arguments[1], focus)
            return []
        if node.name == "itext" and len(node.arguments) == 1:
            self.value(node.arguments[0], focus)
            for found in self.reader.of_translation(node.arguments[0]):
                self.found[replace(found, guarded=self.guarded, wild=True)] = None
            return []
        if node.name == "randomize" and node.arguments:
            for argument in node.arguments[1:]:
                self.value(argument, focus)
            return self.visit(node.arguments[0], focus)
        if node.name == "id":
            return self._identified(node, focus)
        if node.name in _READ_FOCUS and not node.arguments:
            for place in focus:
                self._text(replace(place, wild=True))
        read = self.visit if node.name in _NOT_READ else self.value
        for argument in node.arguments:
            read(argument, focus)
        return []

    def _guarded_call(self, node: syntax.Call, focus: list[Place]) -> list[Place]:
        outer, self.guarded = self.guarded, True
        places: list[Place] = []
        for number, argument in enumerate(node.arguments):
            if node.name == "if" and number > 0:
                places += self.visit(argument, focus)
            else:
                self.value(argument, focus)
        self.guarded = outer
        return places

    def _identified(self, node: syntax.Call, focus: list[Place]) -> list[Place]:
        for argument in node.arguments:
            self.value(argument, focus)
        named = (found for found in self.nodes.values() if any(one.name == "id" for one in found.element.attributes))
        return [Place(found, self.root, True, True) for found in named]

    def _choice_name(self, argument: syntax.Node, focus: list[Place]) -> None:
        """What the choices of a question read, whose path is a text; of every question where it is computed."""
        places = [Place(node, self.root, True) for node in self.nodes.values() if node.control is not None]
        if isinstance(argument, syntax.Literal):
            try:
                places = self.visit(parse(argument.value), focus)
            except XPathSyntaxError:
                return
        else:
            self.value(argument, focus)
        for place in places:
            if place.node is not None and place.node.control is not None:
                for found in (found for part in self.reader.of_choices(place.node) for found in part):
                    anchor = min(found.anchor, place.anchor, key=_depth)
                    self.found[replace(found, anchor=anchor, guarded=self.guarded, wild=True)] = None

    def _path_places(self, path: syntax.Node, focus: list[Place], *, chosen: bool) -> list[Place]:
        if not isinstance(path, syntax.Path):
            return self.visit(path, focus)
        known = self._known(path)
        if known is not None:
            self.found[Reference(known, self.root, False, False, self.guarded)] = None
            return [Place(known, self.root, chosen)]
        if path.start is None:
            places = focus
        elif isinstance(path.start, str):
            own = None if chosen else self._own_instance(path)
            if own is not None:
                # Inside a repeat an absolute path means the same instance.
                places = [Place(own, own, False)]
                path = syntax.Path(None, path.steps[own.depth :])
            else:
                places = [Place(None, self.root, chosen)]
        else:
            places = self.visit(path.start, focus)
        for step in path.steps:
            places = self._step(step, places, chosen=chosen)
        for place in places:
            self._read(place)
        return places

    def _known(self, path: syntax.Path) -> NodeDefinition | None:
        """The question outside of repeats that an absolute path of names leads to: what most paths are."""
        node = self.nodes.get(str(path)) if path.start == "/" else None
        return node if node is not None and node.is_leaf and not node.repeats else None

    def _own_instance(self, path: syntax.Path) -> NodeDefinition | None:
        if any(step.axis != "child" or step.test.kind != "name" or step.predicates for step in path.steps):
            return None
        names = [str(step.test) for step in path.steps]
        for repeat in reversed(self.repeats):
            if repeat.depth < len(names) and repeat.path == "/" + "/".join(names[: repeat.depth]):
                return repeat
        return None

    def _step(self, step: syntax.Step, places: list[Place], *, chosen: bool) -> list[Place]:
        reached: dict[Place, None] = {}
        sideways = step.axis in _ALONGSIDE or step.axis in _ANYWHERE
        wild = step.test.kind == "*" or (step.test.kind == "node" and step.axis not in ("self", "parent"))
        for place in _starts(step.axis, places):
            for node in self._reach(step, place):
                anchor = _anchor(step.axis, place, node, self.root)
                passed = place.chosen or sideways or chosen
                reached[Place(node, anchor, passed, place.wild or wild)] = None
                if node is not None and (node.is_repeat or step.axis != "child"):
                    # Where instances of these come and go, there are others to read.
                    for repeat in node.repeats:
                        if repeat.depth > anchor.depth:
                            self._structure(repeat, anchor, wild=True)
        result = list(reached)
        self.work.spend(len(places) + len(result))
        if step.predicates:
            for predicate in step.predicates:
                self.value(predicate, result)
            result = [Place(place.node, place.anchor, True, place.wild) for place in result]
        return result

    def _reach(self, step: syntax.Step, place: Place) -> Iterable[NodeDefinition | None]:
        node = place.node
        if step.axis == "child" and step.test.kind == "name" and node is not None:
            return node.children_by_name.get(step.test.name or "", ())
        # The text inside a question is what the question reads as.
        texts = step.test.kind in ("node", "text")
        candidates: Iterable[NodeDefinition | None]
        match step.axis:
            case "self":
                candidates = [node]
            case "parent":
                candidates = [] if node is None else [node.parent]
            case "attribute":
                candidates = [] if node is None else node.attributes
            case "child":
                candidates = [self.root] if node is None else [node] if node.is_leaf and texts else node.children
            case "descendant" | "descendant-or-self":
                top = self.root if node is None else node
                below = (found for found in top.walk() if found.element.node_kind is NodeKind.ELEMENT)
                candidates = [found for found in below if texts or step.axis.endswith("self") or found is not node]
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

    def _structure(self, node: NodeDefinition, anchor: NodeDefinition, *, wild: bool) -> None:
        self.found[Reference(node, anchor, True, False, self.guarded, wild)] = None

    def _read(self, place: Place) -> None:
        """A path ends here: a question is read, and of all else it counts whether and where it is."""
        node, anchor = place.node, place.anchor
        if node is None:
            return
        if not node.is_leaf:
            # Where an instance stands among the others, its parent knows.
            above = node.parent if node.is_repeat and anchor is node else None
            self._structure(node, above or anchor, wild=place.wild or place.chosen or above is not None)
            return
        shared = [repeat for repeat in node.repeats if repeat in self.repeats]
        elsewhere = bool(shared) and anchor.depth < shared[-1].depth and place.chosen
        self.found[Reference(node, anchor, False, elsewhere, self.guarded, place.wild)] = None

    def _text(self, place: Place) -> None:
        """The text of a node is read: of one that holds others, the text of all below."""
        node = place.node or self.root
        if node.is_leaf:
            self._read(place)
            return
        for below in node.walk():
            self.work.spend(1)
            if below.is_repeat and below is not node:
                self._structure(below, place.anchor, wild=True)
            elif below.is_leaf and below.element.node_kind is NodeKind.ELEMENT:
                self.found[Reference(below, place.anchor, False, False, self.guarded, True)] = None


def _starts(axis: str, places: list[Place]) -> Iterable[Place]:
    """Of places that an axis leads on from to the same nodes, the one with the shallowest anchor."""
    if axis not in _ALONGSIDE and axis not in _ANYWHERE:
        return places
    found: dict[NodeDefinition | None, Place] = {}
    for place in places:
        key = place.node.parent if place.node is not None and axis in _ALONGSIDE else None
        known = found.get(key)
        if known is None or place.anchor.depth < known.anchor.depth:
            found[key] = place
    return found.values()


def _depth(node: NodeDefinition) -> int:
    return node.depth


def _anchor(axis: str, place: Place, node: NodeDefinition | None, root: NodeDefinition) -> NodeDefinition:
    """The shallower of the anchor so far and of what holds both ends of a step."""
    if node is None or axis in _ANYWHERE:
        return root
    if axis in _ALONGSIDE and node.parent is not None:
        # A sibling may be another instance of the same repeat.
        return min(place.anchor, node.parent, key=_depth)
    return min(place.anchor, node, key=_depth)


def _matches(test: syntax.Test, node: NodeDefinition | None) -> bool:
    if test.kind == "node":
        return True
    if node is None:
        return False
    if test.kind == "*":
        return True
    if test.kind == "text":
        return node.is_leaf
    return test.kind == "name" and node.local_name == test.name
