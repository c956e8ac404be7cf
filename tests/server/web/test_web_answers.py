"""A filled form as an officer reads it: what was sent, with what the form made of it, in the officer's words."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from forms import Environment
from protocol.messages import Content
from protocol.packs import ServiceDescription
from server.cases.filled_forms import form_of
from server.catalogue.form_conversion import convert_form
from server.catalogue.pack_content import PackService
from server.foundation import texts
from server.foundation.identity_numbers import masked
from server.web.office.answers import Answer, FilledForm, read, violation_texts
from tests.server.kiosk_client import NIK

FORM = """
| survey |
| | type           | name  | label::Indonesia (id) | label::English (en) | calculation                             | read_only | relevant                | repeat_count | constraint | constraint_message::Indonesia (id) | constraint_message::English (en) | required |
| | start          | began |                       |                     |                                         |           |                         |              |            |                                    |                                  |          |
| | text           | card  | Kartu                 | Card                |                                         |           |                         |              |            |                                    |                                  |          |
| | date           | born  | Tanggal lahir         | Born                |                                         |           |                         |              |            |                                    |                                  |          |
| | integer        | age   | Umur                  | Age                 | if(${card} = '7', 40, '')               |           |                         |              | . > 16     | Minimal 17 tahun.                  | At least 17.                     |          |
| | text           | helper | Bidan                | Midwife             |                                         |           | ${born} >= today() - 60 |              |            |                                    |                                  | yes      |
| | text           | fine  | Denda                 | Fine                | if(${born} >= today() - 60, 'Rp0', 'Rp1') | yes     |                         |              |            |                                    |                                  |          |
| | calculate      | total |                       |                     | 500 * 2                                 |           |                         |              |            |                                    |                                  |          |
| | calculate      | price | Biaya                 | Price               | 70                                      |           |                         |              |            |                                    |                                  |          |
| | integer        | n     | Banyaknya             | How many            |                                         |           |                         |              |            |                                    |                                  |          |
| | begin repeat   | child | Anak                  | Child               |                                         |           |                         | ${n}         |            |                                    |                                  |          |
| | text           | nm    | Nama anak             | Child's name        |                                         |           |                         |              |            |                                    |                                  | yes      |
| | end repeat     |       |                       |                     |                                         |           |                         |              |            |                                    |                                  |          |
| | acknowledge    | ok    | Setuju?               | Agree?              |                                         |           |                         |              |            |                                    |                                  |          |
"""
MADE = datetime(2026, 1, 15, 8, tzinfo=UTC)
SENT = (
    '<data id="x"><began>2026-01-15T08:00:00.000+00:00</began><card>7</card><born>2025-11-16</born><age>41</age>'
    "<helper>Sri</helper><fine>Rp0</fine><total>1000</total><price>70</price><n/>"
    "<child><nm>Ani</nm></child><child><nm/></child><ok>OK</ok><meta><instanceID>uuid:1</instanceID></meta></data>"
)
SAY = texts.load().say


@pytest.fixture(scope="module")
def service() -> PackService:
    converted = convert_form(FORM.encode(), "md", "x", {})
    assert converted.xml is not None, converted.problems
    files: Mapping[str, bytes] = {"form.xml": converted.xml.encode(), **converted.resources}
    return PackService(ServiceDescription.model_construct(), files)


def filled(service: PackService, sent: str = SENT, language: str = "id", *, reveal: bool = False) -> FilledForm:
    found = read(service, Content.model_construct(instance=sent), language, reveal=reveal)
    assert found is not None
    return found


def shown(lines: tuple[Answer, ...]) -> list[tuple[str, str, str]]:
    return [
        one
        for line in lines
        for one in ([(line.kind, line.label, line.value)] if not line.lines else shown(line.lines))
    ]


def problems(service: PackService, sent: str, language: str) -> list[str]:
    """As the intake finds them, and as an officer reads them later."""
    form = form_of(service)
    assert form is not None
    found = form.check(sent.encode(), Environment(now=lambda: MADE, zone=UTC))
    kept = [{"ref": one.ref, "kind": one.kind.value} for one in found]
    return violation_texts(
        kept, filled(service, sent, language).reading, lambda key, **values: SAY(language, key, **values)
    )


def test_an_officer_sees_what_was_sent_in_its_order(service: PackService) -> None:
    assert shown(filled(service).lines) == [
        ("answer", "Kartu", "7"),
        ("answer", "Tanggal lahir", "16 November 2025"),
        ("answer", "Umur", "41"),
        ("answer", "Bidan", "Sri"),
        ("calculated", "Denda", "Rp0"),
        ("calculated", "total", "1000"),
        ("calculated", "Biaya", "70"),
        ("answer", "Banyaknya", ""),
        ("answer", "Nama anak", "Ani"),
        ("answer", "Nama anak", ""),
        ("agreed", "Setuju?", "OK"),
    ]


@pytest.mark.parametrize(("language", "reported"), [("id", "72,5"), ("en", "72.5")])
def test_a_number_with_decimals_has_the_sign_of_the_officers_language(language: str, reported: str) -> None:
    sheet = """
