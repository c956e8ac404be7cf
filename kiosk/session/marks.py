"""Which answers of a form the scanner read. The mark is the value's: where another one stands, it was typed."""

from collections.abc import Iterator, Mapping
from typing import Final

from forms import FormSession


class ScanMarks:
    """Of one form, by question."""

    def __init__(self) -> None:
        self._read: Final[dict[str, str]] = {}

    def put(self, ref: str, value: str) -> None:
        """The scanner read ``value`` for the question."""
        self._read[ref] = value

    def of(self, ref: str, value: str) -> bool:
        """Whether the scanner read just this answer."""
        return bool(value) and self._read.get(ref) == value

    def held(self, form: FormSession) -> Iterator[str]:
        """The questions whose answers, as they stand now, the scanner read; only what is sent counts."""
        for ref in self._read:
            node = form.nodes.get(ref)
            if node is not None and node.relevant and self.of(ref, node.value):
                yield ref

    def follow(self, places: Mapping[str, str]) -> None:
        """``places``: where each question is now, by where it was; others are gone."""
        moved = {places[ref]: value for ref, value in self._read.items() if ref in places}
        self.wipe()
        self._read.update(moved)

    def wipe(self) -> None:
        self._read.clear()
