"""A light tree of XML nodes, and the only place where XML is parsed.

lxml reads (with entities, DTDs, and the network refused); everything after works on :class:`XmlNode`, which is
several times faster to walk from Python than lxml's proxies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from typing import Any

from lxml import etree

from forms.limits import MAX_XML_ATTRIBUTES, MAX_XML_DEPTH, MAX_XML_MARKS

XFORMS = "http://www.w3.org/2002/xforms"
XHTML = "http://www.w3.org/1999/xhtml"
JAVAROSA = "http://openrosa.org/javarosa"
OPENROSA = "http://openrosa.org/xforms"
ODK = "http://www.opendatakit.org/xforms"
ENKETO = "http://enketo.org/xforms"
XML = "http://www.w3.org/XML/1998/namespace"
XSD = "http://www.w3.org/2001/XMLSchema"

PREFIXES: dict[str, str] = {
    "xf": XFORMS,
    "h": XHTML,
    "html": XHTML,
    "xhtml": XHTML,
    "jr": JAVAROSA,
    "javarosa": JAVAROSA,
    "orx": OPENROSA,
    "openrosa-xforms": OPENROSA,
    "odk": ODK,
    "enk": ENKETO,
    "xml": XML,
}
"""Prefixes that an expression may use without a declaration."""


class NodeKind(IntEnum):
    """What the XPath data model tells apart."""

    DOCUMENT = 0
    ELEMENT = 1
    ATTRIBUTE = 2
    TEXT = 3
    COMMENT = 4
    INSTRUCTION = 5
    NAMESPACE = 6


class XmlError(ValueError):
    """XML that is not well-formed, or that uses what is refused."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class XmlNode:
    """One node of a document.

    ``elements`` are the child elements. ``content`` are all child nodes, and is ``None`` where an element has
    only child elements or only ``text`` (the usual case in forms). ``up`` is the parent by XPath's axes.
    """

    __slots__ = (
        "attributes",
        "by_name",
        "content",
        "elements",
        "index",
        "name",
        "namespace",
        "node_kind",
        "prefix",
        "text",
        "up",
    )

    relevant: bool = True
    """Whether the node counts in node-sets; only the nodes of an open form can be not relevant."""

    def __init__(
        self,
        kind: NodeKind,
        name: str = "",
        namespace: str | None = None,
        prefix: str | None = None,
        text: str = "",
        up: XmlNode | None = None,
    ) -> None:
        self.node_kind = kind
        self.name = name
        self.namespace = namespace
        self.prefix = prefix
        self.text = text
        self.up = up
        # Most nodes have neither: a tuple that all share keeps a large form small, for memory and for the collector.
        self.elements: Sequence[XmlNode] = ()
        self.content: list[XmlNode] | None = None
        self.attributes: Sequence[XmlNode] = ()
        self.by_name: dict[str, list[XmlNode]] | None = None
        self.index: dict[str, dict[Any, list[XmlNode]]] | None = None

    @property
    def qualified_name(self) -> str:
        """The name with its prefix, as written."""
        return f"{self.prefix}:{self.name}" if self.prefix else self.name

    def attribute(self, name: str, namespace: str | None = None) -> str | None:
        """The value of an attribute, or None where it is absent."""
        for node in self.attributes:
            if node.name == name and node.namespace == namespace:
                return node.text
        return None

    def string_value(self) -> str:
        """The string value by XPath 1.0, section 5."""
        if self.content is not None:
            return "".join(
                node.string_value() if node.node_kind is NodeKind.ELEMENT else node.text
                for node in self.content
                if node.node_kind is NodeKind.ELEMENT or node.node_kind is NodeKind.TEXT
            )
        if self.elements:
            return "".join(node.string_value() for node in self.elements)
        return self.text

    def child_nodes(self) -> Sequence[XmlNode]:
        """All child nodes, in document order."""
        if self.content is not None:
            return self.content
        if self.elements or self.node_kind > NodeKind.ELEMENT or not self.text:
            return self.elements
        return [XmlNode(NodeKind.TEXT, text=self.text, up=self)]

    def named(self, name: str) -> list[XmlNode]:
        """Child elements with this local name; by a table when there are many children."""
        elements = self.elements
        if len(elements) <= SMALL:
            return [node for node in elements if node.name == name]
        table = self.by_name
        if table is None:
            table = {}
            for node in elements:
                table.setdefault(node.name, []).append(node)
            self.by_name = table
        return table.get(name, [])

    def walk(self) -> Iterator[XmlNode]:
        """This element and all elements below it, in document order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.elements))

    @property
    def is_static(self) -> bool:
        """Whether nothing below this node ever changes, so that it may be indexed."""
        return True

    @property
    def is_truth(self) -> bool:
        """Whether a condition that is only this node is true: it is there."""
        return True

    def instance_on(self, _path: str, /) -> tuple[XmlNode, int] | None:
        """The innermost repeat instance around this node that an absolute path leads into, and its depth."""
        return None

    def count_named(self, name: str) -> int:
        """How many child elements have this local name."""
        return len(self.named(name))

    def lookup(self, name: str, column: str, text: str) -> list[XmlNode]:
        """Child elements ``name`` that have a child ``column`` with this text, in document order, by an index."""
        return self._table(f"{name}/{column}", name, column, XmlNode.string_value).get(text, [])

    def lookup_count(self, name: str, column: str, text: str) -> int:
        """How many nodes :meth:`lookup` gives."""
        return len(self.lookup(name, column, text))

    def lookup_number(
        self, name: str, column: str, number: float, reading: Callable[[XmlNode], float]
    ) -> list[XmlNode]:
        """As :meth:`lookup`, by the number that the column's text is. NaN equals nothing."""
        if number != number:
            return []
        return self._table(f"{name}/{column}#", name, column, reading).get(number, [])

    def _table(self, key: str, name: str, column: str, reading: Callable[[XmlNode], Any]) -> dict[Any, list[XmlNode]]:
        if self.index is None:
            self.index = {}
        table = self.index.get(key)
        if table is None:
            table = {}
            for node in self.named(name):
                for value in dict.fromkeys(reading(child) for child in node.named(column)):
                    table.setdefault(value, []).append(node)
            self.index[key] = table
        return table

    def __repr__(self) -> str:
        return f"<{self.node_kind.name.lower()} {self.qualified_name or self.text!r}>"


