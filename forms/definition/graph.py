"""What depends on what: found once for a form, from its expressions and the shape of its instance.

Each expression is walked over the *definitions* of nodes, so that every path, with any axis or wildcard, gives the
set of definitions that it can reach. An edge remembers its anchor: the deepest node that both ends are surely under
in the same instance, so that a change in one instance of a repeat touches that instance only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from forms.definition.model import Formula, NodeDefinition
from forms.definition.reader import FormDefinition
from forms.definition.references import References
from forms.definition.walk import Reference
from forms.errors import Problem
from forms.limits import MAX_REACH
from forms.xpath import Work, XPathEvaluationError


class Facet(StrEnum):
    """What of a node is computed."""

    RELEVANT = "relevant"
    COUNT = "count"
    VALUE = "value"
    CHOICES = "choices"
    READONLY = "readonly"
    REQUIRED = "required"
    CONSTRAINT = "constraint"
    TEXT = "text"
    CHOICE_TEXT = "choice text"


@dataclass(frozen=True, slots=True)
class Edge:
    """When the node changes at which this edge hangs, ``facet`` of ``target`` under ``anchor`` may change."""

    target: NodeDefinition
    facet: Facet
    anchor: NodeDefinition


@dataclass(slots=True)
class Graph:
    """Edges by the definition that is read, by change of value and by change of structure, and the order to compute in.

    A change of structure is an instance that comes or goes, and whatever holds others becoming relevant or not. Of a
    question, its becoming relevant is a change of value.
    """

    by_value: dict[NodeDefinition, dict[Edge, None]] = field(default_factory=dict)
    by_structure: dict[NodeDefinition, dict[Edge, None]] = field(default_factory=dict)
    rank: dict[tuple[NodeDefinition, Facet], int] = field(default_factory=dict)


_Vertex = tuple[NodeDefinition, Facet]


def build_graph(form: FormDefinition, problems: list[Problem]) -> Graph:
    """The dependencies of a form. Cycles are added to ``problems``, named by their nodes."""
    graph = Graph()
    order: dict[_Vertex, dict[_Vertex, bool]] = {}
    reader = References(form, Work(MAX_REACH))
    for node in form.nodes.values():
        facet = Facet.VALUE
        try:
            for facet, reference in _references(reader, node):
                own = reference.target is node and not reference.structure and not reference.wild
                if own and facet is Facet.RELEVANT:
                    problems.append(_own(node.path, "relevant"))
                _add(graph, order, node, facet, reference)
        except XPathEvaluationError as error:
            problems.append(Problem(node.path, f"The {facet.value} cannot be used: {error}."))
            return graph
    _relevance_edges(form, order)
    _sort(graph, order, problems)
    return graph


def _references(reader: References, node: NodeDefinition) -> Iterator[tuple[Facet, Reference]]:
    """What each facet of a node reads."""
    for facet, formula in _formulas(node):
        yield from ((facet, found) for found in reader.of(formula.syntax, node))
    bind, control = node.bind, node.control
    texts = [bind.constraint_message, bind.required_message]
    if control is not None:
        texts += [control.label, control.hint]
    for source in texts:
        yield from ((Facet.TEXT, found) for found in reader.of_text(source, node))
    if control is not None:
        listed, worded = reader.of_choices(node)
        yield from ((Facet.CHOICES, found) for found in listed)
        yield from ((Facet.CHOICE_TEXT, found) for found in worded)


def _formulas(node: NodeDefinition) -> Iterator[tuple[Facet, Formula]]:
    bind = node.bind
    for facet, formula in (
        (Facet.RELEVANT, bind.relevant),
        (Facet.VALUE, bind.calculate),
        (Facet.READONLY, bind.readonly),
        (Facet.REQUIRED, bind.required),
        (Facet.CONSTRAINT, bind.constraint),
        (Facet.COUNT, node.count),
    ):
        if formula is not None and formula.constant is None:
            yield facet, formula


def _add(
    graph: Graph, order: dict[_Vertex, dict[_Vertex, bool]], node: NodeDefinition, facet: Facet, reference: Reference
) -> None:
    read = reference.target
    table = graph.by_structure if reference.structure else graph.by_value
    table.setdefault(read, {})[Edge(node, facet, reference.anchor)] = None
    if facet not in (Facet.RELEVANT, Facet.VALUE, Facet.COUNT, Facet.CHOICES):
        return
    if reference.structure:
        if read.count is not None:
            order.setdefault((read, Facet.COUNT), {})[node, facet] = False
        if not (read is node and reference.wild):
            # What holds others has no value; here it stands for whether it is relevant.
            known = order.setdefault((read, Facet.VALUE), {})
            known[node, facet] = known.get((node, facet), False) or not reference.wild
    elif not reference.elsewhere and not (
        read is node and facet is Facet.VALUE and (reference.guarded or reference.wild)
    ):
        # What a wildcard meets among others is no circle by itself: “count(/data/*)” is one of what it counts.
        known = order.setdefault((read, Facet.VALUE), {})
        known[node, facet] = known.get((node, facet), False) or not reference.wild


def _relevance_edges(form: FormDefinition, order: dict[_Vertex, dict[_Vertex, bool]]) -> None:
    """Relevance reaches down: to the relevance and the values of everything below."""
    for node in form.nodes.values():
        if node.control is not None and node.control.itemset is not None:
            order.setdefault((node, Facet.CHOICES), {})[node, Facet.VALUE] = True
        above = _holder(node.parent)
        if node.bind.relevant is not None and above is not None:
            order.setdefault((above, Facet.RELEVANT), {}).setdefault((node, Facet.RELEVANT), False)
        holder = _holder(node)
        if holder is not None and (node.is_leaf or (node, Facet.VALUE) in order):
            # Two questions may hide each other: what was answered stays, and one of them is shown.
            strict = not node.is_leaf or node.bind.calculate is not None
            order.setdefault((holder, Facet.RELEVANT), {}).setdefault((node, Facet.VALUE), strict)


def _holder(node: NodeDefinition | None) -> NodeDefinition | None:
    """The nearest node, itself or above, that has a condition of relevance."""
    while node is not None and node.bind.relevant is None:
        node = node.parent
    return node


def _sort(graph: Graph, order: dict[_Vertex, dict[_Vertex, bool]], problems: list[Problem]) -> None:
    """Depth-first topological order. A loop is a fault when every edge on it is strict."""
    white, grey, black = 0, 1, 2
    colour: dict[_Vertex, int] = {}
    finished: list[_Vertex] = []
    for start in order:
        if colour.get(start, white) != white:
            continue
        colour[start] = grey
        path: list[tuple[_Vertex, Iterator[tuple[_Vertex, bool]]]] = [(start, iter(order[start].items()))]
        strict_from: list[bool] = [True]
        while path:
            vertex, edges = path[-1]
            step = next(edges, None)
            if step is None:
                colour[vertex] = black
                finished.append(vertex)
                path.pop()
                strict_from.pop()
                continue
            following, strict = step
            state = colour.get(following, white)
            if state == white:
                colour[following] = grey
                path.append((following, iter(order.get(following, {}).items())))
                strict_from.append(strict)
            elif state == grey and strict:
                place = next(index for index, (known, _) in enumerate(path) if known == following)
                if all(strict_from[place + 1 :]):
                    problems.append(_cycle([known for known, _ in path[place:]]))
    graph.rank = {vertex: number for number, vertex in enumerate(reversed(finished))}


def _cycle(loop: list[_Vertex]) -> Problem:
    nodes = list(dict.fromkeys(node.path for node, _ in loop))
    if len(nodes) == 1:
        facet = next((facet for _, facet in loop if facet is not Facet.VALUE), Facet.VALUE)
        return _own(nodes[0], "calculation" if facet is Facet.VALUE else facet.value)
    circle = " → ".join([*nodes, nodes[0]])
    return Problem(nodes[0], f"These depend on each other in a circle: {circle}.", "circle", (("circle", circle),))


def _own(path: str, what: str) -> Problem:
    return Problem(path, f"The “{what}” depends on the node's own value.", "circle.own", (("what", what),))
