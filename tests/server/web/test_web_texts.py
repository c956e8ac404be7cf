"""The pages' texts: every key that is named exists, in every language that needs it, with the same places to fill."""

import re
import string
from pathlib import Path

import pytest

from protocol.components import Availability, Condition
from protocol.languages import LANGUAGES, OFFICE_LANGUAGES
from server.foundation import texts
from server.foundation.texts import citizens_text
from server.web.frame.site import FOLDER

ALL = texts.load()
WEB = FOLDER.parent
_NAMED = re.compile(r"""(?:\b_|\bsay)\(\s*["']([a-z][a-z0-9_.]*[a-z0-9_])["']\s*[,)]""")


def _sources() -> list[Path]:
    return [*WEB.rglob("*.py"), *WEB.rglob("*.html")]


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("path", _sources(), ids=lambda path: path.name)
def test_every_named_key_has_a_text(path: Path) -> None:
    missing = [key for key in _NAMED.findall(path.read_text(encoding="utf-8")) if not ALL.has(key)]
    assert missing == []


@pytest.mark.parametrize("language", OFFICE_LANGUAGES)
def test_both_languages_of_the_office_have_every_key(language: str) -> None:
    known = {key for key in ALL.by_language[language] if not key.endswith(".one")}
    assert known == {key for key in ALL.by_language["id"] if not key.endswith(".one")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_to_fill_are_the_same_in_every_language(language: str) -> None:
    own, reference = ALL.by_language[language], ALL.by_language["id"]
    odd = {key for key in own if key in reference and _places(own[key]) != _places(reference[key])}
    assert odd == set()


@pytest.mark.parametrize("language", OFFICE_LANGUAGES)
def test_whatever_a_component_says_has_words_of_the_office(language: str) -> None:
    keys = [f"condition.{one.lower()}" for one in Condition] + [f"availability.{one.lower()}" for one in Availability]
    assert [key for key in keys if key not in ALL.by_language[language]] == []


def test_one_thing_is_said_in_the_singular_where_there_is_one() -> None:
    assert ALL.say("en", "clock.left", n=1) == "1 working day left"
    assert ALL.say("en", "clock.left", n=2) == "2 working days left"
    assert ALL.say("id", "clock.left", n=1) == "Sisa 1 hari kerja"


def test_a_missing_language_of_a_citizens_text_is_indonesian() -> None:
    assert citizens_text({"id": "Surat", "en": "Letter"}, "mad") == "Surat"
    assert citizens_text({}, "id") == ""
