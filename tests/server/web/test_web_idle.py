"""Whoever walks away is signed out: what pages ask by themselves is no sign that somebody is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from server.operator.seeding import TRIAL_PASSWORD
from server.people.accounts import Accounts
from server.people.passwords import Passwords
from server.people.sessions import DISPLAY_DAYS, IDLE_MINUTES
from server.people.sign_in_limits import SignInLimits
from server.settings import ServerSettings
from server.web.frame import site
from server.web.frame.install import SECTIONS, rules
from server.web.frame.visitor import SESSION_COOKIE
from tests.server.conftest import CITY, FakeClock
from tests.server.running import running
from tests.server.web.browser import CHROMIUM
from tests.server.web.conftest import Browser, Office
from tests.server.web.test_web_rules import USERS

POLLED = sorted({path for section in SECTIONS for path in section.polled})
#: What stands in a template for an address that its page makes.
MADE = {"rows_path": "/office/rows", "arrived_path": "/fleet/enrol/arrived"}
LIVE_PING_S = 0.05


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def office(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, clock: FakeClock) -> Iterator[Office]:
    """A server whose time is the tests', and whose streams look often whether somebody is still there."""
    data = tmp_path_factory.mktemp("idle") / "data"
    copytree(seeded_sqlite, data)
    settings = ServerSettings(data=data, services=CITY, port=0, live_ping_s=LIVE_PING_S)
    with running(settings, clock=clock) as server:
        yield Office(server, server.kiosk(), clock)


def signed_in(office: Office, user: str) -> Browser:
    """Without the door, which counts how many come."""
    browser = office.browser()
    deps = office.server.deps
    accounts = Accounts(deps.units, Passwords(), SignInLimits(deps.keys.vault))
    token = accounts.sign_in(user, TRIAL_PASSWORD).token
    browser.http.cookies.set(SESSION_COOKIE, token)
    return browser


def asks(browser: Browser, path: str) -> bool:
    """Whether the session still is, by what a page asks by itself."""
    with browser.http.get(
        f"{browser.base}{path}", headers={"HX-Request": "true"}, stream=True, allow_redirects=False, timeout=30
    ) as answer:
        return "HX-Redirect" not in answer.headers and "/sign-in" not in answer.headers.get("location", "")


def test_whatever_a_template_asks_for_by_itself_is_known_as_such() -> None:
    found = []
    for template in site.FOLDER.parent.rglob("*.html"):
        for tag in re.findall(r"<[^>]+>", template.read_text()):
            address = re.search(r'(?:hx-get|sse-connect)="([^"]+)"', tag)
            if address and ("sse-connect" in tag or re.search(r'hx-trigger="[^"]*(?:every|sse:|load)', tag)):
                made = re.sub(r"\{\{ (\w+) \}\}", lambda name: MADE.get(name[1], name[0]), address[1])
                found.append(re.sub(r"\{\{[^}]*\}\}", "none", made).partition("?")[0])
    patterns = [re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in POLLED]
    assert len(found) > 8
    assert [path for path in found if not any(pattern.fullmatch(path) for pattern in patterns)] == []


@pytest.mark.parametrize("path", POLLED)
def test_a_page_that_looks_by_itself_keeps_nobody_signed_in(office: Office, clock: FakeClock, path: str) -> None:
    role = min(rules()["GET", path].roles or ())
    code = office.send().code
    address = path.replace("{code}", code).replace("{kiosk_id}", office.kiosk.id)
    browser = signed_in(office, USERS[role])
    for _ in range(3):
        assert asks(browser, address)
        clock.pass_time(minutes=IDLE_MINUTES / 3 - 0.01)
    assert asks(browser, address)
    clock.pass_time(minutes=1)
    assert not asks(browser, address)


def test_a_slips_page_that_makes_itself_anew_keeps_nobody_signed_in(office: Office, clock: FakeClock) -> None:
    code, browser = office.send().code, signed_in(office, "kelurahan")
    for _ in range(3):
        assert browser.get(f"/t/{code}").ok
        clock.pass_time(minutes=IDLE_MINUTES / 3 + 1)
    assert not asks(browser, "/office/rows")


