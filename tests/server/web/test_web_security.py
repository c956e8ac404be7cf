"""One's own sign-in and that of others, on the pages: without JavaScript, in forms."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree

import pyotp
import pytest

from server.foundation.actors import DECIDING, OPERATOR, Role
from server.operator.seeding import TRIAL_PASSWORD
from server.people.authenticators import PERIOD_S
from server.people.sessions import PROVED_MINUTES
from server.settings import ServerSettings
from server.web.frame.visitor import SESSION_COOKIE
from tests.server.conftest import CITY, FakeClock
from tests.server.running import ONE_PERSON, running
from tests.server.web.conftest import Browser, Office
from tests.server.web.people_kit import HERE, OWN, Person, area, officer, signed_in


@pytest.fixture(scope="module")
def office(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A server whose time is the tests'; each brings people of its own."""
    data, clock = tmp_path_factory.mktemp("security") / "data", FakeClock()
    copytree(seeded_sqlite, data)
    with running(ServerSettings(data=data, services=CITY, port=0, quotas=ONE_PERSON), clock=clock) as server:
        yield Office(server, server.kiosk(), clock)


@dataclass
class Somebody:
    """An account, and a browser that is signed in to it."""

    office: Office
    role: Role = Role.OFFICER
    user: str = field(default_factory=lambda: f"u{uuid.uuid4().hex[:12]}")

    def __post_init__(self) -> None:
        person = Person(self.role, OWN if self.role in DECIDING else "")
        self.id = officer(self.office.server.deps, person, self.user, TRIAL_PASSWORD)
        self.browser = signed_in(self.office, self.id)


@pytest.fixture
def me(office: Office) -> Somebody:
    return Somebody(office)


@pytest.fixture
def admin(office: Office) -> Somebody:
    return Somebody(office, Role.ADMIN)


def is_in(browser: Browser) -> bool:
    return browser.get("/here", allow_redirects=False).status_code == 204


def enrol(office: Office, browser: Browser) -> tuple[pyotp.TOTP, list[str]]:
    """Sets up an app on the page; the recovery codes that it shows once."""
    browser.get("/security")
    shown = browser.post("/security/authenticator").text
    secret = re.search(r'<code class="breakable secret">([A-Z2-7 ]+)</code>', shown)
    assert secret is not None and "<svg" in shown
    app = pyotp.TOTP(secret[1].replace(" ", ""))
    confirmed = browser.post("/security/authenticator/confirm", {"code": app.at(office.clock.now())}).text
    codes = re.findall(r'<li class="code">([A-Z2-7-]+)</li>', confirmed)
    assert len(codes) == 10
    office.clock.pass_time(seconds=PERIOD_S)
    return app, codes


def test_a_second_step_leads_to_the_page_that_was_wanted(office: Office, me: Somebody) -> None:
    app, codes = enrol(office, me.browser)
    browser = office.browser()
    browser.get("/sign-in")
    asked = browser.post("/sign-in", {"user": me.user, "password": TRIAL_PASSWORD, "next": "/satisfaction"})
    assert asked.url.endswith("/sign-in/code?next=%2Fsatisfaction")
    assert SESSION_COOKIE not in browser.http.cookies
    wrong = browser.post("/sign-in/code", {"code": "000000", "next": "/satisfaction"})
    assert wrong.status_code == 403 and 'role="alert"' in wrong.text
    right = browser.post("/sign-in/code", {"code": app.at(office.clock.now()), "next": "/satisfaction"})
    assert right.url.endswith("/satisfaction")
    other = office.browser()
    other.sign_in(me.user)
    assert other.post("/sign-in/code", {"code": codes[0], "next": "//evil.example"}).url.endswith("/office")


def test_what_was_shown_once_is_not_shown_again(office: Office, me: Somebody) -> None:
    browser = me.browser
    app, codes = enrol(office, browser)
    later = browser.get("/security").text
    assert app.secret not in later.replace(" ", "") and codes[0] not in later
    assert "sisa 10" in later


def test_the_secret_stays_in_sight_until_a_code_is_right(me: Somebody) -> None:
    browser = me.browser
    browser.get("/security")
    browser.post("/security/authenticator")
    again = browser.post("/security/authenticator/confirm", {"code": "000000"})
    assert again.status_code == 400 and 'class="breakable secret"' in again.text


def test_without_a_first_step_there_is_no_second(office: Office) -> None:
    browser = office.browser()
    assert browser.get("/sign-in/code").url.endswith("/sign-in")
    assert browser.post("/sign-in/code", {"code": "000000"}).url.endswith("/sign-in")


