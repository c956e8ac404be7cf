"""Administrators and the command centre in a real browser: what changes by itself while they watch."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.server.kiosk_client import component, visit
from tests.server.web.browser import CHROMIUM
from tests.server.web.conftest import Office
from tests.server.web.test_web_administration import SURVEY, described, workbook

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="the distribution's Chromium is not installed")


@pytest.fixture
def page(chromium: Browser, fresh_office: Office) -> Iterator[Page]:
    context = chromium.new_context(base_url=fresh_office.server.base, viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def watched(page: Page, path: str) -> None:
    """Opens a page and waits until its live stream is on; a reload would forget the mark."""
    with page.expect_response(lambda response: response.url.endswith("/fleet/live")):
        page.goto(path)
    page.evaluate("window.same = true")


def beat(office: Office, **changes: object) -> None:
    office.kiosk.post("/v1/heartbeat", office.kiosk.heartbeat(**changes)).raise_for_status()


def test_the_fleet_page_tells_each_kiosks_state_while_it_is_open(fresh_office: Office, page: Page) -> None:
    fresh_office.let_in(page, "pusat")
    watched(page, "/fleet")
    card = page.locator(f"a[href='/fleet/kiosks/{fresh_office.kiosk.id}']").first
    beat(fresh_office)
    expect(page.locator("body")).to_contain_text("60 m kertas")
    beat(
        fresh_office,
        components=[
            component("printer", "UNAVAILABLE", ["MEDIA_EMPTY"], {"paper_mm": 0.0}),
            component("scanner", "READY"),
            component("camera", "READY", ["TOO_DARK"]),
        ],
        outbox={"waiting": 3, "parked": 1},
    )
    expect(page.locator("body")).to_contain_text("kertas habis")
    expect(page.locator("body")).to_contain_text("Bermasalah")
    expect(page.locator("body")).to_contain_text("terlalu gelap")
    expect(card).to_be_visible()
    assert page.evaluate("window.same") is True


def test_a_silent_kiosk_raises_an_alarm_that_goes_when_it_speaks_again(fresh_office: Office, page: Page) -> None:
    fresh_office.let_in(page, "pusat")
    beat(fresh_office)
    watched(page, "/fleet")
    deps = fresh_office.server.deps
    fresh_office.clock.pass_time(seconds=deps.alarms.silent_after.total_seconds() + 1)
    deps.alarms.check_all()
    alarms = page.get_by_role("region", name="Peringatan")
    expect(alarms).to_contain_text("Tidak terhubung")
    page.get_by_role("button", name=re.compile("tangani", re.I)).first.click()
    expect(page.locator("body")).to_contain_text("Ditangani")
    beat(fresh_office)
    expect(alarms).to_have_count(0)


def test_a_visit_shows_on_the_kiosks_page_while_it_is_open(fresh_office: Office, page: Page) -> None:
    fresh_office.let_in(page, "pusat")
    beat(fresh_office)
    watched(page, f"/fleet/kiosks/{fresh_office.kiosk.id}")
    fresh_office.kiosk.post("/v1/visits", visit(note="Rel dibersihkan")).raise_for_status()
    expect(page.locator("body")).to_contain_text("Rel dibersihkan")
    expect(page.locator("body")).to_contain_text("Budi Santoso")
    assert page.evaluate("window.same") is True


def test_a_pack_goes_to_one_ring_and_is_watched_until_it_arrives(fresh_office: Office, page: Page) -> None:
    """From the spreadsheet to the kiosk, by clicks: problems, preview, description, ring, arrival, withdrawal."""
    office, packs = fresh_office, fresh_office.server.deps.packs
    beat(office)
    fresh_office.let_in(page, "admin")
    page.goto("/admin/services/new")
    page.fill("#service", "izin-baru")
    page.set_input_files(
        "#form", {"name": "izin.xlsx", "mimeType": "application/x", "buffer": workbook("izin", "1", SURVEY)}
    )
    page.locator("main form button.button-main").first.click()
    expect(page.locator("main")).to_contain_text("Nama lengkap")
    draft = page.url.rpartition("/")[2]
    office.browser("admin").get(f"/admin/drafts/{draft}/service")
    assert office.browser("admin").post(f"/admin/drafts/{draft}/service", described()).ok
    page.goto(f"/admin/drafts/{draft}/publish")
    page.check("input[name=ring][value=test]")
    page.locator("main form button.button-main").click()
    expect(page.locator(".flash")).to_contain_text("Diterbitkan")
    with office.server.deps.engine.connect() as connection:
        assert (packs.newest(connection, "test"), packs.newest(connection, "all")) == (2, 1)
    # This kiosk is of the ring "all": the new pack is not meant for it.
    expect(page.locator("#arrival .pill-good").first).to_contain_text("1")
    expect(page.locator("main")).to_contain_text("Sedang dicoba")
    page.get_by_role("button", name="Lanjutkan ke semua kios").click()
    expect(page.locator(".flash")).to_contain_text("dilanjutkan")
    expect(page.locator("#arrival")).to_contain_text("3")
    page.evaluate("window.same = true")
    beat(office, pack_version=3)
    expect(page.locator("#arrival .arrival .pill-good")).to_contain_text("3")
    assert page.evaluate("window.same") is True
    row = page.locator("tr", has_text="name id")
    row.get_by_text("Tarik layanan").click()
    row.get_by_label("Alasan").fill("Belum siap")
    row.get_by_role("button", name="Ya, tarik dari semua kios").click()
    expect(page.locator(".flash")).to_be_visible()
    assert packs.service(4, "izin-baru") is None and packs.service(4, "surat") is not None
