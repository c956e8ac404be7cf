"""A secret complaint in the office: the page of whoever did not take it shows nothing that tells who complains."""

from tests.server.kiosk_client import NIK
from tests.server.web.conftest import Office


def secret(office: Office, name: str) -> str:
    document = office.server.service("aduan")
    head = f'id="{document["form_id"]}" version="{document["form_version"]}"'
    inside = {"privacy": "secret", "instance": f"<data {head}><nama>{name}</nama></data>"}
    envelope = office.kiosk.envelope(document, inside=inside)
    assert office.kiosk.statuses(envelope) == ["stored"]
    return envelope.code


def test_only_its_officer_reads_who_it_is(office: Office) -> None:
    code = secret(office, "Sari Rahasia")
    browser = office.browser("kominfo")
    before = browser.get(f"/office/cases/{code}").text
    assert "Sari Rahasia" not in before
    assert "hanya terlihat oleh petugas yang mengambil" in before
    assert office.act("kominfo", code, "take").ok
    after = browser.get(f"/office/cases/{code}").text
    assert "Sari Rahasia" in after
    assert "hanya Anda" in after


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
    office.act("kominfo", code, "approve", "Lampu sudah diperbaiki.")
    page = office.browser().get(f"/t/{code}").text
    assert "Sudah dijawab" in page
    assert "Lampu sudah diperbaiki." in page
    assert "Disetujui" not in page
