"""Functions about nodes: counting them, naming them, finding them, and shuffling them."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

from forms.xmltree import NodeKind, XmlNode
from forms.xpath.axes import in_document_order
from forms.xpath.context import Context
from forms.xpath.errors import XPathEvaluationError
from forms.xpath.functions.registry import MANY, NODES, NUMBER, TEXT, Library
from forms.xpath.values import NAN, held, to_number, to_text

if TYPE_CHECKING:
    from forms.xpath.compiler import Expression

    Arguments = tuple[Expression, ...]

LIBRARY = Library()
_NAMED = (NodeKind.ELEMENT, NodeKind.ATTRIBUTE, NodeKind.INSTRUCTION)


def _first(context: Context, arguments: Arguments) -> XmlNode | None:
    nodes = arguments[0].nodes(context) if arguments else [context.node]
    return nodes[0] if nodes and nodes[0].node_kind in _NAMED else None


@LIBRARY.add("count", NUMBER, 1)
def count(context: Context, arguments: Arguments) -> float:
    return float(len(held(arguments[0].nodes(context))))


@LIBRARY.add("count-non-empty", NUMBER, 1)
def count_non_empty(context: Context, arguments: Arguments) -> float:
    return float(sum(node.string_value() != "" for node in arguments[0].nodes(context)))


@LIBRARY.add("last", NUMBER, 0)
def last(context: Context, _arguments: Arguments) -> float:
    return float(context.size)


@LIBRARY.add("position", NUMBER, 0, 1)
def position(context: Context, arguments: Arguments) -> float:
    if not arguments:
        return float(context.position)
    nodes = held(arguments[0].nodes(context))
    if not nodes:
        return NAN
    if len(nodes) > 1:
        raise XPathEvaluationError("“position()” takes one node")
    node = nodes[0]
    if node.up is None:
        return 1.0
    if node.node_kind is not NodeKind.ELEMENT:
        raise XPathEvaluationError("“position()” takes an element")
    # Counted among the nodes of the same name that stand directly before it.
    siblings = node.up.elements
    place = siblings.index(node) if node in siblings else 0
    counted = 1
    while place > 0 and siblings[place - 1].qualified_name == node.qualified_name:
        counted += 1
        place -= 1
    return float(counted)


@LIBRARY.add("current", NODES, 0)
def current(context: Context, _arguments: Arguments) -> list[XmlNode]:
    return [context.current]


@LIBRARY.add("name", TEXT, 0, 1)
def name(context: Context, arguments: Arguments) -> str:
    node = _first(context, arguments)
    return "" if node is None else node.qualified_name


@LIBRARY.add("local-name", TEXT, 0, 1)
def local_name(context: Context, arguments: Arguments) -> str:
    node = _first(context, arguments)
    return "" if node is None else node.name


@LIBRARY.add("namespace-uri", TEXT, 0, 1)
def namespace_uri(context: Context, arguments: Arguments) -> str:
    node = _first(context, arguments)
    return "" if node is None else node.namespace or ""


@LIBRARY.add("id", NODES, 1)
def by_id(context: Context, arguments: Arguments) -> list[XmlNode]:
    value = arguments[0].value(context)
    texts = [node.string_value() for node in value] if isinstance(value, list) else [to_text(value)]
    wanted = {identifier for text in texts for identifier in text.split()}
    top = context.node
    while top.up is not None:
        top = top.up
    found: list[XmlNode] = []
    for node in top.walk():
        identifier = node.attribute("id") if node.attributes else None
        if identifier in wanted:
            found.append(node)
            wanted.discard(identifier)
    return found


@LIBRARY.add("instance", NODES, 1)
def instance(context: Context, arguments: Arguments) -> list[XmlNode]:
    node = context.host.instance(arguments[0].text(context))
    return [] if node is None else [node]


@LIBRARY.add("pulldata", TEXT, 4)
def pulldata(context: Context, arguments: Arguments) -> str:
    instance_name, wanted, column, key = (argument.text(context) for argument in arguments)
    top = context.host.instance(instance_name.removesuffix(".csv"))
    for root in [] if top is None else top.named("root"):
        is_path = column.startswith("@") or "/" in column
        found = _searched(root, column, key, context) if is_path else root.lookup("item", column, key)
        for item in found:
            return _child_text(item, wanted, context)
    return ""


def _searched(root: XmlNode, path: str, key: str, context: Context) -> list[XmlNode]:
    """The items where a path that is more than a name, as ``@location``, leads to a key."""
    from forms.xpath.compiler import compile_expression
    from forms.xpath.parser import parse

    read, items = compile_expression(parse(path)).nodes, root.named("item")
    context.host.work.spend(len(items))
    return [item for item in items if any(node.string_value() == key for node in read(Context(item, context.host)))]


def _child_text(item: XmlNode, path: str, context: Context) -> str:
    from forms.xpath.compiler import compile_expression
    from forms.xpath.parser import parse

    named = item.named(path)
    return named[0].string_value() if named else compile_expression(parse(path)).text(Context(item, context.host))


@LIBRARY.add("once", TEXT, 1)
def once(context: Context, arguments: Arguments) -> str:
    return context.node.string_value() or arguments[0].text(context)


@LIBRARY.add("indexed-repeat", NODES, 3, MANY)
def indexed_repeat(context: Context, arguments: Arguments) -> list[XmlNode]:
    pairs: list[tuple[list[XmlNode], float]] = []
    if len(arguments) % 2 == 0:
        raise XPathEvaluationError("“indexed-repeat()” takes an index after each repeat")
    for repeat, index in zip(arguments[1::2], arguments[2::2], strict=True):
        number, nodes = index.number(context), repeat.all_nodes(context)
        if math.isnan(number) or not nodes:
            return []
        pairs.append((nodes, number))
    # Outer repeats first, in whichever order they are given.
    pairs.sort(key=lambda pair: _depth(pair[0][0]))
    inside: XmlNode | None = None
    for nodes, number in pairs:
        candidates = [node for node in nodes if inside is None or _holds(inside, node)]
        if number != int(number) or not 1 <= number <= len(candidates):
            return []
        inside = candidates[int(number) - 1]
    return [node for node in arguments[0].all_nodes(context) if inside is not None and _holds(inside, node)]


def _depth(node: XmlNode) -> int:
    depth = 0
    up = node.up
    while up is not None:
        depth += 1
        up = up.up
    return depth


def _holds(outer: XmlNode, inner: XmlNode) -> bool:
    up = inner.up
    while up is not None:
        if up is outer:
            return True
        up = up.up
    return False


_PRIME = 2_147_483_647
_MULTIPLIER = 16_807


@LIBRARY.add("randomize", NODES, 1, 2)
def randomize(context: Context, arguments: Arguments) -> list[XmlNode]:
    """Fisher–Yates by Park and Miller's generator: the same order as other clients for the same seed."""
    nodes = in_document_order(held(arguments[0].nodes(context)))
    seed = None if len(arguments) < 2 else _seed(arguments[1].value(context), context)
    shuffled: list[XmlNode] = []
    for position, node in enumerate(nodes):
        if seed is None:
            fraction = context.host.random()
        else:
            seed = seed * _MULTIPLIER % _PRIME
            fraction = (seed - 1) / (_PRIME - 1)
        chosen = min(math.floor(fraction * (position + 1)), position)
        shuffled.append(node)
        if chosen != position:
            shuffled[position] = shuffled[chosen]
            shuffled[chosen] = node
    return shuffled


def _seed(value: object, context: Context) -> int:
    number = to_number(value, context.zone)
    if math.isnan(number):
        text = to_text(value)
        whole = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True) if text else 0
    elif math.isinf(number):
        whole = 2**63 - 1 if number > 0 else -(2**63)
    else:
        whole = math.trunc(number)
    remainder = int(math.fmod(whole, _PRIME)) if abs(whole) < 2**53 else abs(whole) % _PRIME * (1 if whole > 0 else -1)
    return remainder if remainder > 0 else remainder + _PRIME - 1
