"""Packs: signed, rising, taken back by a new number; forms by upload; a city from text."""

import io
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select, update
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater

from protocol.packs import PackCustom, target_name, unpack
from server.catalogue.authoring import UPLOAD_BYTES
from server.catalogue.form_conversion import zipped
from server.catalogue.pack_content import PackContent, PackService
from server.catalogue.packs import RINGS, PackOutcome
from server.catalogue.service_drafts import ServiceDraftOutcome, Severity
from server.catalogue.tuf import TIMESTAMP_LIFE
from server.deps import Deps
from server.foundation.actors import OPERATOR, Actor, Role
from server.operator.seeding import SeedRefused, read_city, seed
from server.storage import tables
from tests.server.conftest import CITY, FakeClock
from tests.server.kiosk_client import TestKiosk
from tests.server.running import RunningServer

ADMIN = Actor("admin-1", Role.ADMIN)


class SignedFetcher(FetcherInterface):
    """TUF's client over the signed line."""

    def __init__(self, kiosk: TestKiosk) -> None:
        super().__init__()
        self._kiosk = kiosk

    def _fetch(self, url: str) -> Iterator[bytes]:
        answer = self._kiosk.get(url)
        if not answer.ok:
            raise DownloadHTTPError(answer.reason, answer.status_code)
        return iter([answer.content])


def updater(kiosk: TestKiosk, folder: Path) -> Updater:
    assert kiosk.enrolment is not None
    (folder / "metadata").mkdir(parents=True)
    (folder / "targets").mkdir()
    return Updater(
        metadata_dir=str(folder / "metadata"),
        metadata_base_url="/v1/packs/metadata/",
        target_dir=str(folder / "targets"),
        target_base_url="/v1/packs/targets/",
        fetcher=SignedFetcher(kiosk),
        bootstrap=kiosk.enrolment.tuf_root,
    )


def content(deps: Deps) -> PackContent:
    found = deps.packs.content(1)
    assert found is not None
    return found


def test_a_tuf_client_gets_the_pack_by_its_signed_metadata(
    server: RunningServer, kiosk: TestKiosk, tmp_path: Path
) -> None:
    client = updater(kiosk, tmp_path)
    client.refresh()
    target = client.get_targetinfo(target_name(1))
    assert target is not None
    custom = PackCustom.model_validate(target.unrecognized_fields["custom"])
    manifest, files = unpack(Path(client.download_target(target)).read_bytes())
    assert (custom.version, custom.city, manifest.services) == (1, "Kota Uji", ("surat", "aduan"))
    assert b"<h:html" in files["services/surat/form.xml"]


@pytest.mark.parametrize("name", ["root.json", "0.exe", "..", "1.root.json/../timestamp.json", "%2e%2e%2fkeys"])
def test_nothing_but_metadata_is_given_away(sqlite_server: RunningServer, name: str) -> None:
    assert sqlite_server.kiosk().get(f"/v1/packs/metadata/{name}").status_code in (401, 404)


def test_a_target_is_given_only_by_its_hash(sqlite_server: RunningServer) -> None:
    assert sqlite_server.kiosk().get("/v1/packs/targets/pack-1.zip").status_code == 404


def test_publishing_tells_the_kiosks_of_its_rings(deps: Deps) -> None:
    result = deps.packs.publish(content(deps), ADMIN, rings=("test",))
    with deps.engine.connect() as connection:
        assert (deps.packs.newest(connection, "test"), deps.packs.newest(connection, "all")) == (2, 1)
    assert result.number == 2


def test_taking_back_publishes_what_was_before_under_a_new_number(deps: Deps) -> None:
    before = content(deps)
    changed = before.without("aduan")
    assert deps.packs.publish(changed, ADMIN).number == 2
    result = deps.packs.take_back(2, ADMIN, "wrong")
    assert result.number == 3
    again = deps.packs.content(3)
    assert again is not None
    assert [one.description.id for one in again.services] == ["surat", "aduan"]
    assert deps.packs.take_back(2, ADMIN).outcome is PackOutcome.TAKEN_BACK_ALREADY


