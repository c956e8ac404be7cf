"""A long list: shown piece by piece, and found in by a few letters. Knows nothing of Kivy."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from forms import Choice
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    from rapidfuzz import fuzz, process
else:
    fuzz, process = when_wanted("rapidfuzz.fuzz"), when_wanted("rapidfuzz.process")

#: Of a long list so many are shown at a time.
SHOWN_AT_MOST: Final = 12
#: A choice is found when its likeness with what was typed is at least this, of 100.
LIKENESS: Final = 70


class LongList:
    """Which choices of a list are in sight. The form makes a label when it is looked at: all of them are looked at only
    when somebody types, and once."""

    def __init__(self) -> None:
        self._choices: Sequence[Choice] | None = None
        self._folded: list[str] | None = None
        self._query = ""
        #: Which choices are listed, by their places in the form.
        self._listed: Sequence[int] = ()
        self.first = 0

    def look(self, choices: Sequence[Choice], query: str, chosen: Collection[str]) -> None:
        """The list as it is now, and what was typed; without that, what is ``chosen`` comes first.

        What is chosen later does not move the others: they stay under the finger.
        """
        query = query.strip().casefold()
        if choices is self._choices and query == self._query:
            return
        if choices is not self._choices:
            self._choices, self._folded = choices, None
        self._query, self.first = query, 0
        self._listed = self._found(choices, query) if query else _in_order(choices, chosen)

    @property
    def total(self) -> int:
        return len(self._listed)

    @property
    def last(self) -> int:
        """Behind the last one in sight."""
        return min(self.first + SHOWN_AT_MOST, self.total)

    def in_sight(self) -> tuple[Choice, ...]:
        choices = self._choices or ()
        return tuple(choices[place] for place in self._listed[self.first : self.last])

    def turn(self, pieces: int) -> None:
        """So many pieces on, or back."""
        first = self.first + pieces * SHOWN_AT_MOST
        if 0 <= first < self.total:
            self.first = first

    def _found(self, choices: Sequence[Choice], query: str) -> list[int]:
        """What begins so, and then what is like it, the most alike first."""
        if self._folded is None:
            self._folded = [(choice.label or choice.value).casefold() for choice in choices]
        folded = self._folded
        starting = [place for place, label in enumerate(folded) if label.startswith(query)]
        alike = [
            (-likeness, place)
            for _, likeness, place in process.extract_iter(
                query, folded, scorer=fuzz.partial_ratio, score_cutoff=LIKENESS
            )
            if not folded[place].startswith(query)
        ]
        return starting + [place for _, place in sorted(alike)]


def _in_order(choices: Sequence[Choice], chosen: Collection[str]) -> Sequence[int]:
    if not chosen:
        return range(len(choices))
    ahead = [place for place, choice in enumerate(choices) if choice.value in chosen]
    known = frozenset(ahead)
    return ahead + [place for place in range(len(choices)) if place not in known]
