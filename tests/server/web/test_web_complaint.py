"""A secret complaint in the office: the page of whoever did not take it shows nothing that tells who complains."""

import pytest

from tests.server.kiosk_client import NIK, Attachment
from tests.server.web.conftest import JPEG, Office


def secret(office: Office, name: str, *pictures: Attachment) -> str:
    document = office.server.service("aduan")
    head = f'id="{document["form_id"]}" version="{document["form_version"]}"'
    photo = "<foto>foto.jpg</foto>" if pictures else ""
    inside = {"privacy": "secret", "instance": f"<data {head}><nama>{name}</nama>{photo}</data>"}
    envelope = office.kiosk.envelope(document, pictures, inside=inside)
    assert office.kiosk.statuses(envelope) == ["missing_attachments" if pictures else "stored"]
    for picture in pictures:
        office.kiosk.upload(picture)
    return envelope.code


def test_only_its_officer_reads_who_it_is(office: Office) -> None:
    code = secret(office, "Sari Rahasia")
    browser = office.browser("kominfo")
    before = browser.get(f"/office/cases/{code}").text
    assert "Sari Rahasia" not in before
    assert "hanya petugas yang mengambil laporan ini yang melihat" in before
    assert office.act("kominfo", code, "take").ok
    after = browser.get(f"/office/cases/{code}").text
    assert "Sari Rahasia" in after
    assert "hanya Anda" in after


def replied(office: Office, code: str, text: str, picture: Attachment) -> None:
    """The citizen answers at a kiosk, with a picture."""
    change = {"kind": "ANSWER", "tracking_code": code}
    answer = office.kiosk.envelope(
        office.server.service("aduan"), [picture], outside=change, inside={**change, "text": text, "instance": ""}
    )
    assert office.kiosk.statuses(answer) == ["missing_attachments"]
    office.kiosk.upload(picture)


@pytest.mark.parametrize("place", ["form", "reply"])
def test_pictures_are_for_its_officer_only(office: Office, place: str) -> None:
    picture = office.kiosk.attachment(JPEG + place.encode())
    code = secret(office, "Sari", *([picture] if place == "form" else []))
    browser = office.browser("kominfo")
    address = f"/office/cases/{code}/documents/{picture.sha256}"
    assert office.act("kominfo", code, "take").ok
    if place == "reply":
        assert office.act("kominfo", code, "ask", "Di jalan apa?").ok
        replied(office, code, "Jalan Mawar", picture)
    assert browser.get(address).content == JPEG + place.encode()
    assert picture.sha256 in browser.get(f"/office/cases/{code}").text
    assert office.act("kominfo", code, "give_back").ok
    assert browser.get(address).status_code == 404
    assert picture.sha256 not in browser.get(f"/office/cases/{code}").text


def test_what_the_citizen_replied_is_for_its_officer_only(office: Office) -> None:
    code = secret(office, "Sari")
    office.act("kominfo", code, "take")
    office.act("kominfo", code, "ask", "Di jalan apa?")
    replied(office, code, "Saya Sari dari Jalan Mawar 3", office.kiosk.attachment(JPEG + b"reply"))
    browser = office.browser("kominfo")
    assert "Jalan Mawar 3" in browser.get(f"/office/cases/{code}").text
    assert office.act("kominfo", code, "give_back").ok
    page = browser.get(f"/office/cases/{code}").text
    assert "Jalan Mawar 3" not in page
    assert "Di jalan apa?" in page
    assert "yang dapat membaca tulisan pelapor" in page


def test_a_reason_does_not_open_it_before(office: Office) -> None:
    code = secret(office, "Sari Rahasia")
    browser = office.browser("kominfo")
    browser.get(f"/office/cases/{code}")
    page = browser.post(f"/office/cases/{code}/nik", {"reason": "ingin tahu saja"}).text
    assert NIK not in page
    assert "Sari Rahasia" not in page


def test_the_citizen_reads_that_it_was_answered(office: Office) -> None:
    code = secret(office, "Sari")
    office.act("kominfo", code, "take")
    office.act("kominfo", code, "reply", "Lampu sudah diperbaiki.")
    page = office.browser().get(f"/t/{code}").text
    assert "Sudah dijawab" in page
    assert "Lampu sudah diperbaiki." in page
    assert "Disetujui" not in page
    office.act("kominfo", code, "close")
    page = office.browser().get(f"/t/{code}").text
    assert "Selesai" in page and page.count("Lampu sudah diperbaiki.") == 1


def test_an_empty_answer_is_asked_for_once_more(office: Office) -> None:
    code = secret(office, "Sari")
    office.act("kominfo", code, "take")
    page = office.browser("kominfo").get(f"/office/cases/{code}").text
    assert "Jawaban untuk warga" in page
    assert office.act("kominfo", code, "reply", " ").status_code == 409
