"""What administrators read of a draft that is not right yet: sentences in their language, by field, sheet and row."""

import copy
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
from starlette.datastructures import FormData

from protocol.languages import LANGUAGES
from server.app import build_deps, close_deps
from server.catalogue.service_drafts import ServiceDraft, Severity
from server.deps import Deps
from server.foundation.actors import Actor, Role
from server.web.admin import service_form
from tests.server.conftest import fresh

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
    """``description`` with the member at ``path`` replaced, or without it."""
    node: Any = document
    *way, last = path.split(".")
    for name in way:
        node = node[int(name) if isinstance(node, list) else name]
    if value is DROP:
        del node[last]
    else:
        node[last] = value
    return document


@dataclass
class OpenDraft:
    """Uploaded once, with another document each time."""

    deps: Deps
    id: str
    document: dict[str, Any]

    def described(self, path: str, value: Any) -> ServiceDraft:
        document = changed(copy.deepcopy(self.document), path, value)
        draft = self.deps.authoring.describe(ADMIN, self.id, document).draft
        assert draft is not None
        return draft


@pytest.fixture(scope="module")
def open_draft(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenDraft]:
    for settings in fresh(request, tmp_path_factory.mktemp("draft"), "sqlite"):
        deps = build_deps(settings)
        known = deps.authoring.published("surat")
        uploaded = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", book(("text", "nama", "Nama", "yes")))
        assert known is not None and uploaded.draft is not None
        yield OpenDraft(deps, uploaded.draft.id, known.description.model_dump(mode="json"))
        close_deps(deps)


def stage(does: str, id: str = "a") -> dict[str, Any]:
    return {"id": id, "name": {"id": "Tahap"}, "working_days": 1, "does": does}


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
        (
            "stages",
            [stage("check"), stage("make", "b")],
            "Tidak ada tahap yang memutuskan. Pilih “Diputuskan” pada salah satu tahap.",
        ),
        ("stages.0.does", "guess", "Pilih salah satu dari yang ada."),
        ("identification", "passport", "Pilih salah satu dari yang ada."),
        ("standard.fee", 7, "Isian ini tidak dapat dipakai."),
        (
            "standard.fee_rule",
            "${luas} * 2",
            "Rumus biaya tidak dapat dipakai: The form has no question called “luas”. Tulis pertanyaan sebagai ${nama}.",
        ),
        ("standard.fee_rule", "x" * 501, "Paling panjang 500 huruf."),
        ("slip.answers", ["hantu"], "Formulir tidak punya pertanyaan “hantu”."),
        (
            "slip.answers",
            ["nama"],
            "“nama” bukan pilihan, tanggal, atau jam; isian lain tidak dicetak pada struk.",
        ),
        ("slip.answers", [f"q{number}" for number in range(9)], "Paling banyak 8."),
        ("nik_question", "nik", "Formulir tidak punya pertanyaan “nik” untuk NIK."),
        ("topic_question", "nama", "Formulir tidak punya pertanyaan pilihan tunggal “nama”."),
    ],
)
def test_each_fault_of_a_service_is_reported_in_indonesian_at_its_field(
    open_draft: OpenDraft, path: str, value: Any, sentence: str
) -> None:
    draft = open_draft.described(path, value)
    assert not draft.publishable
    assert {one.column: one.text("id") for one in draft.problems if one.severity is Severity.ERROR} == {path: sentence}


def test_a_fault_of_the_spreadsheet_is_reported_in_indonesian_and_kept_so(sqlite_deps: Deps) -> None:
    uploaded = sqlite_deps.authoring.upload(
        ADMIN, "surat", "surat.xlsx", book(("select_one hantu", "pilih", "Pilih", ""))
    )
    assert uploaded.draft is not None
    kept = sqlite_deps.authoring.draft(uploaded.draft.id)
    assert kept is not None
    (error,) = [one for one in kept.problems if one.severity is Severity.ERROR]
    assert (error.sheet, error.row) == ("survey", 2)
    assert error.text("id") != error.message == error.text("en")
    assert "hantu" in error.text("id")


@pytest.mark.parametrize(("required", "publishable"), [("yes", False), ("", True)])
def test_a_form_that_no_kiosk_could_send_is_not_published(sqlite_deps: Deps, required: str, publishable: bool) -> None:
    draft = sqlite_deps.authoring.upload(
        ADMIN, "surat", "surat.xlsx", book(("audio", "rekaman", "Rekam", required))
    ).draft
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
