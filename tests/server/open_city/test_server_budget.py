"""The budget: what is typed is read line by line, and every line that is wrong is named."""

import pytest

from protocol.documents import BUDGET, BUDGET_LINES, Budget
from server.deps import Deps
from server.foundation.actors import OPERATOR
from server.open_city.budget import NAME_CHARACTERS, Problem, read_budget, write_rows

ROWS = "Pendidikan;2.500.000.000;1200000000;Education\nKesehatan; Rp 900.000.000 ;0\n"


def read(rows: str, year: str = "2026") -> Budget:
    found = read_budget(year, "Perda 12/2025", rows)
    assert isinstance(found, Budget), found
    return found


def problems(rows: str, year: str = "2026") -> list[str]:
    found = read_budget(year, "", rows)
    assert isinstance(found, tuple)
    return [one.kind for one in found]


def test_amounts_may_have_points_and_rp() -> None:
    budget = read(ROWS)
    assert [(line.planned_rupiah, line.spent_rupiah) for line in budget.lines] == [
        (2_500_000_000, 1_200_000_000),
        (900_000_000, 0),
    ]
    assert budget.lines[0].name == {"id": "Pendidikan", "en": "Education"}


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_table_from_a_spreadsheet_is_read_with_its_heading(delimiter: str) -> None:
    text = (
        delimiter.join(("Bidang", "Anggaran", "Realisasi")) + "\r\n" + delimiter.join(("Jalan", "100", "40")) + "\r\n"
    )
    assert [line.name["id"] for line in read(text).lines] == ["Jalan"]


@pytest.mark.parametrize("amounts", ["1O0;40", "Rp 1,5 miliar;40", "100;4O", "-5;3", "100 juta;Rp", "100;", ";40"])
def test_a_first_line_with_a_wrong_amount_is_no_heading(amounts: str) -> None:
    found = read_budget("2026", "APBD", f"Jalan;{amounts}\nTaman;7;3\n")
    assert isinstance(found, tuple)
    assert [(one.kind, one.values["row"]) for one in found] == [("amount", 1)]


def test_what_is_written_out_is_read_again() -> None:
    budget = read(ROWS)
    assert read(write_rows(budget)) == budget


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        ("", ["empty"]),
        ("Jalan;1", ["columns"]),
        (";1;2", ["name"]),
        ("A;1;2\nB;x;2", ["amount"]),
        ("A;1;2\nB;-1;2", ["amount"]),
        ("A;1;2\nB;1.00;2", ["amount"]),
        ("Bidang;Anggaran;Realisasi", ["empty"]),
    ],
)
def test_each_wrong_line_is_named(rows: str, kinds: list[str]) -> None:
    assert problems(rows) == kinds


def test_a_problem_tells_its_line_and_what_stands_there() -> None:
    found = read_budget("2026", "", "A;1;2\nB;banyak;2")
    assert found == (Problem("amount", {"row": 2, "text": "banyak"}),)


@pytest.mark.parametrize(
    ("year", "good"), [("1999", False), ("2000", True), ("2100", True), ("2101", False), ("x", False)]
)
def test_a_year_has_limits(year: str, good: bool) -> None:
    assert isinstance(read_budget(year, "", ROWS), Budget) is good


@pytest.mark.parametrize(("number", "good"), [(BUDGET_LINES, True), (BUDGET_LINES + 1, False)])
def test_lines_have_a_limit(number: int, good: bool) -> None:
    assert isinstance(read_budget("2026", "", "A;1;2\n" * number), Budget) is good


@pytest.mark.parametrize(("letters", "good"), [(NAME_CHARACTERS, True), (NAME_CHARACTERS + 1, False)])
def test_names_have_a_limit(letters: int, good: bool) -> None:
    assert isinstance(read_budget("2026", "", "A" * letters + ";1;2"), Budget) is good


def test_publishing_makes_a_new_version_and_is_logged(deps: Deps) -> None:
    first = deps.budget.publish(OPERATOR, read(ROWS))
    assert deps.budget.publish(OPERATOR, read("Jalan;5;1")) == first + 1
    document = deps.publications.get(BUDGET)
    assert document is not None
    assert Budget.model_validate_json(document.body).lines[0].name["id"] == "Jalan"
