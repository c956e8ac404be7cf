"""The words on the screens: gettext catalogues by language, with Indonesian standing in for what is missing.

A text is asked for by a key (``home.start``); ``{named}`` places are filled in. Catalogues are ``.po`` files, read at
start: nothing has to be compiled, and a translator's change is seen at the next start.
"""

import gettext
import io
from collections.abc import Mapping
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from protocol.languages import FALLBACK, LANGUAGES


class Texts:
    """The texts in one language. ``texts("home.start")``."""

    def __init__(self, language: str, catalogues: Mapping[str, gettext.GNUTranslations]) -> None:
        self.language = language
        self._order = [catalogues[name] for name in dict.fromkeys((language, FALLBACK)) if name in catalogues]

    def __call__(self, key: str, **values: object) -> str:
        """The text of that key; a key without a text in any catalogue stands for itself, so that it is noticed."""
        for catalogue in self._order:
            text = catalogue.gettext(key)
            if text != key:
                return text.format(**values) if values else text
        return key

    def count(self, key: str, number: int, **values: object) -> str:
        """The text for so many things; ``{n}`` is the number."""
        for catalogue in self._order:
            text = catalogue.ngettext(key, key, number)
            if text != key:
                return text.format(n=number, **values)
        return key

    def has(self, key: str) -> bool:
        return any(catalogue.gettext(key) != key for catalogue in self._order)


class Catalogues:
    """All languages. Called as ``kiosk.ports.Texts`` for what the kiosk prints: ``catalogues("slip.code", "jv")``."""

    def __init__(self, catalogues: Mapping[str, gettext.GNUTranslations]) -> None:
        self._texts = {language: Texts(language, catalogues) for language in LANGUAGES}

    def __call__(self, key: str, language: str, /, **values: object) -> str:
        return self.texts(language)(key, **values)

    def texts(self, language: str) -> Texts:
        """The texts of a language; of Indonesian when it is not one of ours."""
        return self._texts.get(language) or self._texts[FALLBACK]


def load_catalogues(folder: Path) -> Catalogues:
    """Reads ``<folder>/<language>/LC_MESSAGES/kiosk.po`` of every language that is there."""
    found: dict[str, gettext.GNUTranslations] = {}
    for name in LANGUAGES:
        path = folder / name / "LC_MESSAGES" / "kiosk.po"
        if path.is_file():
            with path.open("rb") as file:
                catalogue = read_po(file)
            compiled = io.BytesIO()
            write_mo(compiled, catalogue)
            compiled.seek(0)
            found[name] = gettext.GNUTranslations(compiled)
            # Babel writes the rule for plurals only of languages it knows; Madurese is not one of them.
            found[name].plural = gettext.c2py(catalogue.plural_expr)  # type: ignore[attr-defined]
    return Catalogues(found)
