"""Texts that come with a pack, in several languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from protocol.languages import FALLBACK


@dataclass(frozen=True, slots=True)
class Text:
    """A text by language. ``id`` stands in for a missing one, and any other for a missing ``id``."""

    by_language: Mapping[str, str]

    def get(self, language: str) -> str:
        texts = self.by_language
        return texts.get(language) or texts.get(FALLBACK) or next((text for text in texts.values() if text), "")

    @classmethod
    def read(cls, value: object) -> "Text":
        """From a pack's JSON; whatever is not text is left out."""
        if isinstance(value, str):
            return cls(MappingProxyType({FALLBACK: value}))
        if not isinstance(value, Mapping):
            return cls(MappingProxyType({}))
        return cls(MappingProxyType({str(k): v for k, v in value.items() if isinstance(v, str)}))


@dataclass(frozen=True, slots=True)
class TextList:
    """A list of short texts by language, with the same fallback as Text."""

    by_language: Mapping[str, tuple[str, ...]]

    def get(self, language: str) -> tuple[str, ...]:
        lists = self.by_language
        return lists.get(language) or lists.get(FALLBACK) or next((items for items in lists.values() if items), ())

    @classmethod
    def read(cls, value: object) -> "TextList":
        """From a pack's JSON; whatever is not a list of texts is left out."""
        if not isinstance(value, Mapping):
            return cls(MappingProxyType({}))
        return cls(
            MappingProxyType(
                {
                    str(language): tuple(item for item in items if isinstance(item, str))
                    for language, items in value.items()
                    if isinstance(items, list | tuple)
                }
            )
        )
