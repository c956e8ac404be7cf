"""What follows from which answers: whoever may not see an answer may not see what was calculated from it either."""

from __future__ import annotations

from collections.abc import Iterable

from forms.definition.graph import Facet, Graph
from forms.definition.model import NodeDefinition
from forms.definition.reader import FormDefinition
from forms.definition.references import References
from forms.limits import MAX_REACH
from forms.xpath import Work


def derived(form: FormDefinition, graph: Graph, name: str) -> frozenset[str]:
    """Paths of all nodes with this local name, of what they hold, and of all values that follow from those.

    A value follows where a calculation or a setvalue reads it, at any remove.
    """
    found = {below for node in form.nodes.values() if node.local_name == name for below in node.walk()}
    reading = list(found)
    readers = _set_by(form)
    while reading:
        read = reading.pop()
        for target in (*_calculated(graph, read), *readers.get(read, ())):
            if target not in found:
                found.add(target)
                reading.append(target)
    return frozenset(node.path for node in found)


def _calculated(graph: Graph, read: NodeDefinition) -> Iterable[NodeDefinition]:
    return (edge.target for edge in graph.by_value.get(read, ()) if edge.facet is Facet.VALUE)


def _set_by(form: FormDefinition) -> dict[NodeDefinition, set[NodeDefinition]]:
    """What setvalues give a value to, by what they read for it."""
    targets: dict[NodeDefinition, set[NodeDefinition]] = {}
    reader = References(form, Work(MAX_REACH))
    for action in {action for node in form.nodes.values() for action in node.actions}:
        if action.value is not None:
            for reference in reader.of(action.value.syntax, action.target):
                targets.setdefault(reference.target, set()).add(action.target)
    return targets
