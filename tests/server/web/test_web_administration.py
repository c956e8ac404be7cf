"""Administrators, the command centre and field staff's managers: services, kiosks, badges, the log."""

import re
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import text

from server.web.admin.form_preview import questions
from tests.server.kiosk_client import TestKiosk, component, visit
from tests.server.web.conftest import Browser, Office

FOUR = ("id", "jv", "mad", "en")
SURVEY = [
    ["type", "name", "label::Bahasa Indonesia (id)", "label::English (en)", "required"],
    ["text", "nama", "Nama lengkap", "Full name", "yes"],
    ["begin_repeat", "anak", "Anak", "Child", ""],
    ["text", "nama_anak", "Nama anak", "Child's name", ""],
    ["end_repeat", "", "", "", ""],
]


def workbook(form_id: str, version: str, survey: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    for row in survey:
        sheet.append(row)
    settings = book.create_sheet("settings")
    settings.append(["form_id", "version", "form_title", "default_language"])
    settings.append([form_id, version, "Formulir uji", "Bahasa Indonesia (id)"])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def upload(browser: Browser, service: str, content: bytes, name: str = "form.xlsx") -> str:
    """The address of the draft that the page went to."""
    browser.get("/admin/services/new")
    answer = browser.post("/admin/services/new", {"service": service}, files={"form": (name, content)})
    return answer.url.removeprefix(browser.base)


def described() -> dict[str, str]:
    texts = ["name", "summary", "standard.time", "standard.fee", "standard.product", "standard.complaints"]
    texts += ["standard.requirements", "standard.procedure", "slip.title", "slip.next_step"]
    fields = {f"{path}.{language}": f"{path} {language}" for path in texts for language in FOUR}
    stage = {f"stage.{row}.name.{language}": name for row, name in enumerate(["Periksa", "Putus"]) for language in FOUR}
    return (
        fields
        | stage
        | {
            "agency": "kelurahan",
            "icon": "house",
            "standard.working_days": "3",
            "standard.fee_rupiah": "50.000",
            "standard.fee_from": "1",
            "standard.requirements.pictogram.0": "family-card",
            "standard.procedure.pictogram.0": "counter",
            "standard.procedure.pictogram.1": "collect",
            "stage.0.id": "periksa",
            "stage.0.days": "1",
            "stage.0.does": "check",
            "stage.1.id": "putus",
            "stage.1.days": "2",
            "stage.1.does": "decide",
            "stage.1.by": "supervisors",
            "stage.1.four_eyes": "1",
            "identification": "none",
            "consent": "1",
        }
    )


def test_a_new_service_goes_from_spreadsheet_to_every_kiosk_and_back(fresh_office: Office) -> None:
    browser, packs = fresh_office.browser("admin"), fresh_office.server.deps.packs
    draft = upload(browser, "izin-baru", workbook("izin", "1", SURVEY))
    page = browser.get(draft).text
    assert "Formulir dapat dipakai" in page and "Nama lengkap" in page and "Nama anak" in page
    assert browser.post(f"{draft}/service", described()).url.endswith("/publish")
    assert "Diterbitkan" in browser.post(f"{draft}/publish", {"ring": "all"}).text
    published = packs.service(2, "izin-baru")
    assert published is not None
    assert published.description.standard.fee_rupiah == 50_000
    assert published.description.standard.fee_from
    # A pictogram for each line that was written, and for no other.
    assert published.description.icon == "house"
    assert published.description.standard.requirement_pictograms == ("family-card",)
    assert published.description.standard.procedure_pictograms == ("counter",)
    checks, decides = published.description.stages
    assert (checks.does, checks.by, checks.four_eyes) == ("check", "officers", False)
    assert (decides.does, decides.by, decides.four_eyes) == ("decide", "supervisors", True)
    assert "mulai Rp 50.000" in browser.get("/admin/services").text
    assert published.description.name["mad"] == "name mad"
    browser.post("/admin/packs/2/take-back", {"reason": "salah"})
    assert packs.service(3, "izin-baru") is None and packs.service(3, "surat") is not None


def test_errors_are_reported_by_sheet_row_and_column(office: Office) -> None:
    broken = [*SURVEY, ["select_one tidak_ada", "pilih", "Pilih", "Choose", ""]]
    page = office.browser("admin").get(upload(office.browser("admin"), "izin", workbook("izin", "1", broken))).text
    row = re.search(r"<td>survey</td><td class=\"number\">(\d+)</td>", page)
    assert row is not None and row[1] == "6"


def test_a_new_version_shows_what_changes(office: Office) -> None:
    browser = office.browser("admin")
    survey = [SURVEY[0], ["text", "nama", "Nama menurut KTP", "Name as on the card", "yes"]]
    page = browser.get(upload(browser, "surat", workbook("surat", "2", survey))).text
    assert "Nama menurut KTP" in page and "foto" in page and "dihapus" in page


def test_the_same_version_with_other_content_is_not_published(office: Office) -> None:
    browser = office.browser("admin")
    draft = upload(browser, "surat", workbook("surat", "1", SURVEY))
    answer = browser.post(f"{draft}/publish", {"ring": "all"})
    assert answer.status_code == 409 and "Naikkan" in answer.text


def test_a_description_with_gaps_is_reported_by_field_and_kept(office: Office) -> None:
    browser = office.browser("admin")
    draft = upload(browser, "izin", workbook("izin", "1", SURVEY))
    answer = browser.post(f"{draft}/service", described() | {"standard.working_days": "tiga", "name.jv": "Asma"})
    assert answer.status_code == 400
    assert '<option value="family-card" selected>Kartu Keluarga</option>' in answer.text
    assert "3. Waktu: hari kerja" in answer.text and 'value="tiga"' in answer.text and 'value="Asma"' in answer.text


@pytest.mark.parametrize(("service", "name"), [("Huruf Besar", "form.xlsx"), ("izin", "form.exe")])
def test_what_cannot_be_a_form_is_refused_with_a_reason(office: Office, service: str, name: str) -> None:
    browser = office.browser("admin")
    browser.get("/admin/services/new")
    answer = browser.post("/admin/services/new", {"service": service}, files={"form": (name, b"x")})
    assert answer.status_code == 400 and 'role="alert"' in answer.text


def test_a_preview_shows_what_is_in_a_repeat(office: Office) -> None:
    authoring = office.server.deps.authoring
    draft_id = upload(office.browser("admin"), "izin", workbook("izin", "1", SURVEY)).rpartition("/")[2]
    draft = authoring.draft(draft_id)
    assert draft is not None
    form = authoring.form(draft)
    assert form is not None
    found = [(one.label, one.depth) for one in questions(form, "en")]
    assert found == [("Full name", 0), ("Child", 0), ("Child's name", 1)]


# --- the fleet ------------------------------------------------------------------------------------------------------


def test_a_kiosk_without_paper_is_an_alarm_until_somebody_sees_to_it(fresh_office: Office) -> None:
    kiosk, browser = fresh_office.kiosk, fresh_office.browser("pusat")
    parts = [component("printer", "UNAVAILABLE", ["MEDIA_EMPTY"], {"paper_mm": 12_300.0})]
    kiosk.post("/v1/heartbeat", kiosk.heartbeat(components=parts))
    page = browser.get("/fleet").text
    assert "kertas habis" in page and "12,3 m kertas" in page and "Bermasalah" in page
    alarm = re.search(r"/fleet/alarms/([^/]+)/seen", page)
    assert alarm is not None
    assert "Ditangani" in browser.post(f"/fleet/alarms/{alarm[1]}/seen").text


def test_a_visit_is_reported_on_the_kiosks_page(office: Office) -> None:
    office.kiosk.post("/v1/visits", visit(note="Rel dibersihkan")).raise_for_status()
    page = office.browser("pusat").get(f"/fleet/kiosks/{office.kiosk.id}").text
    assert "Budi Santoso" in page and "Rol kertas diganti" in page and "Rel dibersihkan" in page


def test_a_command_goes_through_the_kiosks_feed(office: Office) -> None:
    browser = office.browser("pusat")
    browser.get(f"/fleet/kiosks/{office.kiosk.id}")
    browser.post(f"/fleet/kiosks/{office.kiosk.id}/command", {"command": "test_slip"})
    events = office.kiosk.get("/v1/feed?after=0").json()["events"]
    assert [one["data"]["name"] for one in events if one["type"] == "command"] == ["test_slip"]


def test_an_unknown_command_is_not_sent(office: Office) -> None:
    browser = office.browser("pusat")
    browser.get(f"/fleet/kiosks/{office.kiosk.id}")
    assert browser.post(f"/fleet/kiosks/{office.kiosk.id}/command", {"command": "format"}).status_code == 404


def test_a_code_made_here_enrols_one_kiosk_whose_key_is_then_compared(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/fleet/enrol")
    page = browser.post("/fleet/enrol", {"name": "Baru", "ring": "test"}).text
    code = re.search(r'<span class="code">([0-9A-Z]{6}-[0-9A-Z]{6})<', page)
    assert code is not None
    assert "Menunggu kios" in browser.get("/fleet/enrol/arrived?name=Baru").text
    kiosk = TestKiosk(office.server.base)
    kiosk.enrol(code[1]).raise_for_status()
    arrived = browser.get("/fleet/enrol/arrived?name=Baru").text
    assert "Bandingkan sidik kunci" in arrived
    assert shown_fingerprint(arrived) == kiosk.fingerprint


def shown_fingerprint(page: str) -> str:
    found = re.search(r'<p class="fingerprint">([0-9A-F ]+)<', page)
    assert found is not None
    return found[1]


def test_an_administrator_compares_and_lets_a_kiosk_in(office: Office) -> None:
    kiosk = office.server.waiting_kiosk("Menunggu")
    browser, page = office.browser("admin"), f"/fleet/kiosks/{kiosk.id}"
    assert "Menunggu persetujuan" in browser.get("/fleet").text
    shown = shown_fingerprint(browser.get(page).text)
    assert shown == kiosk.fingerprint
    assert kiosk.get("/v1/feed").status_code == 403
    assert "disetujui" in browser.post(f"{page}/approve", {"fingerprint": shown}).text
    assert kiosk.get("/v1/feed").status_code == 200
    assert "Setujui kios ini" not in browser.get(page).text


def test_what_was_compared_is_what_is_approved(office: Office) -> None:
    kiosk, other = office.server.waiting_kiosk("Menunggu"), office.server.waiting_kiosk("Lain")
    browser, page = office.browser("admin"), f"/fleet/kiosks/{kiosk.id}"
    browser.get(page)
    assert "Bandingkan sekali lagi" in browser.post(f"{page}/approve", {"fingerprint": other.fingerprint}).text
    assert kiosk.get("/v1/feed").json()["error"]["code"] == "waiting"


def test_a_kiosk_with_another_fingerprint_is_refused(office: Office) -> None:
    kiosk = office.server.waiting_kiosk("Menunggu")
    browser, page = office.browser("admin"), f"/fleet/kiosks/{kiosk.id}"
    browser.get(page)
    assert "ditolak" in browser.post(f"{page}/refuse").text
    assert kiosk.get("/v1/feed").json()["error"]["code"] == "revoked"
    assert browser.post(f"{page}/approve", {"fingerprint": kiosk.fingerprint}).status_code == 404


def test_one_that_was_let_in_is_revoked_with_a_reason_only(office: Office) -> None:
    browser = office.browser("admin")
    browser.get(f"/fleet/kiosks/{office.kiosk.id}")
    assert browser.post(f"/fleet/kiosks/{office.kiosk.id}/refuse").status_code == 404
    assert office.kiosk.get("/v1/feed").status_code == 200


def test_whoever_may_not_approve_sees_who_may(office: Office) -> None:
    kiosk = office.server.waiting_kiosk("Menunggu")
    page = office.browser("pusat").get(f"/fleet/kiosks/{kiosk.id}").text
    assert "Seorang administrator harus membandingkan" in page
    assert "/approve" not in page


def test_a_revoked_kiosk_is_refused_at_its_next_request(office: Office) -> None:
    lost = office.server.kiosk("Hilang")
    browser = office.browser("admin")
    browser.get(f"/fleet/kiosks/{lost.id}")
    browser.post(f"/fleet/kiosks/{lost.id}/revoke", {"reason": "dicuri semalam"})
    assert lost.post("/v1/heartbeat", lost.heartbeat()).status_code == 403


def test_the_wall_counts_todays_cases(fresh_office: Office) -> None:
    fresh_office.send()
    assert re.search(r"<b>1</b><span>permohonan hari ini", fresh_office.browser("pusat").get("/wall").text)


# --- field staff and the log ----------------------------------------------------------------------------------------


def test_somebody_is_added_with_a_pin_that_is_shown_once(office: Office) -> None:
    browser = office.browser("lapangan")
    browser.get("/staff")
    page = browser.post("/staff", {"name": "Wati <b>", "id": "wati", "role": "staff"}).text
    assert re.search(r'<span class="code">\d{6}</span>', page) and "Wati &lt;b&gt;" in page
    assert not re.search(r'<span class="code">\d{6}</span>', browser.get("/staff").text)
    assert browser.post("/staff", {"name": "Wati", "id": "wati", "role": "staff"}).status_code == 400


def test_a_badge_is_a_picture_to_print(office: Office) -> None:
    browser = office.browser("lapangan")
    browser.get("/staff")
    page = browser.post("/staff/petugas-1/badge").text
    assert "<svg" in page and "EKB1." not in page


def test_the_log_is_verified_and_an_altered_entry_is_found(fresh_office: Office) -> None:
    browser, engine = fresh_office.browser("admin"), fresh_office.server.deps.engine
    browser.get("/audit")
    assert "Jejak audit utuh" in browser.post("/audit/verify").text
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_log SET actor = 'somebody' WHERE seq = 1"))
    assert "tidak utuh" in browser.post("/audit/verify").text


def test_two_files_of_one_name_are_refused_with_the_name(office: Office) -> None:
    browser = office.browser("admin")
    sheet = ("form.xlsx", workbook("izin", "1", SURVEY))
    files = [("form", sheet), ("media", ("a.csv", b"name\n1\n")), ("media", ("a.csv", b"name\n2\n"))]
    browser.get("/admin/services/new")
    page = browser.post("/admin/services/new", {"service": "izin"}, files=files)
    assert page.status_code == 400
    assert "a.csv" in page.text
