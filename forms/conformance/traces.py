"""Traces: forms, and what another engine did with them step by step."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from forms.conformance.report import Report
from forms.definition.model import Kind, TextSource
from forms.definition.reader import read_definition
from forms.environment import Environment
from forms.form import Form
from forms.session.choices import Choice
from forms.session.node import Node
from forms.session.serialization import serialize
from forms.session.session import FormSession
from forms.xpath import Context, syntax

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


def run(folder: Path, *, by_specification: bool = False) -> int:
    """Run all traces of a folder. Gives the exit status.

    The recorded engine leaves out binds whose nodeset is a relative path; so does the measure, unless it is
    ``by_specification`` (XForms 1.0, section 7.4, resolves them against the root of the instance).
    """
    report = Report()
    resources = {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.suffix in (".csv", ".xml", ".geojson") and not path.name.endswith(".trace.json")
    }
    for file in sorted(folder.glob("*.trace.json")):
        _run_trace(file, resources, report, by_specification)
    return report.finish()


def _run_trace(file: Path, resources: Mapping[str, bytes], report: Report, by_specification: bool) -> None:
    with report.guard() as reading:
        trace = json.loads(file.read_text(encoding="utf-8"))
        initial, steps, final = dict(trace["initial"]), list(trace["steps"]), _comparable(trace["final_xml"])
        area = trace["form"]
    if reading.reason:
        report.fail(file.name, "the trace", "a trace", reading.reason)
        return
    with report.guard() as opening:
        now = datetime.fromisoformat(trace["now"])
        xml = (file.parent / area).read_bytes()
        form = Form(read_definition(xml, resources, relative_binds=by_specification))
        session = form.open(Environment(now=lambda: now, zone=ZONE))
        found = _all_states(session, set(initial))
    if opening.reason:
        for ref in initial:
            report.fail(area, f"{ref} at first", "a form", opening.reason)
        return
    _compare(report, area, "at first", initial, found)
    # Identities are left out of traces: what was never mentioned is not compared.
    mentioned = set(initial)
    for number, step in enumerate(steps, 1):
        label, expected = f"after step {number}", step.get("changed", {})
        with report.guard() as stepping:
            changed = _changed(session, step, mentioned)
            _compare(report, area, label, expected, changed)
        if stepping.reason:
            for ref in expected or ("the form",):
                report.fail(area, f"{ref} {label}", expected.get(ref, "no change"), stepping.reason)
    with report.guard() as writing:
        # Recorded without the event that ends the filling.
        report.check(area, "the instance", final, _comparable(serialize(session.root).decode()))
    if writing.reason:
        report.fail(area, "the instance", final, writing.reason)


def _changed(session: FormSession, step: Mapping[str, Any], mentioned: set[str]) -> dict[str, State]:
    """Take one step; gives what it changed, and what it was expected to change."""
    before = _all_states(session, None)
    try:
        if "set" in step:
            session.set(step["set"], step["value"])
        else:
            session.add_repeat(step["add_repeat"])
    except (KeyError, ValueError):
        # A refused answer leaves everything as it was; the comparison shows whether that is expected.
        pass
    expected = step["changed"]
    mentioned.update(expected)
    return {
        ref: state
        for ref, state in _all_states(session, None).items()
        if ref in expected or (ref in mentioned and before.get(ref) != state)
    }


def _compare(report: Report, area: str, label: str, expected: Mapping[str, Any], found: Mapping[str, State]) -> None:
    for ref, state in expected.items():
        if _chance(state, found.get(ref)):
            state["choices"] = sorted(state["choices"])
        report.check(area, f"{ref} {label}", state, found.get(ref))
    for ref, state in found.items():
        if ref not in expected:
            report.fail(area, f"{ref} {label}", "no change", state)


def _chance(expected: State, found: State | None) -> bool:
    """Whether only the order of the choices may differ, as it does by chance."""
    choices = None if found is None else found.get("choices")
    return choices is not None and choices == sorted(choices) and sorted(expected.get("choices") or []) == choices


def _all_states(session: FormSession, wanted: Collection[str] | None) -> dict[str, State]:
    return {ref: _state(node) for ref, node in session.nodes.items() if wanted is None or ref in wanted}


def _state(node: Node) -> State:
    kind = node.kind
    if kind is Kind.REPEAT:
        controlled = "controlled" if node.definition.count is not None else "uncontrolled"
        return {"kind": f"repeat-range:{controlled}", "relevant": node.relevant, "count": len(node.children)}
    control = node.definition.control
    if control is not None and "query" in control.attributes:
        # ODK's web engine does not know choices from outside, and takes any text.
        kind = Kind.INPUT
    state: State = {
        "kind": _KINDS[kind],
        "relevant": node.relevant,
        "required": node.required,
        "readonly": node.readonly,
    }
    if control is not None and control.label is not None:
        state["label"] = _all_forms(node, control.label)
    if control is not None and control.hint is not None:
        state["hint"] = _all_forms(node, control.hint)
    if not node.definition.is_leaf:
        return {**state, "value": None}
    state["type"] = node.data_type
    state["value"] = node.value
    if kind in (Kind.SELECT1, Kind.SELECT, Kind.RANK):
        choices = [[choice.value, _choice_label(node, choice)] for choice in node.choices[:MOST_CHOICES]]
        # Without a seed the order is a matter of chance.
        state["choices"] = sorted(choices) if _is_shuffled(node) else choices
        state["choice_count"] = len(node.choices)
    violation = node.violation
    if violation is not None:
        state["violation"] = violation.kind.value
        if violation.message:
            state["message"] = violation.message
    return state


def _all_forms(node: Node, source: TextSource) -> str:
    """A text with all its forms (long, short, guidance, …), which the recorded engine does not tell apart."""
    texts = node.engine.texts
    context = Context(node, node.engine.host)
    translation = None if source.static_identifier is None else texts.translation(source.static_identifier)
    if translation is None:
        return texts.words(source, context) or ""
    return "".join(texts.fill(form, context) for form in translation.forms.values())


def _choice_label(node: Node, choice: Choice) -> str:
    control = node.definition.control
    for item in control.items if control is not None else ():
        if item.value == choice.value and item.label is not None:
            return _all_forms(node, item.label)
    return choice.label


def _is_shuffled(node: Node) -> bool:
    control = node.definition.control
    itemset = None if control is None else control.itemset
    call = None if itemset is None else itemset.nodes.syntax
    return isinstance(call, syntax.Call) and call.name == "randomize" and len(call.arguments) == 1


def _comparable(xml: str) -> str:
    """Without identities, and blank elements written in one way."""
    return re.sub(r"<(\S+)([^<>]*)></\1>", r"<\1\2/>", _IDENTITIES.sub("", xml))
