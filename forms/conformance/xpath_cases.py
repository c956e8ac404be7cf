"""Cases of XPath, one JSON object a line: document, root, context node, expression, type, and expected value."""

from __future__ import annotations

import json
import math
import random
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale

from forms.conformance.report import Report
from forms.definition.formulas import Formulas
from forms.definition.texts import read_translations
from forms.limits import MAX_INSTANCE_BYTES
from forms.xmltree import PREFIXES, XmlNode, parse_xml
from forms.xpath import Context, Work, compile_expression, parse
from forms.xpath.paths import Nodes
from forms.xpath.values import plain_number, text_of_number, to_boolean, to_number, to_text

ZONE = ZoneInfo("America/Phoenix")
SIGNIFICANT_DIGITS = 12
"""Numbers are compared to so many digits: mathematical libraries differ in the last ones."""


class DocumentHost:
    """The surroundings of an expression that is evaluated in a document of its own."""

    def __init__(self, document: XmlNode, root: XmlNode) -> None:
        self.document = document
        self.root = root
        self.work = Work()
        self.zone: tzinfo = ZONE
        self.locale = Locale("en")
        self.namespaces: Mapping[str, str] = PREFIXES
        self.simple_paths: dict[str, Nodes] | None = None
        self.random = random.Random(0).random
        model = next((node for node in document.walk() if node.named("itext")), document)
        self._translations, self.language = read_translations(model, Formulas([]))

    def now(self) -> datetime:
        return datetime.now(UTC)

    def uuid(self) -> str:
        return str(uuid.uuid4())

    def instance(self, name: str) -> XmlNode | None:
        return next(
            (node for node in self.document.walk() if node.name == "instance" and node.attribute("id") == name), None
        )

    def translation(self, name: str) -> str | None:
        """As a form's, in its default language: which one was chosen when a case was recorded does not stand in it."""
        found = self._translations.get(self.language or "", {}).get(name)
        parts = found.text.parts if found is not None and found.text is not None else ()
        return None if found is None else "".join(part for part in parts if isinstance(part, str))

    def choice_label(self, _node: XmlNode, _value: str, /) -> str | None:
        return None

    def device_property(self, _name: str, /) -> str:
        return ""


def run(file: Path) -> int:
    """Run all cases of a JSON-lines file. Gives the exit status."""
    report = Report()
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            _run_line(number, line, report)
    return report.finish()


def _run_line(number: int, line: str, report: Report) -> None:
    area, label, expected = "unreadable", f"line {number}", "a case"
    with report.guard() as guard:
        case = json.loads(line)
        area, label, expected = case["area"], f"{case['expression']} in {case['context']}", case["expected"]
        wanted, found = _run_case(case)
        report.check(area, label, wanted, found)
    if guard.reason:
        report.fail(area, label, expected, guard.reason)


def _run_case(case: Mapping[str, Any]) -> tuple[object, object]:
    expected: object = case["expected"]
    wanted_number = case["type"] in ("number", "rounded")
    if wanted_number:
        expected = _comparable(_read_number(expected))
    document = parse_xml(case["xml"], limit=MAX_INSTANCE_BYTES, trim=False)
    host = DocumentHost(document, _address(document, case["root"]))
    context = Context(_address(document, case["context"]), host)
    value = compile_expression(parse(case["expression"])).value(context)
    return expected, _converted(case, value, wanted_number)


def _converted(case: Mapping[str, Any], value: Any, wanted_number: bool) -> object:
    if isinstance(value, list) and case["type"] != "string":
        # A node-set as a result is read by its first node's text, as a form's condition is.
        text = value[0].string_value() if value else ""
        value = plain_number(text) if wanted_number else text
    if case["type"] == "boolean":
        return to_boolean(value)
    if case["type"] == "string":
        return to_text(value)
    number = float(to_number(value, ZONE))
    if case["type"] == "rounded" and math.isfinite(number):
        factor = case["factor"]
        number = math.floor(number * factor + 0.5) / factor
    return _comparable(number)


def _read_number(value: object) -> float:
    if isinstance(value, str):
        return plain_number(value)
    return float(value) if isinstance(value, (int, float)) else math.nan


def _comparable(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    return text_of_number(float(f"{number:.{SIGNIFICANT_DIGITS}g}")) if math.isfinite(number) else str(number)


def _address(document: XmlNode, path: str) -> XmlNode:
    """The node at an address like ``/node()[1]/node()[2]`` or ``…/@name``."""
    node = document
    for step in path.split("/"):
        if step.startswith("node()["):
            node = node.child_nodes()[int(step[7:-1]) - 1]
        elif step.startswith("@"):
            node = next(found for found in node.attributes if found.qualified_name == step[1:])
    return node
