"""What citizens read, at the kiosk and on the public pages: every language says the same, at about the same length."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from protocol.languages import LANGUAGES
from tools.translations import placeholders

ROOT = Path(__file__).resolve().parents[2]
#: The catalogues that citizens read: a file's name, and where its languages are.
CATALOGUES = {"kiosk": ROOT / "assets" / "translations", "public": ROOT / "server" / "foundation" / "translations"}
#: A text may be so much longer than the Indonesian one before it is likely to leave its box.
STRETCH = 1.6
#: Short words stretch more; so many letters more are always fine.
SPARE_LETTERS = 14

Forms = Mapping[str, tuple[str, ...]]


def catalogues(name: str) -> dict[str, Catalog]:
    """The catalogue of each language."""
    found = {}
    for language in LANGUAGES:
        with (CATALOGUES[name] / language / "LC_MESSAGES" / f"{name}.po").open("rb") as file:
            found[language] = read_po(file, locale=None)
    return found


def forms_by_key(catalogue: Catalog) -> Forms:
    """The text of each key, or its plural forms."""
    found = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            found[str(key)] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return found


def missing(name: str, language: str) -> dict[str, str]:
    """What a translator still has to say in that language: key and Indonesian text."""
    found = catalogues(name)
    said = forms_by_key(found[language])
    return {key: forms[-1] for key, forms in forms_by_key(found["id"]).items() if not all(said.get(key, ("",)))}


@pytest.fixture(params=sorted(CATALOGUES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def texts(name: str) -> Mapping[str, Forms]:
    return {language: forms_by_key(catalogue) for language, catalogue in catalogues(name).items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing(name: str, language: str) -> None:
    assert missing(name, language) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_over(texts: Mapping[str, Forms], language: str) -> None:
    assert sorted(texts[language].keys() - texts["id"].keys()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_to_fill_are_the_same(texts: Mapping[str, Forms], language: str) -> None:
    odd = {
        key: forms
        for key, forms in texts[language].items()
        if placeholders(forms[-1]) != placeholders(texts["id"][key][-1])
    }
    assert odd == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_are_plurals_everywhere(name: str, language: str) -> None:
    found = catalogues(name)
    plural = {str(message.id[0]) for message in found["id"] if message.pluralizable}
    assert {str(message.id[0]) for message in found[language] if message.pluralizable} == plural


@pytest.mark.parametrize(("language", "count"), [("id", 1), ("jv", 1), ("mad", 1), ("en", 2)])
def test_plural_forms_are_as_many_as_the_language_has(language: str, count: int) -> None:
    found = catalogues("kiosk")[language]
    assert found.num_plurals == count
    assert {len(message.string) for message in found if message.pluralizable} == {count}


@pytest.mark.parametrize("language", ["jv", "mad"])
def test_no_text_is_much_longer_than_the_indonesian(texts: Mapping[str, Forms], language: str) -> None:
    long = {
        key: forms[-1]
        for key, forms in texts[language].items()
        if len(forms[-1]) > max(len(texts["id"][key][-1]) * STRETCH, len(texts["id"][key][-1]) + SPARE_LETTERS)
    }
    assert long == {}


@pytest.mark.parametrize("language", ["jv", "mad"])
def test_sentences_end_as_in_indonesian(texts: Mapping[str, Forms], language: str) -> None:
    odd = {
        key: forms[-1]
        for key, forms in texts[language].items()
        if forms[-1][-1:] != texts["id"][key][-1][-1:] and {forms[-1][-1:], texts["id"][key][-1][-1:]} & set(".?!:…")
    }
    assert odd == {}
