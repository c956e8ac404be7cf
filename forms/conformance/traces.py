"""Traces: forms, and what another engine did with them step by step."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from forms.conformance.report import Report
from forms.definition.model import Kind
from forms.environment import Environment
from forms.errors import FormError
from forms.form import load_form
from forms.session.node import Node
from forms.session.session import FormSession

ZONE = ZoneInfo("Asia/Jakarta")
MOST_CHOICES = 60
_KINDS = {
    Kind.INPUT: "input",
    Kind.SELECT1: "select",
    Kind.SELECT: "select",
    Kind.RANK: "rank",
    Kind.RANGE: "range",
    Kind.TRIGGER: "trigger",
    Kind.UPLOAD: "upload",
    Kind.NOTE: "note",
    Kind.GROUP: "group",
    Kind.REPEAT_INSTANCE: "repeat-instance",
    Kind.MODEL_VALUE: "model-value",
}
_IDENTITIES = re.compile(r"uuid:[0-9a-f-]{36}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
State = dict[str, Any]


def run(folder: Path) -> int:
    """Run all traces of a folder. Gives the exit status."""
    report = Report()
    resources = {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.suffix in (".csv", ".xml", ".geojson") and not path.name.endswith(".trace.json")
    }
    for file in sorted(folder.glob("*.trace.json")):
        _run_trace(file, resources, report)
    return report.finish()


def _run_trace(file: Path, resources: Mapping[str, bytes], report: Report) -> None:
    trace = json.loads(file.read_text(encoding="utf-8"))
    area = trace["form"]
    now = datetime.fromisoformat(trace["now"])
    try:
        form = load_form((file.parent / trace["form"]).read_bytes(), resources)
        session = form.open(Environment(now=lambda: now, zone=ZONE))
    except FormError as error:
        for ref in trace["initial"]:
            report.fail(area, f"{ref} at first", "a form", str(error))
        return
    _compare(report, area, "at first", trace["initial"], _all_states(session, trace["initial"]))
    for number, step in enumerate(trace["steps"], 1):
        before = _all_states(session, None)
        label = f"after step {number}"
        try:
            if "set" in step:
                session.set(step["set"], step["value"])
            else:
                session.add_repeat(step["add_repeat"])
        except (KeyError, ValueError):
            # A refused answer leaves everything as it was; the comparison shows whether that is expected.
            pass
        after = _all_states(session, None)
        expected = dict(step["changed"])
        changed = {ref: state for ref, state in after.items() if ref in expected or before.get(ref) != state}
        known = {ref: state for ref, state in changed.items() if ref in expected or ref in before}
        _compare(report, area, label, expected, known)
    written = _IDENTITIES.sub("", session.to_xml().decode())
    report.check(area, "the instance", _canonical(_IDENTITIES.sub("", trace["final_xml"])), _canonical(written))


def _compare(report: Report, area: str, label: str, expected: Mapping[str, Any], found: Mapping[str, State]) -> None:
    for ref, state in expected.items():
        report.check(area, f"{ref} {label}", state, found.get(ref))
    for ref, state in found.items():
        if ref not in expected:
            report.fail(area, f"{ref} {label}", "no change", state)


def _all_states(session: FormSession, wanted: Mapping[str, Any] | None) -> dict[str, State]:
    return {ref: _state(node) for ref, node in session.nodes.items() if wanted is None or ref in wanted}


def _state(node: Node) -> State:
    kind = node.kind
    if kind is Kind.REPEAT:
        controlled = "controlled" if node.definition.count is not None else "uncontrolled"
        return {"kind": f"repeat-range:{controlled}", "relevant": node.relevant, "count": len(node.children)}
    state: State = {
        "kind": _KINDS[kind],
        "relevant": node.relevant,
        "required": node.required,
        "readonly": node.readonly,
    }
    if node.label is not None:
        state["label"] = node.label
    if node.hint is not None:
        state["hint"] = _full_hint(node)
    if not node.definition.is_leaf:
        return {**state, "value": None}
    state["type"] = node.data_type
    state["value"] = node.value
    if kind in (Kind.SELECT1, Kind.SELECT, Kind.RANK):
        state["choices"] = [[choice.value, choice.label] for choice in node.choices[:MOST_CHOICES]]
        state["choice_count"] = len(node.choices)
    violation = node.violation
    if violation is not None:
        state["violation"] = violation.kind.value
        if violation.message:
            state["message"] = violation.message
    return state


def _full_hint(node: Node) -> str:
    """The hint with its guidance, which the recorded engine does not tell apart."""
    return (node.hint or "") + (node.guidance or "")


def _canonical(xml: str) -> str:
    return re.sub(r"<(\S+)([^<>]*)></\1>", r"<\1\2/>", xml)
