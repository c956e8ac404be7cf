"""A complaint in the office: its own buttons, the way to the agency in charge, what both agencies see, and the trend."""

import csv
import io
import re
from collections.abc import Callable

from tests.server.web.conftest import Office

#: What only permits have, in the office's words.
PERMITS = ("Setujui", "siap diambil", "Sudah diambil")


def send(office: Office, topic: str = "lampu", kind: str = "pengaduan", privacy: str = "", more: str = "") -> str:
    document = office.server.service("aduan")
    head = f'id="{document["form_id"]}" version="{document["form_version"]}"'
    answers = f"<nama>Sari</nama><jenis>{kind}</jenis><topik>{topic}</topik>{more}"
    inside = {"privacy": privacy, "instance": f"<data {head}>{answers}</data>"}
    envelope = office.kiosk.envelope(document, inside=inside)
    assert office.kiosk.statuses(envelope) == ["stored"]
    return envelope.code


def forward(office: Office, user: str, code: str, agency: str, note: str = "") -> str:
    browser = office.browser(user)
    version = re.search(r'name="version" value="(\d+)"', browser.get(f"/office/cases/{code}").text)
    assert version is not None
    return browser.post(f"/office/cases/{code}/forward", {"version": version[1], "agency": agency, "note": note}).text


def main_part(page: str) -> str:
    """Without the navigation."""
    return page.partition("<main")[2]


def test_rows_say_topic_and_kind_so_that_they_do_not_look_alike(office: Office) -> None:
    first, second = send(office), send(office, "sampah", "aspirasi")
    rows = office.browser("kominfo").get("/office/rows").text
    assert "<strong>Lampu jalan · Pengaduan</strong>" in rows.partition(f'id="case-{first}"')[2].partition("</li>")[0]
    assert "<strong>Sampah · Aspirasi</strong>" in rows.partition(f'id="case-{second}"')[2].partition("</li>")[0]
    assert "Teruskan: " in rows


def test_its_page_has_verbs_of_its_own_and_shows_each_clock(office: Office) -> None:
    code = send(office)
    page = main_part(office.act("kominfo", code, "take").text)
    for words in ("Kami yang berwenang", "Teruskan ke instansi lain", "Jawab warga", "Tidak dapat ditindaklanjuti"):
        assert words in page
    assert not [words for words in PERMITS if words in page]
    answered = main_part(office.act("kominfo", code, "reply", "Lampu diganti besok.").text)
    assert "Sudah dijawab" in answered
    assert "Tutup pengaduan" in answered
    assert answered.count('class="lapor-done"') == 2
    assert "Tutup tanpa tanggapan</dt><dd>Sisa " in answered


def test_it_is_called_by_its_own_words_beside_one_like_it_and_when_it_has_changed(office: Office) -> None:
    story = "<uraian>Lampu jalan di depan pasar lama padam sejak tiga minggu dan anak anak takut lewat sana</uraian>"
    one, other = send(office, more=story), send(office, more=story)
    office.act("kominfo", other, "take")
    office.act("kominfo", other, "reject", "Bukan wewenang kota.")
    browser = office.browser("kominfo")
    listed = browser.get(f"/office/cases/{one}").text.partition(f"/alike/{other}")[2].partition("</li>")[0]
    assert "Tidak ditindaklanjuti" in listed
    assert "Tidak dapat ditindaklanjuti" in browser.get(f"/office/cases/{other}/changed?seen=1").text


def test_an_empty_answer_is_refused_with_what_to_do(office: Office) -> None:
    code = send(office)
    office.act("kominfo", code, "take")
    answer = office.act("kominfo", code, "reply", "  ")
    assert answer.status_code == 409
    assert "Jawaban untuk warga" in answer.text


