"""The city's budget as administrators fill it: lines of text, checked line by line, published as one document."""

import csv
import io
import re
from dataclasses import dataclass
from typing import Final

from protocol.documents import BUDGET, BUDGET_LINES, Budget, BudgetLine
from protocol.languages import FALLBACK, LANGUAGES
from server.foundation.actors import Actor
from server.open_city.publications import Publications
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

NAME_CHARACTERS: Final = 80
SOURCE_CHARACTERS: Final = 200
CSV_BYTES: Final = 100_000
YEARS: Final = range(2000, 2101)
#: Fifteen digits: more rupiah than there are.
_AMOUNT: Final = re.compile(r"(?:Rp)?\s*(\d{1,15}|\d{1,3}(?:\.\d{3}){1,4})")
#: Columns after name, planned and spent: the name in other languages, in the order of the alphabet.
_LANGUAGES: Final = tuple(sorted(language for language in LANGUAGES if language != FALLBACK))
_COLUMNS: Final = 3


@dataclass(frozen=True)
class Problem:
    """``kind`` is the end of a text's key; ``values`` fill its places."""

    kind: str
    values: dict[str, object]


class Budgets:
    def __init__(self, units: UnitsOfWork, publications: Publications) -> None:
        self._units = units
        self._publications = publications

    def publish(self, actor: Actor, budget: Budget) -> int:
        """The version in force."""

        def publish(work: UnitOfWork) -> int:
            work.audit("budget.publish", "document:budget", {"year": budget.year, "lines": len(budget.lines)})
            return self._publications.publish(work, BUDGET, budget)

        return self._units.run(actor, publish)


def read_budget(year: str, source: str, text: str) -> Budget | tuple[Problem, ...]:
    """A budget from what was typed, or everything that is wrong with it."""
    problems = []
    if not year.strip().isdecimal() or int(year.strip()[:6]) not in YEARS:
        problems.append(Problem("year", {}))
    lines: list[BudgetLine] = []
    rows = [(number, row) for number, row in _rows(text) if any(cell.strip() for cell in row)]
    for index, (number, row) in enumerate(rows):
        cells = [cell.strip() for cell in row]
        if index == 0 and _is_heading(cells):
            continue
        line = _line(number, cells)
        if isinstance(line, BudgetLine):
            lines.append(line)
        else:
            problems.append(line)
    if not rows:
        problems.append(Problem("empty", {}))
    if len(lines) > BUDGET_LINES:
        problems.append(Problem("many", {"n": BUDGET_LINES}))
    if not lines and not problems:
        problems.append(Problem("empty", {}))
    if problems:
        return tuple(problems)
    return Budget(year=int(year), source=source.strip()[:SOURCE_CHARACTERS], lines=tuple(lines))


def write_rows(budget: Budget) -> str:
    """The lines as ``read_budget`` takes them, to be corrected."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    for line in budget.lines:
        names = [line.name.get(language, "") for language in _LANGUAGES]
        while names and not names[-1]:
            names.pop()
        writer.writerow([line.name.get("id", ""), line.planned_rupiah, line.spent_rupiah, *names])
    return out.getvalue()


def _rows(text: str) -> list[tuple[int, list[str]]]:
    first = text.strip("\r\n").partition("\n")[0]
    delimiter = ";" if ";" in first else "\t" if "\t" in first else ","
    reader = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter)
    return [(reader.line_num, row) for row in reader]


def _is_heading(row: list[str]) -> bool:
    """Whether the columns of amounts hold words and nothing else: an amount with a mistake has figures in it."""
    amounts = row[1:_COLUMNS]
    return len(row) >= _COLUMNS and all(cell and not any(sign.isdigit() for sign in cell) for cell in amounts)


def _line(number: int, row: list[str]) -> BudgetLine | Problem:
    if len(row) < _COLUMNS:
        return Problem("columns", {"row": number})
    names = dict(zip((FALLBACK, *_LANGUAGES), (row[0], *row[_COLUMNS:]), strict=False))
    if not row[0] or any(len(name) > NAME_CHARACTERS for name in names.values()):
        return Problem("name", {"row": number, "n": NAME_CHARACTERS})
    amounts = []
    for cell in row[1:_COLUMNS]:
        match = _AMOUNT.fullmatch(cell)
        if match is None:
            return Problem("amount", {"row": number, "text": cell[:NAME_CHARACTERS]})
        amounts.append(int(match[1].replace(".", "")))
    return BudgetLine(
        name={language: name for language, name in names.items() if name},
        planned_rupiah=amounts[0],
        spent_rupiah=amounts[1],
    )
