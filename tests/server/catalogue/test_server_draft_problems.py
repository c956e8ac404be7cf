"""What administrators read of a draft that is not right yet: sentences in their language, by field, sheet and row."""

import io
from typing import Any

import openpyxl
import pytest
from starlette.datastructures import FormData

from protocol.languages import LANGUAGES
from server.catalogue.drafts import Severity
from server.deps import Deps
from server.foundation.actors import Actor, Role
from server.web.admin import service_form

ADMIN = Actor("admin-1", Role.ADMIN)
DROP = object()


def book(*rows: tuple[str, ...]) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "survey"
    for row in (("type", "name", "label::Bahasa Indonesia (id)", "required"), *rows):
        sheet.append(row)
    settings = workbook.create_sheet("settings")
    settings.append(("form_id", "version", "form_title", "default_language"))
    settings.append(("surat", "2", "Surat", "Bahasa Indonesia (id)"))
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """``document`` with the member at ``path`` replaced, or without it."""
    node: Any = document
    *way, last = path.split(".")
    for name in way:
        node = node[int(name) if isinstance(node, list) else name]
    if value is DROP:
        del node[last]
    else:
        node[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("name", {"id": " ", "en": "Letter"}, "Teks bahasa Indonesia belum diisi."),
        ("standard.product", DROP, "Belum diisi."),
        ("standard.working_days", "tiga", "Tulis bilangan bulat, misalnya 3."),
        ("standard.working_days", "", "Belum diisi."),
        ("standard.working_days", -1, "Paling sedikit 0."),
        ("standard.fee_rupiah", 1.5, "Tulis bilangan bulat, misalnya 3."),
        ("icon", "", "Belum diisi."),
        (
            "icon",
            "Rumah Besar",
            "Hanya huruf kecil, angka, titik, garis bawah dan tanda hubung; paling panjang 64.",
        ),
        ("icon", "storefront", "Pilih salah satu dari yang ada."),
        ("standard.procedure_pictograms", ["kiosk", "sulap"], "Pilih salah satu dari yang ada."),
        ("standard.requirement_pictograms", ["document"] * 101, "Paling banyak 100."),
        ("stages", [], "Isi paling sedikit 1."),
        ("identification", "passport", "Pilih salah satu dari yang ada."),
        ("standard.fee", 7, "Isian ini tidak dapat dipakai."),
        ("nik_question", "nik", "Formulir tidak punya pertanyaan “nik” untuk NIK."),
    ],
)
def test_each_fault_of_a_service_is_reported_in_indonesian_at_its_field(
    deps: Deps, path: str, value: Any, sentence: str
) -> None:
    known = deps.authoring.published("surat")
    assert known is not None
    document = changed(known.document.model_dump(mode="json"), path, value)
    draft = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", book(("text", "nama", "Nama", "yes")), document).draft
    assert draft is not None
    reported = {one.column: one.text("id") for one in draft.problems if one.severity is Severity.ERROR}
    assert reported == {path: sentence}


def test_a_fault_of_the_spreadsheet_is_reported_in_indonesian_and_kept_so(deps: Deps) -> None:
    uploaded = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", book(("select_one hantu", "pilih", "Pilih", "")))
    assert uploaded.draft is not None
    kept = deps.authoring.draft(uploaded.draft.id)
    assert kept is not None
    (error,) = [one for one in kept.problems if one.severity is Severity.ERROR]
    assert (error.sheet, error.row) == ("survey", 2)
    assert error.text("id") != error.message == error.text("en")
    assert "hantu" in error.text("id")


@pytest.mark.parametrize(("required", "publishable"), [("yes", False), ("", True)])
def test_a_form_that_no_kiosk_could_send_is_not_published(deps: Deps, required: str, publishable: bool) -> None:
    draft = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", book(("audio", "rekaman", "Rekam", required))).draft
    assert draft is not None
    assert draft.publishable is publishable
    errors = [(one.row, one.column) for one in draft.problems if one.severity is Severity.ERROR]
    assert errors == ([] if publishable else [(2, "required")])


def test_what_the_page_does_not_ask_for_stays_in_the_document() -> None:
    """A complaint stays a complaint when its texts are changed."""
    kept = {"kind": "complaint", "privacy_question": "kerahasiaan", "standard": {"payment": {"account": "1"}}}
    fields = [(f"name.{language}", "Aduan") for language in LANGUAGES]
    document = service_form.read(FormData(fields), {}, kept)
    assert (document["kind"], document["privacy_question"]) == ("complaint", "kerahasiaan")
    assert document["standard"]["payment"] == {"account": "1"} and document["name"]["id"] == "Aduan"
