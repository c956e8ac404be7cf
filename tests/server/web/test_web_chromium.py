"""The office in a real browser: what appears by itself, the keyboard alone, and citizens' text that tries to run."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from protocol.tracking import display
from tests.server.web.browser import CHROMIUM, sign_in
from tests.server.web.conftest import JPEG, Office

PAYLOADS = [
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    '"><svg onload=window.ran=1>',
    "javascript:window.ran=1",
    "{{constructor.constructor('window.ran=1')()}}",
    "</dd></dl><iframe srcdoc='<script>parent.ran=1</script>'>",
    "' hx-on:load='window.ran=1' x='",
    "<a href='javascript:window.ran=1' autofocus onfocus=window.ran=1>x</a>",
    "\u202e<b>terbalik</b>",
]
#: How often a citizen's page looks for news: fresh.js.
LOOK_MS = 120_000

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="the distribution's Chromium is not installed")


@pytest.fixture
def page(chromium: Browser, office: Office) -> Iterator[Page]:
    context = chromium.new_context(base_url=office.server.base, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    yield page
    context.close()


def test_a_new_case_appears_without_reload_and_is_announced(office: Office, page: Page) -> None:
    sign_in(page, "kelurahan")
    page.wait_for_selector("[data-live][data-on]")
    page.evaluate("window.same = true")
    code = office.send(picture=JPEG).code
    page.wait_for_selector(f"li.is-new #case-{code}")
    assert page.locator(f"#case-{code}").count() == 1
    assert "Permohonan baru" in page.inner_text("#announcer")
    assert page.evaluate("window.same") is True


def test_a_colleagues_step_shows_on_an_open_case(office: Office, page: Page) -> None:
    code = office.send().code
    office.let_in(page, "kelurahan")
    page.goto(f"/office/cases/{code}")
    office.act("penyelia", code, "take")
    reported = page.wait_for_selector(".changed a")
    assert reported is not None and reported.get_attribute("href") == f"/office/cases/{code}"
    assert "Penyelia" in page.inner_text(".changed")


def test_a_case_is_found_taken_and_asked_about_by_keyboard_alone(office: Office, page: Page) -> None:
    code = office.send().code
    office.let_in(page, "kelurahan")
    page.keyboard.press("/")
    page.keyboard.type(display(code))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/office/cases/{code}")
    _press_on(page, "Ambil permohonan")
    page.wait_for_selector("text=Permohonan sekarang milik Anda")
    _press_on(page, "Tanya warga")
    # Past the fixed phrases.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Mohon nama lengkap")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Pertanyaan terkirim")
    state = office.server.deps.case_files.public_state(code)
    assert state is not None and (state.state, state.note) == ("question", "Mohon nama lengkap")


def _press_on(page: Page, words: str, tabs: int = 60) -> None:
    """Tabs to what is called ``words`` and presses Enter; fails when it is not reached."""
    for _ in range(tabs):
        page.keyboard.press("Tab")
        if words in page.evaluate("document.activeElement.textContent.trim()"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{words!r} is not reached by the keyboard")


def test_rows_are_walked_picked_opened_and_gone_on_from_by_keys(office: Office, page: Page) -> None:
    for _ in range(2):
        office.send()
    office.let_in(page, "kelurahan")
    page.goto("/office?show=new")
    first, second = (row.get_attribute("id") for row in page.locator(".case-row").all()[:2])
    for key, focused in (("j", first), ("j", second), ("k", first), ("k", first)):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == focused
    page.keyboard.press("x")
    assert page.locator(".case-pick input:checked").count() == 1
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/office/cases/{str(first).removeprefix('case-')}")
    page.keyboard.press("n")
    page.wait_for_url(f"**/office/cases/{str(second).removeprefix('case-')}")
    page.keyboard.press("u")
    page.wait_for_url("**/office?show=new")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#keys").is_hidden()


@pytest.mark.parametrize("field", ["#q", "#view-name", "textarea:visible"])
def test_no_key_acts_while_somebody_types(office: Office, page: Page, field: str) -> None:
    code = office.taken().code
    office.let_in(page, "kelurahan")
    page.goto(f"/office/cases/{code}" if field.startswith("textarea") else "/office")
    for summary in page.locator("summary").all():
        summary.click()
    here, typed = page.url, "jkxnu?r+-/"
    page.locator(field).first.click()
    page.keyboard.type(typed)
    assert page.locator(field).first.input_value() == typed
    assert page.url == here and page.locator("#keys").is_hidden()


def test_a_picture_is_turned_and_enlarged_by_keys(office: Office, page: Page) -> None:
    envelope = office.send(picture=JPEG)
    office.let_in(page, "kelurahan")
    page.goto(f"/office/cases/{envelope.code}/pictures/{envelope.attachments[0].sha256}")
    page.keyboard.press("r")
    page.wait_for_url("**turn=1**")
    page.keyboard.press("+")
    page.wait_for_url("**zoom=2**")
    assert page.locator(".viewer-zoom-2 .viewer-turn-1").count() == 1
    page.keyboard.press("-")
    page.wait_for_url("**zoom=1**")


def test_what_a_citizen_wrote_never_runs(office: Office, page: Page) -> None:
    codes = [office.send(name=payload).code for payload in PAYLOADS]
    office.let_in(page, "kelurahan")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    for code, payload in zip(codes, PAYLOADS, strict=True):
        page.goto(f"/office/cases/{code}")
        assert payload in page.locator(".answers").inner_text()
        assert page.evaluate("window.ran") is None
        assert page.locator(".answers script, .answers img, .answers svg, .answers iframe, .answers a").count() == 0
    assert dialogs == []


def test_what_an_officer_wrote_never_runs_on_a_citizens_phone(office: Office, page: Page) -> None:
    code = office.taken().code
    office.act("kelurahan", code, "ask", PAYLOADS[1])
    page.goto(f"/t/{code}")
    assert PAYLOADS[1] in page.locator(".note").inner_text()
    assert page.evaluate("window.ran") is None


def test_news_of_a_case_comes_onto_the_citizens_page_by_itself(office: Office, page: Page) -> None:
    code = office.send().code
    page.clock.install()
    page.goto(f"/t/{code}")
    title = page.title()
    page.evaluate("window.shown = document.querySelector('article')")
    page.focus('a[href="/t"]')
    with page.expect_response(f"**/t/{code}"):
        page.clock.run_for(LOOK_MS)
    assert page.evaluate("window.shown.isConnected") and page.inner_text("#announcer") == ""
    office.act("kelurahan", code, "take")
    office.act("kelurahan", code, "ask", "Mohon nama lengkap")
    page.clock.run_for(LOOK_MS)
    page.wait_for_selector("article >> text=Mohon nama lengkap")
    assert page.inner_text("#announcer") != "" and page.title() != title
    # Whoever is at a link stays there.
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/t"


def test_a_page_that_nobody_sees_asks_nothing(office: Office, page: Page) -> None:
    code = office.send().code
    page.clock.install()
    page.goto(f"/t/{code}")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.clock.run_for(LOOK_MS)
    page.evaluate("delete document.hidden")
    with page.expect_response(f"**/t/{code}"):
        page.clock.run_for(LOOK_MS)
    assert len([one for one in asked if one.endswith(code)]) == 1


@pytest.mark.parametrize(
    ("user", "path"),
    [
        ("kelurahan", "/office"),
        ("kominfo", "/complaints"),
        ("kominfo", "/complaints/forwarded"),
        ("admin", "/satisfaction?by=month"),
        ("admin", "/admin/services"),
        ("admin", "/admin/services/new"),
        ("admin", "/admin/services/surat"),
        ("admin", "/admin/services/surat/try"),
        ("admin", "/fleet"),
        ("admin", "/admin/city"),
        ("admin", "/admin/city/notices"),
        ("admin", "/admin/city/settings"),
        ("admin", "/admin/city/groups"),
        ("admin", "/admin/city/agencies"),
        ("admin", "/admin/city/texts"),
        ("admin", "/admin/officers"),
        ("admin", "/password"),
        ("admin", "/staff"),
        ("admin", "/audit"),
        ("pusat", "/wall"),
        ("", "/"),
        ("", "/t"),
        ("", "/sign-in"),
    ],
)
def test_pages_fit_a_phone_and_break_no_policy(office: Office, chromium: Browser, user: str, path: str) -> None:
    context = chromium.new_context(
        base_url=office.server.base, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    if user:
        office.let_in(page, user)
    page.goto(path)
    page.wait_for_load_state()
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width <= 390
    assert said == []