def test_what_cannot_be_taken_back_or_published(deps: Deps) -> None:
    packs = deps.packs
    assert packs.take_back(1, ADMIN).outcome is PackOutcome.NOTHING_BEFORE
    assert packs.take_back(9, ADMIN).outcome is PackOutcome.NO_SUCH_PACK
    assert packs.publish(PackContent(()), ADMIN).outcome is PackOutcome.NO_SERVICES
    assert packs.publish(content(deps), ADMIN, rings=("beta",)).outcome is PackOutcome.NO_SUCH_RING
    assert packs.publish(content(deps), ADMIN, rings=()).outcome is PackOutcome.NO_SUCH_RING


def test_the_timestamp_is_renewed_before_its_end(deps: Deps, clock: FakeClock) -> None:
    def version() -> int:
        path = deps.packs.metadata_path("timestamp.json")
        assert path is not None
        return int(json.loads(path.read_text())["signed"]["version"])

    before = version()
    deps.packs.refresh()
    assert version() == before
    clock.time += TIMESTAMP_LIFE / 2 + timedelta(hours=1)
    deps.packs.refresh()
    assert version() == before + 1


def test_an_announcement_that_a_crash_left_undone_is_made_at_the_start(deps: Deps) -> None:
    with deps.engine.begin() as connection:
        connection.execute(tables.packs.update().values(announced_at=None))
    deps.packs.reconcile()
    with deps.engine.connect() as connection:
        assert connection.execute(select(tables.packs.c.announced_at)).scalar_one() is not None


# --- forms by upload -----------------------------------------------------------------------------------------------