@pytest.mark.parametrize("path", ["/office", "/here/somebody"])
def test_whoever_opens_pages_or_types_stays_signed_in(office: Office, clock: FakeClock, path: str) -> None:
    browser = signed_in(office, "kelurahan")
    for _ in range(4):
        clock.pass_time(minutes=IDLE_MINUTES / 2)
        assert browser.get(path).ok
    assert asks(browser, "/here")


def test_who_was_signed_out_comes_back_to_the_page_that_was_shown(office: Office, clock: FakeClock) -> None:
    browser = signed_in(office, "kelurahan")
    clock.pass_time(minutes=IDLE_MINUTES)
    headers = {"HX-Request": "true", "HX-Current-URL": f"{browser.base}/office?show=late"}
    answer = browser.get("/office/rows", headers=headers)
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/office%3Fshow%3Dlate"


@pytest.mark.parametrize("elsewhere", ["https://evil.example//evil.example/x", "nonsense", ""])
def test_nobody_is_led_elsewhere_by_the_page_that_was_shown(office: Office, elsewhere: str) -> None:
    answer = office.browser().get("/office/rows", headers={"HX-Request": "true", "HX-Current-URL": elsewhere})
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/"


def test_a_stream_ends_with_its_session(office: Office, clock: FakeClock) -> None:
    browser = signed_in(office, "kelurahan")
    with browser.http.get(f"{browser.base}/office/live", stream=True, timeout=30) as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith(b"retry")
        clock.pass_time(minutes=IDLE_MINUTES)
        assert all(line != b"event: gone" for line in lines)


def test_a_screen_on_display_shows_the_wall_for_days_and_nothing_else(office: Office, clock: FakeClock) -> None:
    browser = signed_in(office, "pusat")
    assert "/wall/display" in browser.get("/wall").text
    assert browser.post("/wall/display").url.endswith("/wall")
    for _ in range(2):
        assert asks(browser, "/wall/numbers") and asks(browser, "/here") and asks(browser, "/fleet/live")
        assert "/wall/display" not in browser.get("/wall").text
        for path in ("/fleet", "/fleet/board", f"/fleet/kiosks/{office.kiosk.id}"):
            assert not asks(browser, path)
        clock.pass_time(days=DISPLAY_DAYS - 1)
    clock.pass_time(days=DISPLAY_DAYS)
    assert not asks(browser, "/wall/numbers")


def test_without_being_left_on_display_the_wall_goes_as_any_page(office: Office, clock: FakeClock) -> None:
    browser = signed_in(office, "pusat")
    clock.pass_time(minutes=IDLE_MINUTES)
    assert not asks(browser, "/wall/numbers")


# --- in a browser --------------------------------------------------------------------------------------------------


@pytest.fixture
def page(chromium: Chromium, office: Office) -> Iterator[Page]:
    context = chromium.new_context(base_url=office.server.base)
    context.clock.install()
    page = context.new_page()
    token = signed_in(office, "admin").http.cookies[SESSION_COOKIE]
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": office.server.base}])
    yield page
    context.close()


in_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="the distribution's Chromium is not installed")


@in_chromium
def test_a_page_without_news_goes_as_well_when_nobody_was_there(page: Page, office: Office, clock: FakeClock) -> None:
    page.goto("/admin/officers")
    clock.pass_time(minutes=IDLE_MINUTES)
    page.clock.run_for(61_000)
    page.wait_for_url("**/sign-in?next=%2Fadmin%2Fofficers")


@in_chromium
@pytest.mark.parametrize(("key", "path"), [("", "/here"), ("a", "/here/somebody")])
def test_hands_are_distinguished_from_a_page_that_is_left_alone(page: Page, key: str, path: str) -> None:
    page.goto("/admin/officers")
    if key:
        page.keyboard.press(key)
    with page.expect_request(f"**{path}"):
        page.clock.run_for(61_000)
