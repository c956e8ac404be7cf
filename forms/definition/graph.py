"""What depends on what: found once for a form, from its expressions and the shape of its instance.

Each expression is walked over the *definitions* of nodes, so that every path, with any axis or wildcard, gives the
set of definitions that it can reach. An edge remembers its anchor: the deepest node that both ends are surely under
in the same instance, so that a change in one instance of a repeat touches that instance only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from forms.definition.model import Formula, NodeDefinition, TextSource, Translation
from forms.definition.reader import FormDefinition
from forms.definition.references import Reference, references
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


@dataclass(frozen=True, slots=True)
class Edge:
    """When the node changes at which this edge hangs, ``facet`` of ``target`` under ``anchor`` may change."""

    target: NodeDefinition
    facet: Facet
    anchor: NodeDefinition


@dataclass(slots=True)
class Graph:
    """Edges by the definition that is read, by change of value and by change of structure, and the order to compute in."""

    by_value: dict[NodeDefinition, dict[Edge, None]] = field(default_factory=dict)
    by_structure: dict[NodeDefinition, dict[Edge, None]] = field(default_factory=dict)
    rank: dict[tuple[NodeDefinition, Facet], int] = field(default_factory=dict)


_Vertex = tuple[NodeDefinition, Facet]


def build_graph(form: FormDefinition, problems: list[Problem]) -> Graph:
    """The dependencies of a form. Cycles are added to ``problems``, named by their nodes."""
    graph = Graph()
    order: dict[_Vertex, dict[_Vertex, bool]] = {}
    work = Work(MAX_REACH)
    for node in form.nodes.values():
        for facet, formula in _formulas(form, node):
            try:
                found = references(form, formula.syntax, node, work)
            except XPathEvaluationError as error:
                problems.append(Problem(node.path, f"The {facet.value} cannot be used: {error}."))
                return graph
            for reference in found:
                own = reference.target is node and not reference.structure and not reference.wild
                if own and facet is Facet.RELEVANT:
                    problems.append(_own(node.path, "relevant"))
                _add(graph, order, node, facet, reference)
    _relevance_edges(form, order)
    _sort(graph, order, problems)
    return graph


def _formulas(form: FormDefinition, node: NodeDefinition) -> Iterator[tuple[Facet, Formula]]:
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
    control = node.control
    if control is not None:
        if control.itemset is not None:
            yield Facet.CHOICES, control.itemset.nodes
        for item in control.items:
            for formula in text_formulas(form.translations, item.label):
                yield Facet.TEXT, formula
        for source in (control.label, control.hint):
            for formula in text_formulas(form.translations, source):
                yield Facet.TEXT, formula
    for source in (bind.constraint_message, bind.required_message):
        for formula in text_formulas(form.translations, source):
            yield Facet.TEXT, formula


def text_formulas(translations: dict[str, dict[str, Translation]], source: TextSource | None) -> Iterator[Formula]:
    """Every expression inside a text, in all languages."""
    if source is None:
        return
    if source.identifier is not None:
        yield source.identifier
    texts = [source.words]
    if source.static_identifier is not None:
        for language in translations.values():
            translation = language.get(source.static_identifier)
            if translation is not None:
                texts += [translation.text, translation.guidance]
    for text in texts:
        for part in text.parts if text is not None else ():
            if isinstance(part, Formula):
                yield part


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
        holder: NodeDefinition | None = node
        while holder is not None:
            if holder.bind.relevant is not None:
                # Two questions may hide each other: what was answered stays, and one of them is shown.
                strict = node.bind.calculate is not None
                if node.is_leaf:
                    order.setdefault((holder, Facet.RELEVANT), {}).setdefault((node, Facet.VALUE), strict)
                elif holder is not node:
                    order.setdefault((holder, Facet.RELEVANT), {}).setdefault((node, Facet.RELEVANT), False)
                break
            holder = holder.parent


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
