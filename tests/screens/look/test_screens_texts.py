"""The catalogues: each language counts in its own words."""

import pytest
from babel.messages.pofile import read_po
from screens_harness import ASSETS

from protocol.languages import LANGUAGES
from screens.language.texts import Catalogues

NUMBERS = (0, 1, 2, 3, 11, 100)


def counted(language: str) -> list[tuple[str, set[str]]]:
    """Keys that count, with every form that the language has."""
    with (ASSETS / "translations" / language / "LC_MESSAGES" / "kiosk.po").open("rb") as file:
        return [(message.id[0], set(message.string)) for message in read_po(file) if message.pluralizable]


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_counted_is_counted_in_the_language_itself(catalogues: Catalogues, language: str) -> None:
    texts = catalogues.texts(language)
    keys = counted(language)
    assert keys
    for key, forms in keys:
        values = {name: "x" for form in forms for name in _names(form)}
        for number in NUMBERS:
            own = {form.format(**values | {"n": number}) for form in forms}
            assert texts.count(key, number, **values) in own, (key, number)


def _names(form: str) -> list[str]:
    return [part.partition("}")[0] for part in form.split("{")[1:] if not part.startswith("n}")]