def test_it_is_forwarded_and_both_agencies_see_what_is_theirs(
    office: Office, audited: Callable[[str], list[str]]
) -> None:
    code = send(office)
    office.act("kominfo", code, "take")
    after = forward(office, "kominfo", code, "kelurahan", "Lampu jalan lingkungan")
    assert "Pengaduan sudah diteruskan" in after
    assert f'id="case-{code}"' not in after
    # Whoever sent it on is led to what they keep of it, and reads nothing of what is in it.
    kept = office.browser("kominfo").get(f"/office/cases/{code}").text
    assert "Pengaduan yang diteruskan" in kept
    assert "Lampu jalan lingkungan" in kept
    assert "Sari" not in kept
    assert "Diteruskan ke" in office.browser("kelurahan").get(f"/office/cases/{code}").text
    assert code in office.browser("kelurahan").get("/office/rows").text
    public = office.browser().get(f"/t/{code}").text
    assert "Diteruskan ke" in public
    assert "Lampu jalan lingkungan" not in public
    assert "case.forward" in audited(f"case:{code}")


def test_what_was_forwarded_here_goes_on_only_with_a_reason(office: Office) -> None:
    code = send(office)
    forward(office, "kominfo", code, "kelurahan")
    assert "Mengapa bukan wewenang di sini" in office.browser("kelurahan").get(f"/office/cases/{code}").text
    refused = forward(office, "kelurahan", code, "kominfo")
    assert 'role="alert"' in refused
    assert "Pengaduan sudah diteruskan" in forward(office, "kelurahan", code, "kominfo", "Jalan kota")


def test_the_answer_stays_on_the_citizens_page_when_it_is_closed_and_when_it_is_reopened(office: Office) -> None:
    code = send(office)
    office.act("kominfo", code, "take")
    office.act("kominfo", code, "reply", "Lampu sudah diganti.")
    assert "Tanpa tanggapan Anda, laporan ini ditutup setelah" in office.browser().get(f"/t/{code}").text
    office.act("kominfo", code, "close")
    assert "Lampu sudah diganti." in office.browser().get(f"/t/{code}").text
    office.act("kominfo", code, "reopen", "Lampu padam lagi.")
    page = office.browser().get(f"/t/{code}").text
    assert "Lampu sudah diganti." in page
    assert "Lampu padam lagi." in page


def test_the_trend_counts_by_month_agency_topic_and_kind_with_a_table_beneath_each_plot(fresh_office: Office) -> None:
    office = fresh_office
    codes = [send(office), send(office), send(office, "sampah", "aspirasi")]
    office.act("kominfo", codes[0], "take")
    office.act("kominfo", codes[0], "reply", "Sudah.")
    forward(office, "kominfo", codes[2], "kelurahan")
    page = office.browser("pusat").get("/complaints").text
    assert page.count("<table") == page.count('class="columns"') + page.count('class="bars"') == 4
    assert "<script>" not in page
    rows = list(
        csv.reader(
            io.StringIO(office.browser("pusat").get("/complaints/export").content.decode("utf-8-sig")), delimiter=";"
        )
    )
    # Grouped by, group, received, answered, open, forwarded late, answered late, reopened.
    assert ["Topik", "Lampu jalan", "2", "1", "2", "0", "0", "0"] in rows
    assert ["Topik", "Sampah", "1", "0", "1", "0", "0", "0"] in rows
    assert ["Jenis laporan", "Aspirasi", "1", "0", "1", "0", "0", "0"] in rows
    assert len([row for row in rows if row[0] == "Bulan"]) == 12
    own = office.browser("kelurahan").get("/complaints?agency=kominfo").text
    assert "Sampah" in own
    assert "Lampu jalan" not in own


def test_it_counts_what_is_late_and_what_was_answered_without_words_is_not_answered(fresh_office: Office) -> None:
    office = fresh_office
    code = send(office)
    office.clock.pass_time(days=20)
    office.act("kominfo", code, "take")
    office.act("kominfo", code, "reply", "Maaf, terlambat.")
    with office.server.deps.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE case_steps SET note = '' WHERE action = 'reply'")
    rows = office.browser("pusat").get("/complaints/export").content.decode("utf-8-sig")
    assert "Topik;Lampu jalan;1;0;1;1;1;0" in rows
