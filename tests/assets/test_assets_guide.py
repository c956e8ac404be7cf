"""The example in the guide for authors is a form that works."""

import re
from pathlib import Path

from forms import load_form
from forms.authoring import convert

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "write-forms.md"


def example() -> str:
    match = re.search(r"```\n(\| survey.+?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    assert match is not None
    return match[1]


def test_example_converts() -> None:
    converted = convert(example(), "md", name="domicile")
    assert converted.errors == () and converted.xml is not None


def test_example_opens_in_both_languages() -> None:
    converted = convert(example(), "md", name="domicile")
    form = load_form(converted.xml or "")
    assert form.languages == ("Bahasa Indonesia (id)", "English (en)")


def test_example_asks_as_described() -> None:
    session = load_form(convert(example(), "md", name="domicile").xml or "").open()
    session.set("/data/purpose", "x")
    assert [page.ref for page in session.pages()] == [
        "/data/applicant",
        "/data/since",
        "/data/purpose",
        "/data/other",
        "/data/photo_kk",
    ]
