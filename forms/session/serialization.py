"""An open form to instance XML."""

from __future__ import annotations

from collections.abc import Iterator

from forms.session.node import Node, RepeatNode
from forms.xmltree import JAVAROSA, XML, XmlNode

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def serialize(root: Node, *, aside: bool = False) -> bytes:
    """The instance in UTF-8. Nodes that are not relevant are left out; blank ones are empty elements.

    The root is written always: with nothing relevant an instance is an empty element, not an empty document.
    ``aside`` writes instances that a count has set aside as well, after those that are there.
    """
    parts: list[str] = []
    declared = dict(_namespaces(root))
    extra = "".join(f' xmlns:{prefix}="{uri.translate(_ATTRIBUTE)}"' for prefix, uri in sorted(declared.items()))
    default = root.definition.namespace if root.definition.prefix is None else None
    if default is not None and default != _inherited(root):
        extra = f' xmlns="{default.translate(_ATTRIBUTE)}"{extra}'
    _write(root, parts, extra, aside)
    return "".join(parts).encode("utf-8")


def _inherited(root: Node) -> str | None:
    """The namespace of the form's own elements: an instance that has it only by inheritance is written without."""
    up = root.definition.element.up
    return up.namespace if up is not None else None


def _namespaces(root: Node) -> Iterator[tuple[str, str]]:
    for definition in root.definition.walk():
        if definition.prefix and definition.namespace:
            yield definition.prefix, definition.namespace
        for attribute in definition.element.attributes:
            if attribute.prefix and attribute.namespace not in (None, XML) and _is_written(attribute):
                yield attribute.prefix, attribute.namespace or ""


def _is_written(attribute: XmlNode) -> bool:
    """Which element is a repeat's template belongs to the form, not to what was filled in."""
    return attribute.namespace != JAVAROSA or attribute.name != "template"


def _write(node: Node, parts: list[str], extra: str, aside: bool) -> None:
    if not node.relevant and node.owner is not None:
        return
    if isinstance(node, RepeatNode):
        for instance in [*node.members, *node.left] if aside else node.members:
            _write(instance, parts, "", aside)
        return
    name = node.definition.name
    attributes = "".join(
        f' {attribute.qualified_name}="{attribute.text.translate(_ATTRIBUTE)}"'
        for attribute in node.attributes
        if _is_written(attribute)
    )
    head = f"<{name}{extra}{attributes}"
    if node.definition.is_leaf:
        text = node.text.translate(_TEXT)
        parts.append(f"{head}>{text}</{name}>" if text else f"{head}/>")
        return
    start = len(parts)
    parts.append(f"{head}>")
    for member in node.members:
        _write(member, parts, "", aside)
    if len(parts) == start + 1:
        parts[start] = f"{head}/>"
    else:
        parts.append(f"</{name}>")
