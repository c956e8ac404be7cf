"""Absolute paths of names alone, as ``/data/household/name``: most of what a form's expressions select.

Such a path gives the same nodes until the tree changes, so the host keeps them by the path's text.

One rule is ODK's own (“A Big Deviation with XForms” in the chapter on repeats): an absolute path into a repeat, used
inside that repeat, means the same instance, as a relative path would.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from forms.xmltree import XFORMS, XmlNode
from forms.xpath import syntax
from forms.xpath.axes import bounded
from forms.xpath.context import Context

Nodes = list[XmlNode]


def is_plain(path: syntax.Path) -> bool:
    """Whether a path is absolute and has nothing but names."""
    return path.start == "/" and all(
        step.axis == "child" and step.test.kind == "name" and not step.predicates for step in path.steps
    )


def compile_everywhere(path: syntax.Path) -> Callable[[Context], Nodes]:
    """All nodes of a plain path, in document order."""
    return partial(_everywhere, str(path), path.steps)


def compile_own(path: syntax.Path) -> Callable[[Context], Nodes]:
    """The nodes of a plain path with the rule for repeats."""
    # A partial is half the objects of a closure, and a large form has tens of thousands of paths.
    return partial(_own, str(path), path.steps)


def _own(key: str, steps: tuple[syntax.Step, ...], context: Context) -> Nodes:
    inside = context.current.instance_on(key)
    if inside is None:
        return _everywhere(key, steps, context)
    instance, depth = inside
    return _walk(steps[depth:], [instance], context)


def _everywhere(key: str, steps: tuple[syntax.Step, ...], context: Context) -> Nodes:
    host = context.host
    table = host.simple_paths
    if table is None:
        return _walk(steps, [host.root], context)
    nodes = table.get(key)
    if nodes is None:
        nodes = table[key] = _walk(steps, [host.root], context)
    if len(nodes) > 1:
        host.work.spend(len(nodes))
    return nodes


def _walk(steps: tuple[syntax.Step, ...], nodes: Nodes, context: Context) -> Nodes:
    """From nodes of one depth down: so what is found is in document order as well, each node once."""
    for step in steps:
        prefix, name = step.test.prefix, step.test.name or ""
        if len(nodes) == 1:
            nodes = children_named(nodes[0], prefix, name, context)
        elif nodes:
            nodes = bounded([child for node in nodes for child in children_named(node, prefix, name, context)])
            context.host.work.spend(len(nodes))
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
