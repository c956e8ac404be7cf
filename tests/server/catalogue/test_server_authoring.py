"""Services by upload: drafts from a spreadsheet or from what is in force, what is wrong with them, and publishing."""

import pytest
from sqlalchemy import update

from server.catalogue.authoring import UPLOAD_BYTES
from server.catalogue.form_conversion import zipped
from server.catalogue.service_drafts import ServiceDraftOutcome, Severity
from server.deps import Deps
from server.storage import tables
from tests.server.catalogue.authoring_kit import ADMIN, GOOD, changed, workbook


def test_an_uploaded_form_begins_with_the_document_in_force_and_is_published(deps: Deps) -> None:
    uploaded = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", workbook(*GOOD))
    assert uploaded.draft is not None
    assert uploaded.draft.publishable, uploaded.draft.problems
    published = deps.authoring.publish(ADMIN, uploaded.draft.id)
    assert (published.outcome, published.pack) == (ServiceDraftOutcome.DONE, 2)
    service = deps.packs.service(2, "surat")
    assert service is not None
    assert service.description.form_version == "2"
    assert b"alamat" in service.files["form.xml"]


def test_the_difference_to_the_form_in_force_is_reported(deps: Deps) -> None:
    draft = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", workbook(*GOOD)).draft
    assert draft is not None
    reported = {(str(one.kind), one.name.rpartition("/")[2]) for one in deps.authoring.differences(draft)}
    assert ("added", "alamat") in reported
    assert ("removed", "foto") in reported


def test_an_error_names_sheet_and_row_and_prevents_publishing(deps: Deps) -> None:
    draft = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", workbook(("text", "na ma", "Nama", ""))).draft
    assert draft is not None
    errors = [one for one in draft.problems if one.severity is Severity.ERROR]
    assert ("survey", 2) in {(one.sheet, one.row) for one in errors}
    assert deps.authoring.publish(ADMIN, draft.id).outcome is ServiceDraftOutcome.HAS_PROBLEMS


def test_a_file_whose_name_no_pack_can_carry_is_reported_and_not_published(deps: Deps) -> None:
    media = {"foto kk.csv": b"name\n1\n", "Desa.csv": b"name\n1\n", "desa.csv": b"name\n2\n"}
    draft = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", workbook(*GOOD), media=media).draft
    assert draft is not None
    assert ["foto kk.csv" in one.text("id") for one in draft.problems if one.severity is Severity.ERROR] == [True]
    assert deps.authoring.publish(ADMIN, draft.id).outcome is ServiceDraftOutcome.HAS_PROBLEMS
    del media["foto kk.csv"]
    mended = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", workbook(*GOOD), media=media).draft
    assert mended is not None
    published = deps.authoring.publish(ADMIN, mended.id)
    service = deps.packs.service(published.pack, "surat")
    # Two names that differ by capitals alone are two files.
    assert service is not None and (service.files["Desa.csv"], service.files["desa.csv"]) == (
        b"name\n1\n",
        b"name\n2\n",
    )


def test_a_draft_from_before_files_were_opened_is_opened_when_it_is_published(deps: Deps) -> None:
    draft = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", workbook(*GOOD)).draft
    assert draft is not None
    old = zipped({"kk.png": b"<html></html>", "foto kk.png": b""})
    with deps.engine.begin() as connection:
        connection.execute(update(tables.form_drafts).values(resources=old))
    assert deps.authoring.publish(ADMIN, draft.id).outcome is ServiceDraftOutcome.BAD_MEDIA


def test_the_same_version_with_other_content_is_refused(deps: Deps) -> None:
    draft = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", workbook(*GOOD, version="1")).draft
    assert draft is not None
    assert deps.authoring.publish(ADMIN, draft.id).outcome is ServiceDraftOutcome.SAME_VERSION


def test_a_new_service_needs_its_document(deps: Deps) -> None:
    draft = deps.authoring.upload(ADMIN, "baru", "baru.xlsx", workbook(*GOOD)).draft
    assert draft is not None
    assert "standard" in {one.column for one in draft.problems}
    known = deps.authoring.published("surat")
    assert known is not None
    described = deps.authoring.describe(ADMIN, draft.id, known.description.model_dump(mode="json"))
    assert described.draft is not None
    assert described.draft.publishable, described.draft.problems
    assert deps.authoring.publish(ADMIN, draft.id).pack == 2


def test_a_document_whose_nik_question_the_form_has_not_is_refused(deps: Deps) -> None:
    known = deps.authoring.published("surat")
    assert known is not None
    document = {**known.description.model_dump(mode="json"), "nik_question": "nik"}
    draft = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", workbook(*GOOD), document).draft
    assert draft is not None
    assert [one.column for one in draft.problems if one.severity is Severity.ERROR] == ["nik_question"]


