"""The public tracking page: the state for whoever has the slip, and nothing about who they are."""

import pytest

from protocol.tracking import ALPHABET, display, mint
from server.catalogue.pack_content import PackContent, PackService
from server.foundation.actors import OPERATOR
from server.web.frame.site import TRACKING_PER_MINUTE
from tests.server.kiosk_client import NIK
from tests.server.web.conftest import Office


def test_a_scanned_slip_tells_the_state_and_what_to_do(office: Office) -> None:
    code = office.send(name="Siti Canary").code
    page = office.browser().get(f"/t/{code}").text
    assert "Diterima" in page and "Anda tidak perlu melakukan apa pun" in page and display(code) in page
    assert "Siti Canary" not in page and NIK not in page and NIK[-4:] not in page


def test_an_offices_question_is_read_there(office: Office) -> None:
    code = office.taken().code
    office.act("kelurahan", code, "ask", "Mohon foto ulang <KTP>")
    page = office.browser().get(f"/t/{code}").text
    assert "Ada pertanyaan untuk Anda" in page and "Mohon foto ulang &lt;KTP&gt;" in page


@pytest.mark.parametrize(
    ("language", "word"), [("id", "Diterima"), ("jv", "dipuntampi"), ("mad", "tarèma"), ("en", "Received")]
)
def test_it_speaks_four_languages(office: Office, language: str, word: str) -> None:
    browser = office.browser()
    code = office.send().code
    page = browser.get(f"/preferences?language={language}&back=/t/{code}").text
    assert word in page and f'<html lang="{language}">' in page


def test_a_typed_code_may_be_written_as_people_write(office: Office) -> None:
    code = office.send().code
    assert office.browser().get("/t", params={"code": f" {display(code).lower()} "}).url.endswith(f"/t/{code}")


def test_a_wrong_check_character_is_reported_and_the_code_kept(office: Office) -> None:
    code = office.send().code
    wrong = code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % len(ALPHABET)]
    answer = office.browser().get("/t", params={"code": wrong})
    assert answer.status_code == 400
    assert "Kode ini tidak tepat" in answer.text and wrong in answer.text


def test_a_code_of_another_length_is_answered_with_the_right_length(office: Office) -> None:
    assert "Yang Anda ketik 3" in office.browser().get("/t", params={"code": "ABC"}).text


def test_a_code_that_has_not_arrived_is_reported_as_safe(office: Office) -> None:
    answer = office.browser().get(f"/t/{mint('ZZZZ', lambda _: 7)}")
    assert answer.status_code == 404
    assert "tersimpan aman di kios" in answer.text


def test_codes_cannot_be_tried_in_a_row(fresh_office: Office) -> None:
    code, browser = fresh_office.send().code, fresh_office.browser()
    answers = [browser.get(f"/t/{code}").status_code for _ in range(TRACKING_PER_MINUTE)]
    assert set(answers) == {200}
    above = browser.get(f"/t/{code}")
    assert above.status_code == 429
    assert int(above.headers["retry-after"]) <= 61


@pytest.mark.parametrize("path", ["/", "/t", "/sign-in", "/nowhere", "/office/nowhere"])
def test_every_page_carries_the_headers(office: Office, path: str) -> None:
    headers = office.browser().get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_an_unknown_page_is_a_friendly_404_and_an_unknown_api_path_is_not_a_page(office: Office) -> None:
    answer = office.browser().get("/nowhere")
    assert answer.status_code == 404 and "Halaman ini tidak ada" in answer.text


def test_what_can_be_done_against_it_is_read_there(office: Office) -> None:
    code = office.taken().code
    assert "keberatan" not in office.browser().get(f"/t/{code}").text
    assert office.act("kelurahan", code, "reject", "Di luar wilayah").ok
    assert "Ajukan keberatan di kios mana pun sampai" in office.browser().get(f"/t/{code}").text
    assert office.contest(code, "OBJECTION", "Alamat saya benar") == ["stored"]
    page = office.browser().get(f"/t/{code}").text
    assert "Keberatan Anda sedang diperiksa petugas lain" in page
    assert "Keberatan diterima" in page and "Alamat saya benar" not in page


def test_what_it_costs_is_reported_as_the_server_worked_it_out(office: Office) -> None:
    deps = office.server.deps
    published = deps.packs.service(1, "surat")
    assert published is not None
    standard = published.description.standard.model_copy(update={"fee_rule": "${nama} * 1000"})
    ruled = PackService(published.description.model_copy(update={"standard": standard}), published.files)
    pack = deps.packs.publish(PackContent((ruled,)), OPERATOR, rings=("test",)).number
    document = {**office.server.service(), "pack": str(pack)}
    instance = '<data id="surat" version="1"><nama>25</nama></data>'
    reported = {"fee_rupiah": 5, "instance": instance}
    envelope = office.kiosk.envelope(document, inside=reported)
    assert office.kiosk.statuses(envelope) == ["stored"]
    page = office.browser("kelurahan").get(f"/office/cases/{envelope.code}").text
    assert "Struk warga menyebut Rp 5" in page and "Rp 25.000" in page
    public = office.browser().get(f"/t/{envelope.code}").text
    assert "Biaya" in public and "Rp 25.000" in public and "Rp 5<" not in public
    free = office.browser().get(f"/t/{office.send().code}").text
    assert "Rp 0" in free
