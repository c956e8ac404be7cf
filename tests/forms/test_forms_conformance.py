"""Against recorded behaviour and foreign forms, where they are at hand."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pyxform.errors import PyXFormError
from pyxform.validators.odk_validate import ODKValidateError
from pyxform.xls2xform import convert as pyxform_convert

from forms import load_form
from forms.authoring import convert
from forms.conformance.__main__ import main

_ROOT = Path(__file__).parents[2]
_DATA = _ROOT.parent / "conformance"
_CANDIDATES = [_ROOT.parent / "shared" / "conformance", _DATA]
_FOLDER = next((folder for folder in _CANDIDATES if folder.exists()), None)


def _share(arguments: list[str]) -> float:
    command = [sys.executable, "-m", "forms.conformance", *arguments]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=110)
    passed, _, failed, _ = done.stdout.strip().splitlines()[-1].replace(",", "").split()
    return int(passed) / (int(passed) + int(failed))


@pytest.mark.skipif(_FOLDER is None, reason="no conformance data here")
def test_ninety_nine_in_a_hundred_expressions_give_what_odk_gives() -> None:
    assert _share(["xpath", f"{_FOLDER}/odk-xpath.jsonl"]) >= 0.99


@pytest.mark.skipif(_FOLDER is None, reason="no conformance data here")
def test_ninety_eight_in_a_hundred_states_are_what_odk_has() -> None:
    assert _share(["traces", f"{_FOLDER}/xforms"]) >= 0.98


_XLSFORMS = os.environ.get("XLSFORM_FOLDER", "")
_SHEETS = (".csv", ".md", ".xls", ".xlsx")
_REFUSALS = (PyXFormError, ODKValidateError, AttributeError, IndexError, KeyError, TypeError, ValueError, OSError)


def _xlsforms(folder: Path) -> list[tuple[str, bytes, str]]:
    """Every form of a folder, each once: spreadsheets, and the markdown that Python tests there hold."""
    found: dict[tuple[bytes, str], str] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SHEETS and not path.name.startswith("~"):
            found.setdefault((path.read_bytes(), path.suffix), path.name)
        elif path.suffix == ".py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for keyword in (node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "md"):
                text = getattr(keyword.value, "value", None)
                if isinstance(text, str):
                    found.setdefault((text.encode(), ".md"), f"{path.name}:{keyword.value.lineno}")
    return [(name, source, suffix) for (source, suffix), name in found.items()]


def _accepted(source: bytes, suffix: str, *, validate: bool) -> str | None:
    """The XForm that pyxform makes; None where it refuses. ``validate`` asks ODK Validate as well, which wants Java."""
    try:
        return str(pyxform_convert(source, validate=validate, file_type=suffix, form_name="data").xform)
    except _REFUSALS:
        return None


@pytest.mark.skipif(not _XLSFORMS, reason="XLSFORM_FOLDER is not set")
@pytest.mark.timeout(600)
def test_every_form_that_pyxform_accepts_opens() -> None:
    """``XLSFORM_FOLDER`` names an unpacked source distribution of pyxform that has its tests (up to 1.3.4).

    pyxform accepts a form when ODK Validate, which it runs unless told otherwise, does; that is slow, so it is asked
    only about forms that do not open here.
    """
    forms = _xlsforms(Path(_XLSFORMS))
    opened, failed = 0, []
    for name, source, suffix in forms:
        xml = _accepted(source, suffix, validate=False)
        if xml is None:
            continue
        try:
            load_form(xml).open().to_xml()
            opened += 1
        except ValueError as error:
            if _accepted(source, suffix, validate=True) is not None:
                failed.append(f"{name}: {error}")
    print(f"{len(forms)} forms, {opened} opened, {len(failed)} accepted but not opened")
    assert failed == []
    assert opened > 0


def test_the_measure_prints_its_totals_last(tmp_path: Path) -> None:
    case = (
        '{"area": "a", "xml": "<r/>", "root": "/", "context": "/", "expression": "1", "type": "number", "expected": %s}'
    )
    file = tmp_path / "cases.jsonl"
    file.write_text(f"{case % 1}\n{case % 2}\n", encoding="utf-8")
    assert _share(["xpath", str(file)]) == 0.5


def _totals(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> str:
    main(arguments)
    return capsys.readouterr().out.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "bad",
    [
        {"type": "rounded", "expression": "1 div 0", "factor": 100},
        {"type": "rounded", "expression": "0 div 0", "factor": 100},
        {"type": "rounded", "expression": "1"},
        {"expression": "1 +"},
        {"expression": "count('a')"},
        {"expression": "/r" + "[1]" * 5_000},
        {"xml": "<r>"},
        {"context": "/node()[9]"},
        {"expression": None},
        "no case",
        "{",
    ],
)
def test_a_case_that_fails_in_any_way_is_counted_and_the_next_one_is_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: object
) -> None:
    good = {
        "area": "a",
        "xml": "<r/>",
        "root": "/",
        "context": "/",
        "expression": "1",
        "type": "number",
        "expected": 1,
    }
    line = bad if bad == "{" else json.dumps(good | {"expected": 7} | bad if isinstance(bad, dict) else bad)
    file = tmp_path / "cases.jsonl"
    file.write_text(f"{line}\n{json.dumps(good)}\n", encoding="utf-8")
    assert _totals(capsys, ["xpath", str(file)]) == "1 passed, 1 failed"


def test_numbers_without_end_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = {"area": "a", "xml": "<r/>", "root": "/", "context": "/", "factor": 100}
    cases = [
        case | {"expression": expression, "type": kind, "expected": expected}
        for kind in ("number", "rounded")
        for expression, expected in (("1 div 0", "Infinity"), ("-1 div 0", "-Infinity"), ("0 div 0", "NaN"))
    ]
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(map(json.dumps, cases)), encoding="utf-8")
    assert _totals(capsys, ["xpath", str(file)]) == "6 passed, 0 failed"


_SPOKEN = (
    '<model xmlns:jr="http://openrosa.org/javarosa"><itext><translation lang="en"><text id="one">'
    '<value form="short">1</value><value>One</value></text></translation><translation lang="fr"><text id="one">'
    '<value>Un</value></text></translation></itext><instance id="x"><root><item><id>one</id><n>7</n></item></root>'
    "</instance></model>"
)


@pytest.mark.parametrize(
    ("expression", "expected", "counted"),
    [
        ("jr:itext('one')", "One", "1 passed, 0 failed"),
        ("instance('x')/root/item[jr:itext(id) = 'One']/n", "7", "1 passed, 0 failed"),
        ("jr:itext('one')", "Un", "0 passed, 1 failed"),
        ("jr:itext('one')", "1", "0 passed, 1 failed"),
        ("jr:itext('one')", "Eins", "0 passed, 1 failed"),
    ],
)
def test_a_case_is_in_the_default_language_of_its_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], expression: str, expected: str, counted: str
) -> None:
    case = {"area": "a", "xml": _SPOKEN, "root": "/", "context": "/", "type": "string"}
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps(case | {"expression": expression, "expected": expected}), encoding="utf-8")
    assert _totals(capsys, ["xpath", str(file)]) == counted


_TRACED = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>t</h:title>'
    '<model><instance><data id="t"><a/></data></instance></model></h:head><h:body/></h:html>'
)
_STATE = {"kind": "model-value", "relevant": True, "required": False, "readonly": False, "type": "string"}


@pytest.mark.parametrize(
    ("part", "counted"),
    [
        ({"form": "gone.xml"}, "0 passed, 1 failed"),
        ({"now": "tomorrow"}, "0 passed, 1 failed"),
        ({"steps": [{"set": "/data/a", "value": 5, "changed": {"/data/a": {}}}]}, "2 passed, 1 failed"),
        ({"steps": [{"jump": "/data/a"}]}, "2 passed, 1 failed"),
        ({"steps": None}, "0 passed, 1 failed"),
        ({"final_xml": None}, "0 passed, 1 failed"),
    ],
)
def test_a_trace_that_fails_in_any_way_is_counted_and_the_next_one_is_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], part: dict[str, object], counted: str
) -> None:
    whole = {
        "form": "t.xml",
        "now": "2026-01-15T08:30:00+07:00",
        "initial": {"/data/a": _STATE | {"value": ""}},
        "steps": [],
        "final_xml": '<data id="t"><a/><meta><instanceID/></meta></data>',
    }
    (tmp_path / "t.xml").write_text(_TRACED, encoding="utf-8")
    (tmp_path / "1.trace.json").write_text(json.dumps(whole | part), encoding="utf-8")
    alone = _totals(capsys, ["traces", str(tmp_path)])
    assert alone == counted
    (tmp_path / "2.trace.json").write_text(json.dumps(whole), encoding="utf-8")
    passed, failed = (int(number) for number in re.findall(r"\d+", counted))
    assert _totals(capsys, ["traces", str(tmp_path)]) == f"{passed + 2} passed, {failed} failed"


def test_the_converter_is_the_one_that_is_measured() -> None:
    assert convert("", "md", name="t").errors
