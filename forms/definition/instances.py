"""Secondary instances: lists inside the form, and files beside it."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forms.errors import Problem
from forms.limits import MAX_RESOURCE_BYTES
from forms.xmltree import NodeKind, XmlError, XmlNode, parse_xml
from forms.xpath.values import text_of_number


class InstanceSource:
    """One instance, built when an expression first asks for it. ``name`` is the file's, blank for inline ones.

    Sessions of several threads share it.
    """

    __slots__ = ("_build", "_lock", "_node", "missing", "name")

    def __init__(self, name: str, build: Callable[[], XmlNode], *, missing: bool = False) -> None:
        self.name = name
        self.missing = missing
        self._build = build
        self._lock = threading.Lock()
        self._node: XmlNode | None = None

    @property
    def node(self) -> XmlNode:
        """What ``instance()`` selects: an element whose child is the instance's root."""
        if self._node is None:
            with self._lock:
                if self._node is None:
                    self._node = self._build()
                    self._build = _just(self._node)
        return self._node


def read_instances(
    model: XmlNode, resources: Mapping[str, bytes], problems: list[Problem], warnings: list[Problem]
) -> dict[str, InstanceSource]:
    """All secondary instances by identifier. Files that are not given are empty, with a warning."""
    found: dict[str, InstanceSource] = {}
    for element in model.named("instance")[1:]:
        name = element.attribute("id")
        if name is None:
            problems.append(Problem("", "A secondary instance has no identifier."))
            continue
        address = element.attribute("src")
        if address is None:
            _neutral(element)
            found[name] = InstanceSource("", _just(element))
            continue
        file = address.rpartition("/")[2]
        if address.startswith("jr://instance/last-saved"):
            warnings.append(Problem("", "Answers of the last saved form are not kept; what asks for them stays blank."))
            found[name] = InstanceSource("", _just(empty_instance(name)))
            continue
        data = resources.get(file)
        if data is None:
            warnings.append(Problem("", f"The file “{file}” is missing; its list is empty."))
            found[name] = InstanceSource(file, _just(empty_instance(name)), missing=True)
            continue
        try:
            node = _read_file(file, address, data, name)
        except (XmlError, ValueError) as error:
            parameters = (("detail", str(error)), ("file", file))
            problems.append(Problem("", f"The file “{file}” cannot be read: {error}", "file.list", parameters))
            continue
        found[name] = InstanceSource(file, node)
    return found


def _just(node: XmlNode) -> Callable[[], XmlNode]:
    return lambda: node


def _instance(name: str) -> XmlNode:
    node = XmlNode(NodeKind.ELEMENT, "instance")
    node.attributes = [XmlNode(NodeKind.ATTRIBUTE, "id", text=name, up=node)]
    return node


def empty_instance(name: str) -> XmlNode:
    """What stands for a list that is not there."""
    node = _instance(name)
    node.elements = [XmlNode(NodeKind.ELEMENT, "root", up=node)]
    return node


def _read_file(file: str, address: str, data: bytes, name: str) -> Callable[[], XmlNode]:
    if len(data) > MAX_RESOURCE_BYTES:
        raise ValueError(f"it has {len(data):,} bytes; at most {MAX_RESOURCE_BYTES:,} are read")
    lower = file.lower()
    if lower.endswith(".csv") or address.startswith("jr://file-csv/"):
        table = read_csv(data)
        return lambda: table_instance(name, table)
    if lower.endswith((".geojson", ".json")):
        table = read_geojson(data)
        return lambda: table_instance(name, table)
    document = parse_xml(data, limit=MAX_RESOURCE_BYTES)
    node = _instance(name)
    node.elements = document.elements
    for element in node.elements:
        element.up = node
    _neutral(node)
    return _just(node)


def _neutral(node: XmlNode) -> None:
    """Take names without prefix out of their namespace, so that paths without prefix select them."""
    for element in node.walk():
        if element.prefix is None:
            element.namespace = None


class Table:
    """Rows under a header, as text; None for a cell that is not there at all."""

    __slots__ = ("header", "rows")

    def __init__(self, header: list[str], rows: Sequence[Sequence[str | None]]) -> None:
        self.header = header
        self.rows = rows


def read_csv(data: bytes) -> Table:
    """Read CSV: UTF-8 (or UTF-16 with a mark), comma, semicolon, or tab between fields; the first row names columns.

    Rows in which nothing stands are left out: spreadsheet programs write them below a table.
    """
    lines = read_csv_lines(data)
    if not lines:
        return Table([], [])
    return Table([name.strip() for name in lines[0][1]], [row for _, row in lines[1:]])


