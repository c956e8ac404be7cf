"""Against recorded behaviour and foreign forms, where they are at hand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from forms import load_form
from forms.authoring import convert

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


@pytest.mark.skipif(not _XLSFORMS, reason="XLSFORM_FOLDER is not set")
def test_every_form_that_pyxform_accepts_opens() -> None:
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert as pyxform_convert

    failed = []
    for path in sorted(Path(_XLSFORMS).rglob("*.xlsx")):
        try:
            xml = pyxform_convert(path.read_bytes(), validate=False, file_type=".xlsx", form_name="data").xform
        except (PyXFormError, KeyError, AttributeError, TypeError, ValueError):
            continue
        try:
            load_form(xml).open().to_xml()
        except ValueError as error:
            failed.append(f"{path.name}: {error}")
    assert failed == []


def test_the_measure_prints_its_totals_last(tmp_path: Path) -> None:
    case = (
        '{"area": "a", "xml": "<r/>", "root": "/", "context": "/", "expression": "1", "type": "number", "expected": %s}'
    )
    file = tmp_path / "cases.jsonl"
    file.write_text(f"{case % 1}\n{case % 2}\n", encoding="utf-8")
    assert _share(["xpath", str(file)]) == 0.5


def test_the_converter_is_the_one_that_is_measured() -> None:
    assert convert("", "md", name="t").errors