@pytest.mark.parametrize(
    "path",
    ["/security/authenticator", "/security/authenticator/remove", "/security/passkeys/remove", "/security/codes"],
)
def test_a_session_that_was_left_open_changes_nothing_of_the_sign_in(office: Office, me: Somebody, path: str) -> None:
    browser = me.browser
    enrol(office, browser)
    office.clock.pass_time(minutes=PROVED_MINUTES)
    assert "/security/prove" in browser.post(path).url
    assert browser.post("/security/prove", {"password": "salah"}).status_code == 400
    proved = browser.post("/security/prove", {"password": TRIAL_PASSWORD, "next": "/security"})
    assert proved.url.endswith("/security")
    assert "/security/prove" not in browser.post(path).url


def test_a_role_that_needs_a_second_factor_sees_nothing_else_first(
    office: Office, me: Somebody, admin: Somebody
) -> None:
    browser = me.browser
    admin.browser.get("/admin/sign-in")
    admin.browser.post("/admin/sign-in", {"role": Role.OFFICER.value})
    led = browser.get("/office")
    assert led.url.endswith("/security") and 'href="/office/' not in led.text
    fragment = browser.get("/office/rows", headers={"HX-Request": "true"})
    assert fragment.headers["HX-Redirect"] == "/security"
    assert browser.get("/here", allow_redirects=False).status_code == 204
    enrol(office, browser)
    assert browser.get("/office").url.endswith("/office")
    assert admin.browser.get("/admin/officers").ok
    admin.browser.post("/admin/sign-in")


def test_an_administrator_sees_and_ends_the_sessions_of_others(office: Office, me: Somebody, admin: Somebody) -> None:
    someone, admin = me.id, admin.browser
    one, two = me.browser, signed_in(office, someone)
    page = admin.get(f"/admin/officers/{someone}").text
    ends = re.findall(rf'action="(/admin/officers/{someone}/sessions/[0-9a-f]+/end)"', page)
    assert len(ends) == 2
    assert admin.post(ends[0]).ok
    assert sorted(is_in(browser) for browser in (one, two)) == [False, True]
    admin.post(f"/admin/officers/{someone}/sessions/end")
    assert not any(is_in(browser) for browser in (one, two))
    assert admin.get("/admin/officers").ok


def test_ones_own_sessions_are_ended_from_elsewhere(office: Office, me: Somebody) -> None:
    here, left = me.browser, office.browser()
    left.sign_in(me.user)
    page = here.get("/security").text
    (end,) = re.findall(r'action="(/security/sessions/[0-9a-f]+/end)"', page)
    assert here.post(end).ok
    assert not is_in(left) and is_in(here)
    assert here.post(end).status_code == 404


def test_an_administrator_resets_a_lost_phone(office: Office, me: Somebody, admin: Somebody) -> None:
    enrol(office, me.browser)
    assert "/factors/reset" in admin.browser.get(f"/admin/officers/{me.id}").text
    admin.browser.post(f"/admin/officers/{me.id}/factors/reset")
    assert office.browser().sign_in(me.user).url.endswith("/office")
    assert admin.browser.post(f"/admin/officers/{admin.id}/factors/reset").status_code == 409


def test_an_administrator_limits_an_officer_to_areas(office: Office, me: Somebody, admin: Somebody) -> None:
    deps, someone, admin, browser = office.server.deps, me.id, admin.browser, me.browser
    here, other = area(deps, HERE), area(deps, "Di sana")
    deps.identity.areas.place(OPERATOR, office.kiosk.id, here)
    sent = office.send().code
    assert sent in browser.get("/office").text
    admin.get(f"/admin/officers/{someone}")
    admin.post(f"/admin/officers/{someone}/areas", {"area": other})
    assert sent not in browser.get("/office").text
    assert browser.get(f"/office/cases/{sent}").status_code == 404
    assert "Di sana" in admin.get("/admin/officers").text
    admin.post(f"/admin/officers/{someone}/areas", {"area": here})
    assert browser.get(f"/office/cases/{sent}").ok


def test_an_area_is_made_filled_and_emptied_on_its_page(office: Office, admin: Somebody) -> None:
    admin = admin.browser
    admin.get("/admin/areas")
    assert admin.post("/admin/areas", {"name": "Utara"}).url.endswith("/admin/areas")
    assert admin.post("/admin/areas", {"name": "Utara"}).status_code == 400
    page = f"/admin/areas/{area(office.server.deps, 'Utara')}"
    assert "Kios Uji" not in admin.get(page).text
    assert "Kios Uji" in admin.get(f"{page}?search=uji").text
    assert "Kios Uji" in admin.post(f"{page}/kiosks/{office.kiosk.id}").text
    assert admin.post(f"{page}/remove").status_code == 400
    assert "Kios Uji" not in admin.post(f"{page}/kiosks/{office.kiosk.id}", {"out": "1"}).text
    assert admin.post(f"{page}/remove").url.endswith("/admin/areas")
    assert admin.get(page).status_code == 404