@pytest.mark.parametrize(
    ("service", "name", "source", "outcome"),
    [
        ("surat", "surat.docx", b"", ServiceDraftOutcome.BAD_FILE_TYPE),
        ("surat", "surat", b"", ServiceDraftOutcome.BAD_FILE_TYPE),
        ("Surat", "surat.xlsx", b"", ServiceDraftOutcome.BAD_SERVICE_ID),
        ("a" * 65, "surat.xlsx", b"", ServiceDraftOutcome.BAD_SERVICE_ID),
        ("surat", "surat.xlsx", bytes(UPLOAD_BYTES + 1), ServiceDraftOutcome.TOO_LARGE),
    ],
)
def test_what_cannot_be_uploaded(
    deps: Deps, service: str, name: str, source: bytes, outcome: ServiceDraftOutcome
) -> None:
    assert deps.authoring.upload(ADMIN, service, name, source).outcome is outcome


def test_a_file_that_is_no_spreadsheet_is_a_problem_not_a_fault(deps: Deps) -> None:
    draft = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", b"PK\x03\x04 no").draft
    assert draft is not None
    assert not draft.publishable


def test_a_discarded_draft_cannot_be_published(deps: Deps) -> None:
    draft = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", workbook(*GOOD)).draft
    assert draft is not None
    assert deps.authoring.discard(ADMIN, draft.id) is ServiceDraftOutcome.DONE
    assert deps.authoring.publish(ADMIN, draft.id).outcome is ServiceDraftOutcome.NOT_OPEN


# --- what is in force, without its spreadsheet --------------------------------------------------------------------------


def test_a_draft_begins_with_all_that_is_in_force_and_changes_without_the_form(deps: Deps) -> None:
    before = deps.authoring.published("surat")
    begun = deps.authoring.begin(ADMIN, "surat").draft
    assert before is not None and begun is not None and begun.publishable
    assert begun.resources == {name: data for name, data in before.files.items() if name != "form.xml"}
    document = dict(begun.description)
    document["standard"] = {**document["standard"], "fee_rupiah": 12_000, "working_days": 9}
    document["slip"] = {**document["slip"], "next_step": {"id": "Datang besok."}}
    changed = deps.authoring.describe(ADMIN, begun.id, document).draft
    assert changed is not None
    changes = deps.authoring.changes(changed)
    assert changes is not None and (changes.form, changes.files) == ((), ())
    assert {(one.name, one.what, one.new) for one in changes.description if one.new} == {
        ("standard.fee_rupiah", "", "12000"),
        ("standard.working_days", "", "9"),
        ("slip.next_step", "id", "Datang besok."),
    }
    # The form is the same, so its version may stay.
    after = deps.packs.service(deps.authoring.publish(ADMIN, begun.id).pack, "surat")
    assert after is not None and after.files == before.files
    assert after.description.standard.fee_rupiah == 12_000
    assert after.description.form_version == before.description.form_version


def test_only_what_a_pack_holds_can_be_begun_with(deps: Deps) -> None:
    assert deps.authoring.begin(ADMIN, "tidak-ada").outcome is ServiceDraftOutcome.NOT_FOUND
    assert deps.authoring.begin(ADMIN, "surat", "test").draft is not None


def test_changes_of_stages_are_told_one_by_one(deps: Deps) -> None:
    begun = deps.authoring.begin(ADMIN, "surat").draft
    assert begun is not None
    document = dict(begun.description)
    document["stages"] = [*document["stages"], {"id": "serah", "name": {"id": "Serah terima"}, "working_days": 1}]
    changed = deps.authoring.describe(ADMIN, begun.id, document).draft
    changes = changed and deps.authoring.changes(changed)
    assert changes is not None
    added = {(one.name, one.what): one.new for one in changes.description if one.kind == "added"}
    assert added == {
        ("stages.serah.name", "id"): "Serah terima",
        ("stages.serah.working_days", ""): "1",
        ("stages.serah.by", ""): "officers",
        ("stages.serah.four_eyes", ""): "False",
    }


def test_a_spreadsheet_is_kept_as_it_was_uploaded_and_found_again_by_its_form(deps: Deps) -> None:
    sheet = workbook(*GOOD)
    draft = deps.authoring.upload(ADMIN, "surat", "surat.xlsx", sheet).draft
    assert draft is not None
    deps.authoring.publish(ADMIN, draft.id)
    # Also when only its description was changed since, and when the pack is another one.
    begun = deps.authoring.begin(ADMIN, "surat").draft
    assert begun is not None and deps.authoring.publish(ADMIN, begun.id).ok
    service = deps.authoring.published("surat")
    assert service is not None
    original = deps.authoring.original(service)
    assert (original.name, original.data) == ("surat.xlsx", sheet)


def test_of_a_form_whose_spreadsheet_nobody_kept_the_form_itself_is_given(deps: Deps) -> None:
    changed(deps, "satu", "1", ("test",))
    service = deps.authoring.published("satu")
    assert service is not None
    original = deps.authoring.original(service)
    assert (original.name, original.file_type, original.data) == ("satu.xml", "xml", service.files["form.xml"])
