"""Which voice speaks a language: its own, or the closest one that is installed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

#: Where nobody says which languages there are: the country's own.
BASE: Final[Mapping[str, Sequence[str]]] = MappingProxyType({"id": ("id", "ms")})


def parse_voices(listing: str) -> frozenset[str]:
    """Language codes of the voices in the table that ``espeak-ng --voices`` prints."""
    rows = (line.split() for line in listing.splitlines()[1:])
    return frozenset(row[1] for row in rows if len(row) > 1)


class Voices:
    """``closest``: for each language its voices from best to worst; the first language stands in for others."""

    def __init__(self, closest: Mapping[str, Sequence[str]], installed: Collection[str] = ()) -> None:
        self._closest = closest
        self.installed = frozenset(installed)

    def with_installed(self, installed: Collection[str]) -> Voices:
        return Voices(self._closest, installed)

    def of(self, language: str) -> str | None:
        """The best installed voice for a language; None when there is none that could be understood."""
        return next((voice for voice in self._closest.get(language, (language,)) if voice in self.installed), None)

    @property
    def standing_in(self) -> str | None:
        """The voice for a language that has none of its own."""
        return next((voice for language in self._closest if (voice := self.of(language))), None)

    def silent(self) -> list[str]:
        """Languages that no installed voice speaks."""
        return [language for language in self._closest if self.of(language) is None]
