"""Absolute paths of names alone, as ``/data/household/name``: most of what a form's expressions select.

Such a path gives the same nodes until the tree changes, so the host keeps them by the path's text.

One rule is ODK's own (“A Big Deviation with XForms” in the chapter on repeats): an absolute path into a repeat, used
inside that repeat, means the same instance, as a relative path would.
"""

from __future__ import annotations

from collections.abc import Callable

from forms.xmltree import XFORMS, XmlNode
from forms.xpath import syntax
from forms.xpath.axes import bounded
from forms.xpath.context import Context

Nodes = list[XmlNode]
Steps = tuple[tuple[str | None, str], ...]


def plain_steps(path: syntax.Path) -> Steps | None:
    """The prefixes and names of an absolute path's steps; None where it has anything else."""
    if path.start != "/":
        return None
    steps: list[tuple[str | None, str]] = []
    for step in path.steps:
        test = step.test
        if step.axis != "child" or test.kind != "name" or step.predicates or test.name is None:
            return None
        steps.append((test.prefix, test.name))
    return tuple(steps)


def compile_everywhere(key: str, steps: Steps) -> Callable[[Context], Nodes]:
    """All nodes of the path ``key``, in document order."""

    def everywhere(context: Context) -> Nodes:
        host = context.host
        table = host.simple_paths
        if table is None:
            return _walk(steps, [host.root], context)
        nodes = table.get(key)
        if nodes is None:
            nodes = table[key] = _walk(steps, [host.root], context)
        return nodes

    return everywhere


def compile_own(key: str, steps: Steps, everywhere: Callable[[Context], Nodes]) -> Callable[[Context], Nodes]:
    """The nodes of the path ``key`` with the rule for repeats."""

    def own(context: Context) -> Nodes:
        inside = context.current.instance_on(key)
        if inside is None:
            return everywhere(context)
        instance, depth = inside
        return _walk(steps[depth:], [instance], context)

    return own


def _walk(steps: Steps, nodes: Nodes, context: Context) -> Nodes:
    """From nodes of one depth down: so what is found is in document order as well, each node once."""
    for prefix, name in steps:
        if len(nodes) == 1:
            nodes = children_named(nodes[0], prefix, name, context)
        elif nodes:
            nodes = bounded([child for node in nodes for child in children_named(node, prefix, name, context)])
        else:
            break
    return nodes


def children_named(node: XmlNode, prefix: str | None, name: str, context: Context) -> Nodes:
    """What ``child::prefix:name`` selects from a node."""
    if prefix:
        namespace = context.host.namespaces.get(prefix)
        return [child for child in node.named(name) if in_namespace(child, prefix, namespace)]
    return [child for child in node.named(name) if child.namespace is None or child.namespace == XFORMS]


def unprefixed(node: XmlNode) -> bool:
    """A name without prefix selects names in no namespace and, as it is the default one, in that of XForms."""
    return node.namespace is None or node.namespace == XFORMS


def in_namespace(node: XmlNode, prefix: str, namespace: str | None) -> bool:
    """Whether a prefix selects the node: by its namespace, or by the prefix itself where that is not declared."""
    return node.namespace == namespace if namespace is not None else node.prefix == prefix
