"""A fault in a spreadsheet, where it is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class AuthoringProblem:
    """One fault or warning.

    ``sheet`` is blank where it concerns the whole file; ``row`` counts from 1 with the header (0: the whole sheet);
    ``column`` is the header's own text (blank: the whole row).
    """

    sheet: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        place = self.sheet
        if self.row:
            place += f", row {self.row}"
        if self.column:
            place += f", column “{self.column}”"
        return f"{place}: {self.message}" if place else self.message
