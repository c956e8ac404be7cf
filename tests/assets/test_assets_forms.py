"""Every sample form converts, opens, speaks all languages and asks no more on a page than fits."""

import json
import re
from pathlib import Path
from typing import Any

from lxml import etree

from forms import Form
from forms.authoring import convert
from protocol.languages import LANGUAGES
from protocol.packs import ServiceDescription

SERVICES = Path(__file__).resolve().parents[2] / "assets" / "services"
XF = "{http://www.w3.org/2002/xforms}"
JR = "{http://openrosa.org/javarosa}"
CONTROLS = {XF + name for name in ("input", "select", "select1", "upload", "trigger", "range")}
PAGE_FIELDS = 8
#: pyxform writes this where a translation is missing.
MISSING = "-"


def tree(xml: str) -> Any:
    return etree.fromstring(xml.encode())


def code(language: str) -> str:
    match = re.search(r"\((\w+)\)$", language)
    assert match is not None, language
    return match[1]


def test_converts_without_a_complaint(service: str) -> None:
    folder = SERVICES / service
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".csv"}
    result = convert((folder / "form.md").read_bytes(), "md", name=service, resources=files)
    assert (list(result.errors), list(result.warnings)) == ([], [])


def test_opens_under_its_own_name(form: Form, service: str) -> None:
    assert form.id == service and form.version


def test_has_the_languages_of_the_kiosk(form: Form) -> None:
    assert tuple(code(language) for language in form.languages) == LANGUAGES
    assert code(form.default_language) == "id"


def test_no_text_is_missing_in_any_language(xml: str) -> None:
    missing = [
        (translation.get("lang"), text.get("id"))
        for translation in tree(xml).iter(XF + "translation")
        for text in translation
        if (text.findtext(XF + "value") or "") in ("", MISSING)
    ]
    assert missing == []


def test_every_language_has_the_same_texts(xml: str) -> None:
    ids = [sorted(text.get("id") for text in language) for language in tree(xml).iter(XF + "translation")]
    assert len(ids) == len(LANGUAGES) and all(other == ids[0] for other in ids)


def test_every_question_has_a_translated_label(xml: str) -> None:
    bare = [
        control.get("ref")
        for control in tree(xml).iter(*CONTROLS)
        if not (control.find(XF + "label").get("ref") or "").startswith("jr:itext(")
    ]
    assert bare == []


def test_every_refusal_has_its_message(xml: str) -> None:
    mute = [
        bind.get("nodeset")
        for bind in tree(xml).iter(XF + "bind")
        if (bind.get("required") and not bind.get(JR + "requiredMsg"))
        or (bind.get("constraint") and not bind.get(JR + "constraintMsg"))
    ]
    assert mute == []


def test_a_page_has_few_questions(xml: str) -> None:
    pages = [
        len(list(group.iter(*CONTROLS)))
        for group in tree(xml).iter(XF + "group", XF + "repeat")
        if group.get("appearance") == "field-list"
    ]
    assert all(0 < count <= PAGE_FIELDS for count in pages)


def test_identification_fills_one_question(validated: ServiceDescription, xml: str) -> None:
    named = [bind for bind in tree(xml).iter(XF + "bind") if bind.get("nodeset").endswith(f"/{validated.nik_question}")]
    assert len(named) == (1 if validated.identification == "nik" else 0)


def test_a_required_photo_needs_the_camera(validated: ServiceDescription, xml: str) -> None:
    required = {bind.get("nodeset") for bind in tree(xml).iter(XF + "bind") if bind.get("required")}
    photos = {upload.get("ref") for upload in tree(xml).iter(XF + "upload")}
    assert ("camera" in validated.needs) == bool(photos & required)


def test_no_permit_is_asked_for_that_the_law_took_back(xml: str) -> None:
    assert re.findall(r"\b(SIUP|TDP|HO|IMB)\b", json.dumps(xml)) == []
