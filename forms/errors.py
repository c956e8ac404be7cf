"""What can be wrong with a form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it is (a reference like ``/data/name``, or blank) and a sentence for the form's author.

    ``code`` and ``parameters`` let a caller say the same in another language; the code is blank for faults that
    whoever writes a spreadsheet cannot make. ``parameters`` are pairs of name and value, sorted by name.
    """

    ref: str
    message: str
    code: str = ""
    parameters: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.ref}: {self.message}" if self.ref else self.message


class FormError(ValueError):
    """A form that cannot be opened. ``problems`` holds everything that was found, not only the first fault."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(map(str, problems[:5])))
        self.problems = problems


class FormFault(RuntimeError):
    """An unexpected error of the engine during a step. The open form stands as it stood before the step."""


class SessionLimitError(ValueError):
    """An open form that grows or recomputes beyond its bounds."""
