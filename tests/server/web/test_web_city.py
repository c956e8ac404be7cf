"""Administrators' pages for the whole city: days off, notices, settings, accounts; and late cases in the inbox."""

import re
from datetime import timedelta

from sqlalchemy import select, update

from server.storage import tables
from tests.server.web.conftest import Office


def test_a_day_off_is_added_shown_and_removed(office: Office) -> None:
    browser = office.browser("admin")
    year = office.server.deps.clock.now().year
    assert "Libur nasional" in browser.get("/admin/city").text
    day = f"{year}-06-12"
    page = browser.post("/admin/city/days", {"day": day, "name": "Hari jadi kota", "kind": "off"}).text
    assert "Hari jadi kota" in page and "Hari disimpan" in page
    assert "Hari jadi kota" not in browser.post(f"/admin/city/days/{day}/remove").text


def test_a_day_without_a_name_is_refused_and_kept_in_the_form(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/admin/city")
    answer = browser.post("/admin/city/days", {"day": "2026-06-12", "name": "", "kind": "working"})
    assert answer.status_code == 400 and "Tulis keterangan" in answer.text and 'value="2026-06-12"' in answer.text


def test_a_notice_is_sent_and_ended(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/admin/city/notices")
    until = (office.server.deps.clock.now() + timedelta(days=2)).date().isoformat()
    page = browser.post("/admin/city/notices", {"text.id": "Jumat <b>tutup</b> siang", "until": until}).text
    assert "Jumat &lt;b&gt;tutup&lt;/b&gt; siang" in page
    ending = re.search(r"/admin/city/notices/([^/]+)/end", page)
    assert ending is not None
    assert "Selesai" in browser.post(f"/admin/city/notices/{ending[1]}/end").text
    reported = [one["data"] for one in office.kiosk.get("/v1/feed?after=0").json()["events"] if one["type"] == "notice"]
    assert [one["text"]["id"] for one in reported] == ["Jumat <b>tutup</b> siang"] * 2


def test_a_notice_without_an_end_is_refused_and_nothing_typed_is_lost(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/admin/city/notices")
    answer = browser.post("/admin/city/notices", {"text.id": "Tutup siang", "until": ""})
    assert answer.status_code == 400 and "Pilih hari terakhir" in answer.text and "Tutup siang" in answer.text


def test_settings_reach_the_kiosk_and_wrong_ones_change_nothing(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/admin/city/settings")
    assert "Pengaturan dikirim" in browser.post("/admin/city/settings", {"volume": "0,5", "idle_s": "60"}).text
    for wrong in ("12", "banyak", "1e999"):
        answer = browser.post("/admin/city/settings", {"volume": "0,5", "idle_s": wrong})
        assert answer.status_code == 400 and f'value="{wrong}"' in answer.text
    reported = [
        one["data"] for one in office.kiosk.get("/v1/feed?after=0").json()["events"] if one["type"] == "settings"
    ]
    assert reported == [{"volume": 0.5, "idle_s": 60.0}]


def test_an_account_is_made_with_a_password_that_is_shown_once(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/admin/officers")
    fields = {"name": "Wati <i>", "user": "wati", "role": "officer", "agency": "kelurahan"}
    page = browser.post("/admin/officers", fields).text
    password = re.search(r'<span class="code">([a-z0-9-]{24})</span>', page)
    assert password is not None and "Wati &lt;i&gt;" in page
    assert password[1] not in browser.get("/admin/officers").text
    assert office.browser().sign_in("wati", password[1]).url.endswith("/password")
    assert browser.post("/admin/officers", fields).status_code == 400


def test_whoever_is_put_off_is_signed_out_at_once(office: Office) -> None:
    admin = office.browser("admin")
    admin.get("/admin/officers")
    fields = {"name": "Sementara", "user": "sementara", "role": "command", "agency": ""}
    password = re.search(r'<span class="code">([a-z0-9-]{24})</span>', admin.post("/admin/officers", fields).text)
    assert password is not None
    other = office.browser()
    other.sign_in("sementara", password[1])
    officers = tables.officers.c
    with office.server.deps.engine.connect() as connection:
        officer_id = connection.execute(select(officers.id).where(officers.user_name == "sementara")).scalar_one()
    admin.post(f"/admin/officers/{officer_id}/off")
    assert "/sign-in" in other.get("/fleet").url


def test_a_late_case_shows_in_the_inbox_and_on_the_wall(fresh_office: Office) -> None:
    code, deps = fresh_office.send().code, fresh_office.server.deps
    yesterday = deps.clock.now() - timedelta(days=1)
    with deps.engine.begin() as connection:
        case = tables.cases.c.tracking_code == code
        connection.execute(update(tables.cases).where(case).values(due_at=yesterday))
    deps.escalation.escalate_late()
    supervisor = fresh_office.browser("penyelia")
    assert f"case-{code}" in supervisor.get("/office?show=escalated").text
    assert "Diteruskan ke atasan" in supervisor.get("/office").text
    assert "Diteruskan ke atasan" in supervisor.get(f"/office/cases/{code}").text
    assert "1 diteruskan ke atasan" in fresh_office.browser("pusat").get("/wall").text
    assert "Diteruskan ke atasan karena terlambat" in fresh_office.browser("admin").get("/audit").text


def test_a_service_is_withdrawn_with_a_reason_and_the_others_stay(fresh_office: Office) -> None:
    browser = fresh_office.browser("admin")
    page = browser.get("/admin/services").text
    assert "/admin/services/aduan/withdraw" in page and "Ya, tarik dari semua kios" in page
    after = browser.post("/admin/services/aduan/withdraw", {"reason": "pindah ke LAPOR"}).text
    assert "/admin/services/aduan/withdraw" not in after and "/admin/services/surat/withdraw" in after
    assert "pindah ke LAPOR" in after
