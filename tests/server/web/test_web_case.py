"""The inbox and a case: what an officer sees, may do, and what is written down of it."""

from collections.abc import Callable

import pytest

from protocol.tracking import display
from server.web.office.answers import mask
from server.web.office.attachments import safe_name, sniffed
from tests.server.kiosk_client import NIK
from tests.server.web.conftest import JPEG, Office

Audited = Callable[[str], list[str]]


def test_a_new_case_stands_in_the_inbox_of_its_agency_only(office: Office) -> None:
    code = office.send("surat").code
    assert display(code) in office.browser("kelurahan").get("/office").text
    assert display(code) not in office.browser("kominfo").get("/office").text


def test_a_case_with_pictures_on_their_way_is_marked(office: Office) -> None:
    code = office.send(picture=JPEG, upload=False).code
    page = office.browser("kelurahan").get(f"/office/cases/{code}").text
    assert "Masih dikirim dari kios" in page
    assert "Setujui" not in page


@pytest.mark.parametrize("typed", [lambda code: code, display, str.lower])
def test_a_case_is_found_by_the_code_on_its_slip(office: Office, typed: Callable[[str], str]) -> None:
    code = office.send().code
    assert office.browser("kelurahan").get("/office", params={"code": typed(code)}).url.endswith(f"/cases/{code}")


def test_a_case_of_another_agency_is_as_if_it_did_not_exist(office: Office) -> None:
    code = office.send("aduan").code
    browser = office.browser("kelurahan")
    assert browser.get("/office", params={"code": code}).status_code == 404
    for path in (f"/office/cases/{code}", f"/office/cases/{code}/changed"):
        assert browser.get(path).status_code == 404
    browser.get("/office")
    for action in ("take", "approve", "nik"):
        fields = {"version": "1", "reason": "ingin tahu saja"}
        assert browser.post(f"/office/cases/{code}/{action}", fields).status_code == 404


def test_the_filters_show_what_they_say(fresh_office: Office) -> None:
    mine, other = fresh_office.taken(), fresh_office.send()
    browser = fresh_office.browser("kelurahan")
    assert display(mine.code) in browser.get("/office/rows?show=mine").text
    assert display(other.code) not in browser.get("/office/rows?show=mine").text
    assert display(other.code) in browser.get("/office/rows?show=new").text
    assert display(mine.code) not in browser.get("/office/rows?show=done").text


def test_the_whole_way_of_a_case_is_in_the_log(office: Office, audited: Audited) -> None:
    code = office.send().code
    for action, note in (("take", ""), ("ask", "Mohon nama lengkap"), ("cancel", "Diminta warga")):
        assert office.act("kelurahan", code, action, note).ok
    done = [action for action in audited(f"case:{code}") if action != "case.read"]
    assert done == ["case.open", "case.take", "case.ask", "case.cancel"]


def test_reading_a_case_is_logged(office: Office, audited: Audited) -> None:
    code = office.send().code
    office.browser("kelurahan").get(f"/office/cases/{code}")
    assert audited(f"case:{code}")[-1] == "case.read"


def test_asking_stops_the_clock_and_the_answer_starts_it(office: Office) -> None:
    envelope = office.taken()
    page = office.act("kelurahan", envelope.code, "ask", "Mohon nama lengkap").text
    assert "Waktu berhenti" in page
    office.kiosk.statuses(office.kiosk.answer(envelope.code, "Siti Aminah binti Ali", office.server.service()))
    page = office.browser("kelurahan").get(f"/office/cases/{envelope.code}").text
    assert "Siti Aminah binti Ali" in page and "hari kerja" in page


def test_what_a_citizen_reads_needs_words_and_what_was_chosen_stays_open(office: Office) -> None:
    code = office.taken().code
    answer = office.act("kelurahan", code, "reject", "  ")
    assert answer.status_code == 409
    assert "Tulis pesan untuk warga" in answer.text


def test_a_case_that_a_colleague_took_is_explained_kindly(office: Office) -> None:
    code = office.send().code
    late = office.browser("kelurahan")
    late.get(f"/office/cases/{code}")
    assert office.act("penyelia", code, "take").ok
    answer = late.post(f"/office/cases/{code}/take", {"version": "1"})
    assert answer.status_code == 409
    assert "berubah sejak Anda membukanya" in answer.text


def test_a_page_that_grew_old_says_so(office: Office) -> None:
    code = office.send().code
    browser = office.browser("kelurahan")
    assert "Muat yang terbaru" not in browser.get(f"/office/cases/{code}/changed?seen=1").text
    office.act("penyelia", code, "take")
    assert "Muat yang terbaru" in browser.get(f"/office/cases/{code}/changed?seen=1").text


def test_numbers_are_masked_until_a_reason_is_given_and_logged(office: Office, audited: Audited) -> None:
    code = office.send(name=f"Siti, NIK {NIK}").code
    browser = office.browser("kelurahan")
    page = browser.get(f"/office/cases/{code}").text
    assert NIK not in page and "3578••••••••••03" in page
    assert NIK not in browser.post(f"/office/cases/{code}/nik", {"reason": "apa"}).text
    assert NIK in browser.post(f"/office/cases/{code}/nik", {"reason": "mencocokkan KTP"}).text
    assert audited(f"case:{code}").count("case.read") == 3


