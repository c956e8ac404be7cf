"""What was done to an open form: from it the form is made anew as it stood, should a step fail half-way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class StepKind(Enum):
    """What somebody who fills a form can do."""

    SET = "set"
    ADD = "add"
    REMOVE = "remove"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what, at which reference, and the value as it is stored."""

    kind: StepKind
    ref: str = ""
    value: str = ""


class Journal:
    """The steps that succeeded, in order. What is typed sign by sign into one question is one step."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._marked = 0
        self._taken: Step | None = None

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps so far."""
        return tuple(self._steps)

    def note(self, step: Step) -> None:
        """A step succeeded."""
        self._taken = None
        last = self._steps[-1] if len(self._steps) > self._marked else None
        if last is not None and last.kind is step.kind is StepKind.SET and last.ref == step.ref:
            self._steps.pop()
        self._steps.append(step)

    def mark(self) -> int:
        """How many steps there are; the last one is taken together with no later one."""
        self._marked = len(self._steps)
        return self._marked

    def take_back(self) -> None:
        """Leave out the last step."""
        self._taken = self._steps.pop()
        self._marked = min(self._marked, len(self._steps))

    def take_again(self) -> None:
        """The step that was left out last, unless there were others since."""
        if self._taken is not None:
            self.note(self._taken)
