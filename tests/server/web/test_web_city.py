"""Administrators' pages for the whole city: days off, notices, settings, accounts; and late cases in the inbox."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

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


def heard(office: Office, kind: str) -> list[dict[str, object]]:
    """What the office's kiosk was told, in order."""
    return [one["data"] for one in office.kiosk.get("/v1/feed?after=0").json()["events"] if one["type"] == kind]


def test_a_group_is_made_filled_told_something_and_set(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/admin/city/groups")
    page = browser.post("/admin/city/groups", {"name": "Mal <b>"})
    assert "Mal &lt;b&gt;" in page.text and "Belum ada kios" in page.text
    at = page.url.removeprefix(browser.base)
    group = at.rpartition("/")[2]
    assert f'value="{office.kiosk.id}"' in browser.get(f"{at}?find=kios+uji").text
    assert "Tidak ada kios yang cocok" in browser.get(f"{at}?find=zzz").text
    assert f"/fleet/kiosks/{office.kiosk.id}" in browser.post(f"{at}/join", {"kiosk": office.kiosk.id}).text
    assert "selected" in browser.get(f"/admin/city/notices?for=group:{group}").text
    until = (office.server.deps.clock.now() + timedelta(days=2)).date().isoformat()
    page = browser.post("/admin/city/notices", {"text.id": "Untuk mal", "until": until, "for": f"group:{group}"}).text
    assert "Untuk mal" in page and "Mal &lt;b&gt; ·" in page
    assert heard(office, "notice")[-1]["text"] == {"id": "Untuk mal"}
    page = browser.post("/admin/city/settings", {"for": f"group:{group}", "volume": "0,3"}).text
    assert "Pengaturan dikirim" in page and "Pengaturan kios: Mal &lt;b&gt;" in page
    assert heard(office, "settings")[-1]["volume"] == 0.3
    assert "Keluarkan" not in browser.post(f"{at}/leave", {"kiosk": office.kiosk.id}).text
    assert "volume" not in heard(office, "settings")[-1] or heard(office, "settings")[-1]["volume"] != 0.3
    assert "Ganti nama" in browser.post(at, {"name": "Pusat belanja"}).text
    assert browser.post(at, {"name": ""}).status_code == 400
    assert "Pusat belanja" not in browser.post(f"{at}/remove").text
    assert browser.get(at).status_code == 404


def test_one_kiosk_is_found_by_its_name_and_set_alone(office: Office) -> None:
    browser = office.browser("admin")
    for name in ("Balai Satu", "Balai Dua"):
        office.server.kiosk(name)
    assert "Pengaturan kios: Balai Satu" in browser.get("/admin/city/settings?kiosk=balai+satu").text
    several = browser.get("/admin/city/settings?kiosk=balai")
    assert several.status_code == 400 and "Tidak ada kios bernama" in several.text
    until = (office.server.deps.clock.now() + timedelta(days=2)).date().isoformat()
    fields = {"text.id": "Halo", "until": until, "for": "all"}
    for name, said in (("balai", "Ada beberapa kios"), ("zzz", "Tidak ada kios bernama")):
        answer = browser.post("/admin/city/notices", {**fields, "kiosk": name})
        assert answer.status_code == 400 and said in answer.text and "Halo" in answer.text
    assert "Balai Dua ·" in browser.post("/admin/city/notices", {**fields, "kiosk": "balai dua"}).text
    assert {"id": "Halo"} not in [one["text"] for one in heard(office, "notice")]


def test_agencies_are_added_renamed_and_removed(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/admin/city/agencies")
    assert "Dinas Uji" in browser.post("/admin/city/agencies", {"id": "uji", "name.id": "Dinas Uji"}).text
    answer = browser.post("/admin/city/agencies", {"id": "uji", "name.id": "Dinas Lain"})
    assert answer.status_code == 400 and "sudah dipakai" in answer.text and 'value="Dinas Lain"' in answer.text
    page = browser.post("/admin/city/agencies/kelurahan", {"name.id": "Kelurahan & Kecamatan"}).text
    assert "Kelurahan &amp; Kecamatan" in page
    assert "Kelurahan &amp; Kecamatan" in browser.get("/admin/services").text
    assert browser.post("/admin/city/agencies/kelurahan/remove").status_code == 400
    assert "Dinas Uji" not in browser.post("/admin/city/agencies/uji/remove").text


def test_the_citys_texts_go_into_the_pack(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/admin/city/texts")
    assert browser.post("/admin/city/texts/consent", {"consent.en": "Yes"}).status_code == 400
    assert "Saya setuju sekali" in browser.post("/admin/city/texts/consent", {"consent.id": "Saya setuju sekali."}).text
    assert (
        "Tidak ada yang berubah"
        in browser.post("/admin/city/texts/consent", {"consent.id": "Saya setuju sekali."}).text
    )
    events = office.server.deps.offers.content().life_events
    fields = {f"event.{event}.id": "Pindah rumah" for event in events}
    assert "Pindah rumah" in browser.post("/admin/city/texts/events", fields).text
    assert set(office.server.deps.offers.content().life_events) == set(events)


def test_a_service_is_paused_and_goes_on(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/admin/services/aduan")
    answer = browser.post("/admin/services/aduan/pause", {"reason.en": "Closed"})
    assert answer.status_code == 400 and "Tulis alasan" in answer.text
    assert "Sistem diperbaiki" in browser.post("/admin/services/aduan/pause", {"reason.id": "Sistem diperbaiki."}).text
    assert "dijeda</span>" in browser.get("/admin/services").text
    assert "Jeda layanan" in browser.post("/admin/services/aduan/resume").text


def test_a_draft_is_scheduled_shown_and_cancelled(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/admin/services/surat")
    draft = browser.post("/admin/services/surat/begin").url.removeprefix(browser.base).removesuffix("/service")
    wrong = browser.post(f"{draft}/publish", {"ring": "test", "when": "later", "at": "2020-01-01T00:00", "note": "x y"})
    assert wrong.status_code == 409 and "Pilih waktu yang akan datang" in wrong.text and 'value="x y"' in wrong.text
    day = (office.server.deps.clock.now() + timedelta(days=30)).date().isoformat()
    page = browser.post(f"{draft}/publish", {"ring": "all", "when": "later", "at": f"{day}T00:00"}).text
    assert "Terjadwal" in page and f"{draft}/unschedule" in page
    assert browser.get(f"{draft}/publish").status_code == 404
    (row,) = office.server.deps.schedule.rows()
    assert row.publish_at.astimezone(ZoneInfo("Asia/Jakarta")).isoformat().startswith(f"{day}T00:00:00")
    assert "Jadwal dibatalkan" in browser.post(f"{draft}/unschedule").text
    assert browser.get(f"{draft}/publish").ok


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
