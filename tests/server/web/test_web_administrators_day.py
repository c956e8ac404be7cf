"""An administrator's day in a real browser: without JavaScript, and a form tried by keyboard alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.server.web.browser import CHROMIUM
from tests.server.web.conftest import Office

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="the distribution's Chromium is not installed")


@pytest.fixture
def page(chromium: Browser, office: Office, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=office.server.base,
        viewport={"width": 1300, "height": 900},
        java_script_enabled=getattr(request, "param", True),
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    office.let_in(page, "admin")
    yield page
    context.close()


@pytest.mark.parametrize("page", [False], indirect=True, ids=["without-scripts"])
def test_a_fee_is_changed_tried_published_to_some_and_paused(office: Office, page: Page) -> None:
    packs = office.server.deps.packs
    page.click("tr:has-text('Layanan surat') button:has-text('Ubah')")
    page.fill("#fee_rupiah", "15.000")
    page.fill("[name='standard.fee.id']", "Rp 15.000")
    page.fill("[name='slip.next_step.id']", "Ambil di loket 3.")
    page.click("button:has-text('Simpan dan lanjut')")
    changed = page.inner_text("main")
    assert "15000" in changed and "Ambil di loket 3." in changed
    page.click("ol.wizard a:has-text('Coba')")
    for _ in range(10):
        if page.locator(".trial-slip").count():
            break
        for name, value in (("nik", "3578014509900001"), ("a:/data/nama", "Siti"), ("a:/data/mulai", "2099-12-31")):
            if page.locator(f"[name='{name}']").count():
                page.fill(f"[name='{name}']", value)
        page.click(".trial-foot .button-main")
    slip = page.inner_text(".trial-slip")
    assert "Rp 15.000" in slip and "Ambil di loket 3." in slip
    page.click("a:has-text('Lanjut ke penerbitan')")
    page.check("input[value=early]")
    page.fill("#note", "Perwali 12/2026")
    page.click("form[action$='/publish'] button")
    assert "Sedang dicoba" in page.inner_text("main") and "Perwali 12/2026" in page.inner_text("main")
    early, everybody = (office.server.deps.authoring.published("surat", ring) for ring in ("early", "all"))
    assert early is not None and everybody is not None
    assert (early.description.standard.fee_rupiah, everybody.description.standard.fee_rupiah) == (15_000, 0)
    page.click(".arrival a:has-text('Layanan surat')")
    page.click("summary:has-text('Jeda layanan')")
    page.fill("[name='reason.id']", "Loket pindah.")
    page.click("button:has-text('Ya, jeda di semua kios')")
    assert "Loket pindah." in page.inner_text("main")
    page.click("button:has-text('Buka kembali')")
    assert packs.rows()[0].taken_back_at is None and "Jeda layanan" in page.inner_text("main")
    with page.expect_download() as handed:
        page.click("a:has-text('surat.md')")
    assert handed.value.suggested_filename == "surat.md"


def test_a_form_is_tried_by_keyboard_alone(page: Page) -> None:
    page.goto("/admin/services/surat/try")
    for _ in range(4):
        # Enter in a field goes on, as it does where nothing is to be filled in.
        if page.locator(".trial-body .input").count():
            page.focus(".trial-body .input")
            page.keyboard.type("3578014509900001")
        else:
            page.focus(".trial-foot .button-main")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        if page.locator("[name='a:/data/foto']").count():
            break
    focused = []
    for _ in range(80):
        page.keyboard.press("Tab")
        focused.append(page.evaluate("document.activeElement.name || document.activeElement.value || ''"))
    assert "a:/data/foto" in focused and "do" in focused
    page.focus("[name='a:/data/foto']")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name='a:/data/mulai']")
    assert page.locator(".trial-problem").count() == 0