def workbook(*rows: tuple[str, ...], version: str = "2") -> bytes:
    book = openpyxl.Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    survey.append(["type", "name", "label::Bahasa Indonesia (id)", "required"])
    for row in rows:
        survey.append(list(row))
    settings = book.create_sheet("settings")
    settings.append(["form_id", "version", "form_title", "default_language"])
    settings.append(["surat", version, "Surat", "Bahasa Indonesia (id)"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


GOOD = (("text", "nama", "Nama", "yes"), ("text", "alamat", "Alamat", "yes"))


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


def test_cases_of_an_older_form_are_still_taken(server: RunningServer, kiosk: TestKiosk) -> None:
    old = server.service("aduan")
    server.deps.packs.publish(content(server.deps), OPERATOR)
    assert kiosk.statuses(kiosk.envelope(old)) == ["stored"]


# --- a city from text ----------------------------------------------------------------------------------------------


def test_a_city_is_seeded_once(deps: Deps) -> None:
    assert seed(deps, CITY, trial=True) is None


@pytest.mark.parametrize(
    ("file", "text", "word"),
    [
        ("city.toml", "name =", "city.toml"),
        ("surat/service.toml", 'agency = "hantu"', "hantu"),
        ("surat/form.md", "| survey |\n| | type | name |\n| | telepati | a |\n", "surat/form.md"),
    ],
)
def test_a_broken_city_is_refused_with_the_files_name(tmp_path: Path, file: str, text: str, word: str) -> None:
    folder = tmp_path / "city"
    shutil.copytree(CITY, folder)
    (folder / file).write_text(text)
    with pytest.raises(SeedRefused, match=word):
        read_city(folder)


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


# --- rings ---------------------------------------------------------------------------------------------------------


def described_draft(deps: Deps, service: str, version: str, rings: tuple[str, ...]) -> int:
    """Publishes a new service to some rings; the pack's number."""
    known = deps.authoring.published("surat")
    assert known is not None
    document = known.description.model_dump(mode="json")
    draft = deps.authoring.upload(ADMIN, service, "a.xlsx", workbook(*GOOD, version=version), document).draft
    assert draft is not None
    return deps.authoring.publish(ADMIN, draft.id, rings).pack


def services_of(deps: Deps, ring: str) -> set[str]:
    with deps.engine.connect() as connection:
        found = deps.packs.content(deps.packs.newest(connection, ring))
    return {one.description.id for one in found.services} if found else set()


def test_what_is_tried_out_stays_with_those_who_try_it(deps: Deps) -> None:
    before = services_of(deps, "all")
    described_draft(deps, "satu", "1", ("test",))
    described_draft(deps, "dua", "1", ("test",))
    assert (services_of(deps, "test") - before, services_of(deps, "all")) == ({"satu", "dua"}, before)


def changed(deps: Deps, service: str, version: str, rings: tuple[str, ...]) -> int:
    """Publishes what is in force as another version, without the way through a draft; the pack's number."""
    known = deps.authoring.published("surat")
    assert known is not None
    description = known.description.model_copy(update={"id": service, "form_version": version})
    with deps.engine.connect() as connection:
        content = deps.packs.content(deps.packs.newest(connection, rings[-1]))
    assert content is not None
    return deps.packs.publish(content.replacing(PackService(description, known.files)), ADMIN, rings=rings).number


def test_of_a_form_whose_spreadsheet_nobody_kept_the_form_itself_is_given(deps: Deps) -> None:
    changed(deps, "satu", "1", ("test",))
    service = deps.authoring.published("satu")
    assert service is not None
    original = deps.authoring.original(service)
    assert (original.name, original.file_type, original.data) == ("satu.xml", "xml", service.files["form.xml"])


def test_another_version_for_some_is_under_what_is_being_tried_out(deps: Deps) -> None:
    assert deps.authoring.tried_out() == []
    early = changed(deps, "surat", "5", ("test", "early"))
    assert [(one.ring, one.pack, one.service.description.id) for one in deps.authoring.tried_out()] == [
        ("early", early, "surat")
    ]
    # The test kiosks have yet another one, and a service that nobody else has.
    changed(deps, "surat", "6", ("test",))
    test = changed(deps, "satu", "1", ("test",))
    found = {(one.ring, one.pack, one.service.description.id) for one in deps.authoring.tried_out()}
    assert found == {("early", early, "surat"), ("test", test, "surat"), ("test", test, "satu")}
    assert deps.packs.promote(test, ADMIN, RINGS).ok
    assert deps.authoring.tried_out() == []


def test_what_was_tried_out_goes_on_to_all(deps: Deps) -> None:
    number = described_draft(deps, "satu", "1", ("test",))
    promoted = deps.packs.promote(number, ADMIN, RINGS)
    assert promoted.ok and deps.packs.rows()[0].content_of == number
    assert services_of(deps, "all") == services_of(deps, "test") >= {"satu"}


def test_only_a_pack_that_stands_goes_on(deps: Deps) -> None:
    number = described_draft(deps, "satu", "1", ("test",))
    assert deps.packs.take_back(number, ADMIN).ok
    assert deps.packs.promote(number, ADMIN, RINGS).outcome is PackOutcome.TAKEN_BACK_ALREADY
    assert deps.packs.promote(99, ADMIN, RINGS).outcome is PackOutcome.NO_SUCH_PACK


def test_a_version_that_is_tried_out_is_not_used_for_other_content(deps: Deps) -> None:
    described_draft(deps, "satu", "1", ("test",))
    assert described_draft(deps, "satu", "1", ("early", "test")) > 0
    known = deps.authoring.published("satu")
    assert known is not None
    document = known.description.model_dump(mode="json")
    other = deps.authoring.upload(ADMIN, "satu", "a.xlsx", workbook(GOOD[0], version="1"), document).draft
    assert other is not None
    assert deps.authoring.publish(ADMIN, other.id).outcome is ServiceDraftOutcome.SAME_VERSION


def test_all_never_go_back_to_what_only_some_tried_out(deps: Deps) -> None:
    before = services_of(deps, "all")
    described_draft(deps, "satu", "1", ("test",))
    number = described_draft(deps, "dua", "1", RINGS)
    assert deps.packs.take_back(number, ADMIN).ok
    assert services_of(deps, "all") == before
