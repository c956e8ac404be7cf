"""The texts of the pages: gettext catalogues with stable dotted keys as msgid, read once at start.

``office.po`` exists in Indonesian and English; ``public.po`` (what citizens read) in all four languages. A key that
a language lacks falls back to Indonesian, and then to the key itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

from protocol.languages import FALLBACK

CATALOGUES: Final = Path(__file__).parent / "translations"


@dataclass(frozen=True)
class Texts:
    """All texts by language and key."""

    by_language: Mapping[str, Mapping[str, str]]

    def say(self, language: str, key: str, **values: object) -> str:
        """The text of ``key`` with its ``{named}`` places filled.

        With ``n`` among the values, ``key + ".one"`` is taken for 1 where the language has it.
        """
        if values.get("n") == 1 and (single := self._find(language, f"{key}.one")) is not None:
            return single.format(**values)
        found = self._find(language, key)
        if found is None:
            return key
        return found.format(**values) if values else found

    def has(self, key: str) -> bool:
        return key in self.by_language.get(FALLBACK, {})

    def _find(self, language: str, key: str) -> str | None:
        own = self.by_language.get(language, {})
        if key in own:
            return own[key]
        # English has a singular that Indonesian does not: fall back only for whole keys.
        return None if key.endswith(".one") else self.by_language.get(FALLBACK, {}).get(key)


@cache
def load(folder: Path = CATALOGUES) -> Texts:
    """Every catalogue in ``folder``: a part of the program, read once in a process. Raises OSError when one cannot be read."""
    by_language: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        language = path.parent.parent.name
        with path.open("rb") as stream:
            catalogue = read_po(stream, locale=None)
        texts = by_language.setdefault(language, {})
        for message in catalogue:
            if isinstance(message.id, str) and message.id and isinstance(message.string, str) and message.string:
                texts[message.id] = message.string
    return Texts(by_language)


def citizens_text(texts: Mapping[str, str] | None, language: str) -> str:
    """A text that is kept by language (names of services and stages) in ``language``, or in Indonesian."""
    if not texts:
        return ""
    return texts.get(language) or texts.get(FALLBACK) or next(iter(texts.values()), "")
