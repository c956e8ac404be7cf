"""The table of conformity with EN 301 549 says what the tests show, neither more nor less."""

from pathlib import Path

import pytest

from tools import conformity
from tools.conformity import CLAUSES, PAGE, Standing


def test_every_clause_is_shown_or_says_why_not() -> None:
    assert conformity.faults(conformity.marked()) == []


def test_the_page_is_in_step_with_the_tests() -> None:
    assert PAGE.read_text(encoding="utf-8") == conformity.page(conformity.marked()), "python -m tools.conformity"


def test_marks_are_found_on_tests_with_and_without_parameters(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text(
        'import pytest\n\n@pytest.mark.en301549("5.7", "5.8")\n@pytest.mark.parametrize("x", [1])\ndef test_x(x): ...\n'
    )
    assert conformity.marked(tmp_path) == {"5.7": ("tests/test_a.py::test_x",), "5.8": ("tests/test_a.py::test_x",)}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"5.99": ("tests/x.py::test_y",)}, "no clause"),
        ({"5.3": ("tests/x.py::test_y",)}, "shows it"),
    ],
)
def test_a_mark_that_does_not_fit_is_found(change: dict[str, tuple[str, ...]], fault: str) -> None:
    assert any(fault in each for each in conformity.faults(conformity.marked() | change))


def test_a_clause_that_lost_its_test_is_found() -> None:
    tests = {number: each for number, each in conformity.marked().items() if number != "5.1.3.8"}
    assert [each for each in conformity.faults(tests) if each.startswith("5.1.3.8")] != []


def test_clauses_stand_once_each_in_order() -> None:
    numbers = [tuple(map(int, clause.number.split("."))) for clause in CLAUSES]
    assert numbers == sorted(set(numbers))
    assert {clause.standing for clause in CLAUSES} <= set(Standing)


@pytest.mark.en301549("8.3.6")
def test_whoever_mounts_a_kiosk_is_told_how() -> None:
    install = (PAGE.parent / "install.md").read_text(encoding="utf-8")
    section = install.partition("## Where it is mounted")[2].partition("\n## ")[0]
    for what in ("1,220 mm", "380 mm", "EKIOS_SCREEN", "tactile", "3.5 mm", "panel_bottom_mm"):
        assert what in section, what