def read_csv_lines(data: bytes) -> list[tuple[int, list[str]]]:
    """The rows of a CSV in which something stands, each with its line in the file. Raises ValueError."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8") from error
    first = text.lstrip().partition("\n")[0]
    delimiter = next((mark for mark in ",;\t" if mark in first), ",")
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise ValueError(str(error)) from error


def read_geojson(data: bytes) -> Table:
    """Read a FeatureCollection: ``geometry`` as ODK writes places, ``id``, and every property."""
    try:
        collection = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError("it is not JSON") from error
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise ValueError("it is not a GeoJSON FeatureCollection")
    features = collection.get("features")
    if not isinstance(features, list):
        raise ValueError("it has no features")
    records: list[dict[str, str]] = []
    for feature in features:
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise ValueError("one of its features is not a GeoJSON Feature")
        record = {"geometry": _geometry(feature.get("geometry"))}
        properties = feature.get("properties")
        for key, value in (properties if isinstance(properties, dict) else {}).items():
            if value is not None:
                record[str(key)] = _scalar(value)
        if "id" in feature:
            record["id"] = _scalar(feature["id"])
        records.append(record)
    header = list(dict.fromkeys(key for record in records for key in record))
    return Table(header, [[record.get(key) for key in header] for record in records])


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return text_of_number(float(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _geometry(geometry: Any) -> str:
    if not isinstance(geometry, dict):
        return ""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Point":
        return _position(coordinates)
    if kind == "Polygon" and isinstance(coordinates, list) and coordinates:
        coordinates = coordinates[0]
    elif kind != "LineString":
        raise ValueError(f"places of the kind “{kind}” are not supported")
    if not isinstance(coordinates, list):
        raise ValueError("a place has no coordinates")
    return ";".join(_position(position) for position in coordinates)


def _position(position: Any) -> str:
    if not isinstance(position, list) or len(position) < 2 or not all(isinstance(x, int | float) for x in position):
        raise ValueError("a place has no coordinates")
    return f"{text_of_number(float(position[1]))} {text_of_number(float(position[0]))} 0 0"


class _TableRoot(XmlNode):
    """The root of a table: items are made of rows when they are selected, columns are indexed when asked about."""

    __slots__ = ("_all", "_items", "_places", "_source")

    def __init__(self, table: Table, up: XmlNode) -> None:
        self._all: list[XmlNode] | None = None
        super().__init__(NodeKind.ELEMENT, "root", up=up)
        self._source = table
        self._places = {name: place for place, name in enumerate(table.header)}
        self._items: list[XmlNode | None] = [None] * len(table.rows)

    @property
    def elements(self) -> Sequence[XmlNode]:
        """All items; made at the first look."""
        if self._all is None:
            self._all = [self.item(place) for place in range(len(self._items))]
        return self._all

    @elements.setter
    def elements(self, elements: Sequence[XmlNode]) -> None:
        """The rows are the only source of items; what the base class starts with is not kept."""

    def item(self, place: int) -> XmlNode:
        """The item of a row, the same node each time."""
        item = self._items[place]
        if item is None:
            item = XmlNode(NodeKind.ELEMENT, "item", up=self)
            row = self._source.rows[place]
            width = len(row)
            item.elements = [
                XmlNode(NodeKind.ELEMENT, name, text=cell, up=item)
                for column, name in enumerate(self._source.header)
                if (cell := row[column] if column < width else "") is not None
            ]
            self._items[place] = item
        return item

    def count_named(self, name: str) -> int:
        return len(self._items) if name == "item" else 0

    def named(self, name: str) -> list[XmlNode]:
        return list(self.elements) if name == "item" else []

    def lookup(self, name: str, column: str, text: str) -> list[XmlNode]:
        return [self.item(number) for number in self._numbers(name, column).get(text, ())]

    def lookup_count(self, name: str, column: str, text: str) -> int:
        return len(self._numbers(name, column).get(text, ()))

    def _numbers(self, name: str, column: str) -> dict[Any, Any]:
        """The numbers of rows by the text in a column, made at the first question."""
        place = self._places.get(column)
        if name != "item" or place is None:
            return {}
        if self.index is None:
            self.index = {}
        table: dict[Any, Any] | None = self.index.get(column)
        if table is None:
            table = {}
            for number, row in enumerate(self._source.rows):
                cell = row[place] if place < len(row) else ""
                if cell is not None:
                    table.setdefault(cell, []).append(number)
            self.index[column] = table
        return table


def table_instance(name: str, table: Table) -> XmlNode:
    """An instance whose items are the rows of a table."""
    node = _instance(name)
    node.elements = [_TableRoot(table, node)]
    return node
