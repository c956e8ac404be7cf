"""A fault in a spreadsheet: where it is, and what to do, in the administrator's language."""

from __future__ import annotations

from dataclasses import dataclass

from forms.authoring.messages import LANGUAGES, sentence

Parameters = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, order=True)
class AuthoringProblem:
    """One fault or warning.

    ``sheet`` is blank where it concerns the whole file; ``row`` counts from 1 with the header (0: the whole sheet);
    ``column`` is the header's own text (blank: the whole row). ``code`` is stable, ``parameters`` are pairs of name
    and value; together they give :meth:`text`. ``message`` is the English text.
    """

    sheet: str
    row: int
    column: str
    message: str
    code: str = ""
    parameters: Parameters = ()

    def text(self, language: str = "en") -> str:
        """The sentence in a language (``en`` or ``id``; English for any other)."""
        if not self.code or language not in LANGUAGES:
            return self.message
        return sentence(self.code, self.parameters, language)

    def __str__(self) -> str:
        place = self.sheet
        if self.row:
            place += f", row {self.row}"
        if self.column:
            place += f", column “{self.column}”"
        return f"{place}: {self.message}" if place else self.message


def problem(sheet: str, row: int, column: str, code: str, /, **parameters: str | int) -> AuthoringProblem:
    """A problem by its code, with its English message."""
    pairs = tuple(sorted((name, str(value)) for name, value in parameters.items()))
    return AuthoringProblem(sheet, row, column, sentence(code, pairs, "en"), code, pairs)