| survey |
| | type      | name | label | calculation |
| | decimal   | wide | Lebar |             |
| | calculate | area | Luas  | ${wide} * 1 |
| | text      | note | Nomor |             |
"""
    converted = convert_form(sheet.encode(), "md", "x", {})
    assert converted.xml is not None
    wide = PackService(ServiceDescription.model_construct(), {"form.xml": converted.xml.encode()})
    lines = filled(wide, '<data id="x"><wide>72.5</wide><area>72.5</area><note>72.5</note></data>', language).lines
    assert [line.value for line in lines] == [reported, reported, "72.5"]


def test_instances_of_a_repeat_stand_under_their_number(service: PackService) -> None:
    assert [line.label for line in filled(service, language="en").lines if line.kind == "group"] == [
        "Child 1",
        "Child 2",
    ]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("id", ["“Umur”: Minimal 17 tahun.", "“Anak 2 › Nama anak”: belum dijawab."]),
        ("en", ["“Age”: At least 17.", "“Child 2 › Child's name”: not answered."]),
    ],
)
def test_what_is_wrong_is_said_in_the_officers_language(
    service: PackService, language: str, sentences: list[str]
) -> None:
    assert problems(service, SENT.replace(">41<", ">12<"), language) == sentences


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (">41<", ">x<", "type"),
        (">70<", ">0<", "calculation"),
        ("<card>", "<hantu/><card>", "structure"),
        ("<n/>", "<n>1</n>", "structure"),
    ],
)
@pytest.mark.parametrize("language", ["id", "en"])
def test_no_engine_words_reach_an_officer(service: PackService, old: str, new: str, key: str, language: str) -> None:
    described = [sentence.partition("”")[2] for sentence in problems(service, SENT.replace(old, new), language)]
    assert SAY(language, f"case.violation.{key}", question="@").partition("”")[2] in described


@pytest.mark.parametrize("kind", ["form", "engine"])
def test_what_could_not_be_judged_is_said_without_a_form(kind: str) -> None:
    (sentence,) = violation_texts([{"ref": "", "kind": kind}], None, lambda key, **values: SAY("id", key, **values))
    assert sentence == SAY("id", f"case.violation.{kind}")


def test_numbers_are_masked_in_answers_and_labels_until_they_are_asked_for(service: PackService) -> None:
    typed = f"{NIK[:4]} {NIK[4:8]} {NIK[8:12]} {NIK[12:]}"
    sent = SENT.replace("<card>7<", f"<card>{typed}<").replace("<total>1000<", f"<total>{NIK}<")
    assert next(value for _, _, value in shown(filled(service, sent).lines)).count("•") == 10
    assert ("calculated", "total", masked(NIK)) in shown(filled(service, sent).lines)
    assert ("answer", "Kartu", typed) in shown(filled(service, sent, reveal=True).lines)


def test_a_form_that_cannot_be_loaded_is_no_fault_of_the_page() -> None:
    broken = PackService(ServiceDescription.model_construct(), {"form.xml": b"<h:html/>"})
    assert read(broken, Content.model_construct(instance=SENT), "id") is None
    assert read(None, Content.model_construct(instance=SENT), "id") is None