SMALL = 6
"""Up to so many children a scan is faster than a table."""


def parse_xml(source: bytes | str, *, limit: int, trim: bool = True) -> XmlNode:
    """Read XML into a document node.

    ``limit`` is the greatest size in bytes. ``trim`` drops text between elements that is only white space, as an
    instance's does not count. The document's ``attributes`` are the namespaces that its root declares. Raises :class:`XmlError` for what is not well-formed, has a document type with
    entities, is nested deeper than ``MAX_XML_DEPTH``, or is larger than the limit.
    """
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(data) > limit:
        raise XmlError(f"The file has {len(data):,} bytes; at most {limit:,} are read.")
    for mark in (b"<", b"="):
        if data.count(mark) > MAX_XML_MARKS:
            raise XmlError(f"The file has more than {MAX_XML_MARKS:,} signs “{mark.decode()}”.")
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=trim,
        remove_pis=trim,
        strip_cdata=True,
        encoding="utf-8" if isinstance(source, str) else None,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise XmlError(f"This is not well-formed XML: {error.msg}", error.lineno) from error
    except ValueError as error:
        raise XmlError(f"This is not well-formed XML: {error}") from error
    _refuse_entities(root)
    document = XmlNode(NodeKind.DOCUMENT)
    document.attributes = [
        XmlNode(NodeKind.NAMESPACE, prefix or "", text=uri, up=document) for prefix, uri in root.nsmap.items()
    ]
    if trim:
        document.elements = [_convert(root, document, trim, 1)]
        return document
    before = [node for node in root.itersiblings(preceding=True)][::-1]
    after = list(root.itersiblings())
    content = [_convert(node, document, trim, 1) for node in [*before, root, *after]]
    document.elements = [node for node in content if node.node_kind is NodeKind.ELEMENT]
    document.content = content
    return document


def _refuse_entities(root: Any) -> None:
    info = root.getroottree().docinfo
    dtd = info.internalDTD
    if dtd is not None and (dtd.system_url or any(True for _ in dtd.iterentities())):
        raise XmlError("Document types with entities or external parts are refused.")


def _convert(source: Any, up: XmlNode, trim: bool, depth: int) -> XmlNode:
    tag = source.tag
    if not isinstance(tag, str):
        if tag is etree.ProcessingInstruction:
            return XmlNode(NodeKind.INSTRUCTION, name=source.target, text=source.text or "", up=up)
        if tag is etree.Entity:
            raise XmlError("Entities are refused.", source.sourceline)
        return XmlNode(NodeKind.COMMENT, text=source.text or "", up=up)
    if depth > MAX_XML_DEPTH:
        raise XmlError(f"Elements are nested deeper than {MAX_XML_DEPTH} levels.", source.sourceline)
    namespace, name = _split(tag)
    node = XmlNode(NodeKind.ELEMENT, name, namespace, source.prefix, up=up)
    attributes = source.attrib
    if len(attributes) > MAX_XML_ATTRIBUTES:
        raise XmlError(f"An element has more than {MAX_XML_ATTRIBUTES:,} attributes.", source.sourceline)
    if attributes:
        node.attributes = [_attribute(key, value, source.nsmap, node) for key, value in attributes.items()]
    text: str | None = source.text
    if len(source) == 0:
        node.text = text or ""
        return node
    content: list[XmlNode] = []
    meaningful = not trim
    if text:
        content.append(XmlNode(NodeKind.TEXT, text=text, up=node))
        meaningful = meaningful or not text.isspace()
    for part in source:
        child = _convert(part, node, trim, depth + 1)
        content.append(child)
        # Space between two outputs of a label counts, space between two elements of an instance does not.
        meaningful = meaningful or child.name == "output"
        tail: str | None = part.tail
        if tail:
            content.append(XmlNode(NodeKind.TEXT, text=tail, up=node))
            meaningful = meaningful or not tail.isspace()
    node.elements = [child for child in content if child.node_kind is NodeKind.ELEMENT]
    if meaningful and len(node.elements) < len(content):
        node.content = content
    return node


def _attribute(key: str, value: str, prefixes: dict[str | None, str], up: XmlNode) -> XmlNode:
    namespace, name = _split(key)
    prefix = None
    if namespace is not None:
        prefix = next((short for short, uri in prefixes.items() if uri == namespace and short), None)
        if namespace == XML:
            prefix = "xml"
    return XmlNode(NodeKind.ATTRIBUTE, name, namespace, prefix, value, up)


def _split(tag: str) -> tuple[str | None, str]:
    if tag[0] == "{":
        namespace, _, name = tag[1:].partition("}")
        return namespace, name
    return None, tag