def test_only_runs_of_sixteen_digits_are_masked() -> None:
    assert mask("3578014107900003 dan 081234567890") == "3578••••••••••03 dan 081234567890"
    assert mask("35780141079000031") == "35780141079000031"


# --- documents ------------------------------------------------------------------------------------------------------


def test_a_picture_is_served_as_what_it_is_and_logged(office: Office, audited: Audited) -> None:
    envelope = office.send(picture=JPEG)
    answer = office.browser("kelurahan").get(
        f"/office/cases/{envelope.code}/documents/{envelope.attachments[0].sha256}"
    )
    assert answer.content == JPEG
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert audited(f"case:{envelope.code}")[-1] == "case.document"


def test_what_is_no_picture_is_a_download(office: Office) -> None:
    envelope = office.send(picture=b"<html><script>alert(1)</script>")
    answer = office.browser("kelurahan").get(
        f"/office/cases/{envelope.code}/documents/{envelope.attachments[0].sha256}"
    )
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("user", ["kominfo", "admin", "pusat"])
def test_a_picture_is_for_its_agency_only(office: Office, user: str) -> None:
    envelope = office.send(picture=JPEG)
    path = f"/office/cases/{envelope.code}/documents/{envelope.attachments[0].sha256}"
    assert office.browser(user).get(path).status_code in (403, 404)


def test_a_picture_cannot_be_fetched_through_another_case(office: Office) -> None:
    envelope, other = office.send(picture=JPEG), office.send()
    path = f"/office/cases/{other.code}/documents/{envelope.attachments[0].sha256}"
    assert office.browser("kelurahan").get(path).status_code == 404


def test_sniffing_looks_at_bytes_only() -> None:
    assert sniffed(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert sniffed(b"\x89PNG\r\n\x1a\n") == "image/png"
    assert sniffed(b"GIF89a") is None
    assert sniffed(b"") is None


@pytest.mark.parametrize("name", ['a"\r\nX: y', "../../etc/passwd", "😀", ""])
def test_a_file_name_cannot_break_out_of_its_header(name: str) -> None:
    assert not set(safe_name(name)) & set('"\r\n/\\')
    assert safe_name(name)


def test_an_objection_arrives_at_the_office_and_is_not_for_whoever_refused(office: Office, audited: Audited) -> None:
    code = office.taken().code
    assert office.act("kelurahan", code, "reject", "Di luar wilayah").ok
    assert office.contest(code, "OBJECTION", "Alamat saya di wilayah ini") == ["stored"]
    assert "Keberatan" in office.browser("kelurahan").get("/office/rows?show=open").text
    page = office.browser("kelurahan").get(f"/office/cases/{code}").text
    assert "Warga mengajukan keberatan atas keputusan ini." in page and "Alamat saya di wilayah ini" in page
    assert "Keputusan ini keputusan Anda sendiri" in page and 'action="/office/cases/' + code + '/take"' not in page
    assert office.act("kelurahan", code, "take").status_code == 409
    page = office.browser("penyelia").get(f"/office/cases/{code}").text
    assert "Yang memutuskan dahulu: " in page
    assert office.act("penyelia", code, "take").ok
    assert office.act("penyelia", code, "approve", "Keberatan dikabulkan").ok
    done = [action for action in audited(f"case:{code}") if action != "case.read"]
    assert done[-4:] == ["case.reject", "case.objection", "case.take", "case.approve"]
    assert (
        "Keberatan" not in office.browser("penyelia").get("/office/rows?show=open").text.split(display(code))[1][:400]
    )


def test_a_case_that_was_handed_out_is_opened_again(office: Office) -> None:
    code = office.taken().code
    for action in ("approve", "ready", "collected"):
        assert office.act("kelurahan", code, action).ok
    assert office.contest(code, "REOPENING", "Nama pada surat salah") == ["stored"]
    page = office.browser("kelurahan").get(f"/office/cases/{code}").text
    assert "Warga meminta berkas ini dibuka kembali." in page and "Nama pada surat salah" in page
    assert office.act("kelurahan", code, "take").ok


@pytest.mark.parametrize(
    ("scanned", "marks"),
    [(["/data/nama"], ["dibaca pemindai"]), ([], []), (None, [])],
    ids=["read", "typed", "unknown"],
)
def test_the_mark_of_the_scanner_stands_at_the_answer_it_read(
    office: Office, scanned: list[str] | None, marks: list[str]
) -> None:
    document = office.server.service("surat")
    envelope = office.kiosk.envelope(document, inside={"scanned": scanned})
    assert office.kiosk.statuses(envelope) == ["stored"]
    page = office.browser("kelurahan").get(f"/office/cases/{envelope.code}").text
    assert [mark for mark in ("dibaca pemindai",) if mark in page] == marks
