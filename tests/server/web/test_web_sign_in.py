"""Sign-in: who gets in, how often one may be wrong, and what ends a session."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import extract_parameters, profiles
from sqlalchemy import Connection, select

from server.front_door.rate_limits import Budget
from server.operator.seeding import TRIAL_PASSWORD
from server.people.accounts import AT_ONCE_PER_ADDRESS, WAITING_PER_ADDRESS, Accounts
from server.people.passwords import AT_ONCE, PASSWORD_CHARACTERS, WAITING, Passwords, PasswordsBusy
from server.people.sessions import IDLE_MINUTES, SESSION_HOURS, UNKNOWN
from server.people.sign_in_limits import (
    ADDRESS_WITHIN,
    FAILURES_PER_ADDRESS,
    FAILURES_PER_NAME,
    FIRST_WAIT,
    FREE_FAILURES,
    LONGEST_WAIT,
    PACE,
    Attempt,
    SignInLimits,
)
from server.storage import tables
from server.web.frame.visitor import SESSION_COOKIE, safe_back
from tests.server.conftest import FakeClock
from tests.server.web.conftest import Browser, Office

SIGN_INS = 150
OFFICE = 60


@pytest.fixture
def accounts(sqlite_settings, clock):  # type: ignore[no-untyped-def]
    from server.app import build_deps, close_deps

    deps = build_deps(sqlite_settings, clock=clock)
    yield Accounts(deps.units, deps.passwords, SignInLimits(deps.keys.vault))
    close_deps(deps)


def test_the_right_password_leads_to_ones_own_page(office: Office) -> None:
    answer = office.browser().sign_in("kelurahan")
    assert answer.url.endswith("/office")


def test_a_wrong_password_is_reported_without_saying_which_is_wrong(office: Office) -> None:
    known = office.browser().sign_in("kominfo", "salah")
    unknown = office.browser().sign_in("tidak-ada", "salah")
    assert known.status_code == unknown.status_code == 403
    assert "kata sandi salah" in known.text and "kata sandi salah" in unknown.text


def test_the_cookie_is_kept_from_scripts_and_other_sites(office: Office) -> None:
    browser = office.browser()
    browser.get("/sign-in")
    answer = browser.post("/sign-in", {"user": "kelurahan", "password": TRIAL_PASSWORD}, follow=False)
    cookie = next(one for one in answer.headers["set-cookie"].split(", ") if SESSION_COOKIE in one)
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie


def test_signing_out_ends_the_session_at_the_server(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("kelurahan")
    kept = browser.http.cookies[SESSION_COOKIE]
    browser.post("/sign-out")
    browser.http.cookies.set(SESSION_COOKIE, kept)
    assert browser.get("/office").url.endswith("/sign-in?next=/office")


def test_trial_accounts_are_not_shown_in_service(office: Office) -> None:
    assert TRIAL_PASSWORD not in office.browser().get("/sign-in").text


def test_failures_cost_nothing_up_to_the_limit_and_time_above(accounts: Accounts, clock: FakeClock) -> None:
    for _ in range(FREE_FAILURES - 1):
        assert accounts.sign_in("kelurahan", "salah").wait == timedelta()
    assert accounts.sign_in("kelurahan", "salah").wait == FIRST_WAIT
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD).token == ""
    clock.time += FIRST_WAIT
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD).token


def test_the_wait_is_never_a_lasting_lock_out(accounts: Accounts, clock: FakeClock) -> None:
    waits = []
    for _ in range(FREE_FAILURES + 8):
        waits.append(accounts.sign_in("kelurahan", "salah").wait)
        clock.time += waits[-1]
    assert max(waits) == LONGEST_WAIT


def test_a_password_above_the_limit_is_refused_unread(accounts: Accounts) -> None:
    assert accounts.sign_in("kelurahan", "a" * (PASSWORD_CHARACTERS + 1)).token == ""


def test_a_session_ends_when_idle(accounts: Accounts, clock: FakeClock) -> None:
    token = accounts.sign_in("kelurahan", TRIAL_PASSWORD).token
    clock.pass_time(minutes=IDLE_MINUTES, seconds=-1)
    assert accounts.find(token) is not None
    clock.pass_time(minutes=IDLE_MINUTES)
    assert accounts.find(token) is None


def test_a_session_ends_after_a_working_day_however_busy(accounts: Accounts, clock: FakeClock) -> None:
    token = accounts.sign_in("kelurahan", TRIAL_PASSWORD).token
    for _ in range(SESSION_HOURS * 2 - 1):
        clock.pass_time(minutes=30)
        assert accounts.find(token) is not None
    clock.pass_time(minutes=30)
    assert accounts.find(token) is None


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "\\evil", "/\\evil.example", "javascript:alert(1)", "/a\nb"]
)
def test_nobody_is_led_to_another_site(elsewhere: str) -> None:
    assert safe_back(elsewhere) == "/"


def test_a_budget_is_spent_at_the_limit_and_comes_back() -> None:
    now = datetime.now(UTC).timestamp()
    times = [now]
    budget = Budget(3, 60, lambda: times[0])
    assert [budget.spend("a") for _ in range(3)] == [0.0, 0.0, 0.0]
    assert budget.spend("a") == 60
    assert budget.spend("b") == 0
    times[0] += 60
    assert budget.spend("a") == 0


def test_a_budget_forgets_the_longest_idle_key() -> None:
    budget = Budget(1, 60, lambda: 0.0, keys=2)
    for key in ("a", "b", "c"):
        budget.spend(key)
    assert budget.spend("b") > 0
    assert budget.spend("a") == 0


# --- limits that keep nobody out --------------------------------------------------------------------------------

HOME, ELSEWHERE = "10.0.0.1", "203.0.113.7"
#: Too long to be anybody's: wrong, and counted, without the work of a password.
WRONG = "a" * (PASSWORD_CHARACTERS + 1)


def test_right_passwords_of_one_address_are_never_too_many(fresh_office: Office) -> None:
    for _ in range(FAILURES_PER_ADDRESS + 1):
        assert fresh_office.browser().sign_in("kelurahan").url.endswith("/office")


def test_a_whole_office_that_comes_at_eight_gets_in(fresh_office: Office) -> None:
    """All at the same moment, from one address: each waits for their turn, nobody is told to come again."""
    browsers = [fresh_office.browser() for _ in range(OFFICE)]
    for browser in browsers:
        browser.get("/sign-in")
    begun = threading.Barrier(OFFICE)

    def sign_in(browser: Browser) -> str:
        begun.wait()
        return browser.post("/sign-in", {"user": "kelurahan", "password": TRIAL_PASSWORD}).url

    with ThreadPoolExecutor(OFFICE) as pool:
        assert {url.rpartition("/")[2] for url in pool.map(sign_in, browsers)} == {"office"}


def test_more_than_an_office_at_once_is_told_to_come_again(accounts: Accounts) -> None:
    async def everybody() -> list[object]:
        some = [
            accounts.sign_in_soon(Attempt("tidak-ada", HOME), WRONG)
            for _ in range(AT_ONCE_PER_ADDRESS + WAITING_PER_ADDRESS + 1)
        ]
        return await asyncio.gather(*some, return_exceptions=True)

    answers = asyncio.run(everybody())
    assert sum(isinstance(one, PasswordsBusy) for one in answers) == 1


def test_who_forgot_their_password_keeps_their_office_not_out(accounts: Accounts, clock: FakeClock) -> None:
    """One name, tried as often as it goes for an hour from the office's address: colleagues come and go."""
    for _ in range(30):
        wait = accounts.sign_in("kelurahan", WRONG, HOME).wait
        assert accounts.sign_in("kominfo", TRIAL_PASSWORD, HOME).token
        clock.time += max(wait, timedelta(seconds=1))


def test_wrong_passwords_of_one_address_are(accounts: Accounts, clock: FakeClock) -> None:
    for number in range(FAILURES_PER_ADDRESS):
        assert accounts.sign_in(f"orang-{number}", WRONG, ELSEWHERE).wait <= ADDRESS_WITHIN
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD, ELSEWHERE).wait == ADDRESS_WITHIN
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD, HOME).token
    clock.time += ADDRESS_WITHIN
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD, ELSEWHERE).token


def test_who_guesses_elsewhere_keeps_no_officer_out(accounts: Accounts) -> None:
    for _ in range(FREE_FAILURES + 1):
        accounts.sign_in("kelurahan", WRONG, ELSEWHERE)
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD, ELSEWHERE).wait
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD, HOME).token


def test_who_guesses_at_the_next_computer_keeps_a_known_browser_not_out(accounts: Accounts, clock: FakeClock) -> None:
    marks = accounts.sign_in("kelurahan", TRIAL_PASSWORD, HOME).marks
    for _ in range(FAILURES_PER_NAME):
        clock.time += accounts.sign_in("kelurahan", WRONG, HOME).wait
    accounts.sign_in("kelurahan", WRONG, HOME)
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD, HOME).wait
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD, HOME, marks).token


def test_a_known_browser_has_to_wait_for_its_own_guesses(accounts: Accounts) -> None:
    marks = accounts.sign_in("kelurahan", TRIAL_PASSWORD, HOME).marks
    for number in range(FREE_FAILURES):
        accounts.sign_in("kelurahan", WRONG, f"10.0.1.{number}", marks)
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD, HOME, marks).wait == FIRST_WAIT


@pytest.mark.parametrize("marks", ["a.b", "~~~", ".", "é.é", "a." + "0" * 32])
def test_a_mark_that_was_made_up_is_none(accounts: Accounts, marks: str) -> None:
    for number in range(FREE_FAILURES):
        accounts.sign_in("kelurahan", WRONG, HOME, f"{marks}{number}")
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD, HOME, marks).wait


def test_a_mark_is_good_for_the_name_that_it_was_given_for(accounts: Accounts) -> None:
    marks = accounts.sign_in("kominfo", TRIAL_PASSWORD, HOME).marks
    for _ in range(FREE_FAILURES):
        accounts.sign_in("kelurahan", WRONG, HOME, marks)
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD, HOME).wait


def test_a_shared_browser_knows_the_last_who_signed_in(accounts: Accounts) -> None:
    marks = accounts.sign_in("kelurahan", TRIAL_PASSWORD, HOME).marks
    marks = accounts.sign_in("kominfo", TRIAL_PASSWORD, HOME, marks).marks
    again = accounts.sign_in("kelurahan", TRIAL_PASSWORD, HOME, marks).marks
    assert len(marks.split("~")) == len(again.split("~")) == 2


def test_guesses_from_a_thousand_addresses_go_at_a_pace_and_end_nobodys_day(
    accounts: Accounts, clock: FakeClock
) -> None:
    for number in range(FAILURES_PER_NAME):
        assert not accounts.sign_in("kelurahan", WRONG, f"203.0.113.{number}").token
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD, HOME).wait == PACE
    clock.time += PACE
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD, HOME).token


def test_nothing_tells_whether_a_name_exists(accounts: Accounts) -> None:
    """The same answers, the same waits, the same work, and as much in the log."""
    known, unknown = (
        [accounts.sign_in(name, "salah", address).wait for _ in range(FREE_FAILURES + 1)]
        for name, address in (("kelurahan", HOME), ("tidak-ada", ELSEWHERE))
    )
    assert known == unknown
    with accounts._engine.connect() as connection:
        about = connection.execute(
            select(tables.audit_log.c.object).where(tables.audit_log.c.action == "session.refused")
        ).scalars()
        assert sorted(about) == sorted([f"officer:{UNKNOWN}", f"officer:{_id_of(connection)}"] * FREE_FAILURES)


def _id_of(connection: Connection) -> str:
    officers = tables.officers.c
    return str(connection.execute(select(officers.id).where(officers.user_name == "kelurahan")).scalar_one())


def test_a_name_that_nobody_has_costs_what_a_password_costs(dear_passwords: Passwords) -> None:
    known, nobodys = (extract_parameters(one) for one in (dear_passwords.hash("rahasia"), dear_passwords.nobodys))
    assert known == nobodys == profiles.RFC_9106_LOW_MEMORY
    assert not dear_passwords.verify(dear_passwords.nobodys, "rahasia")


def test_a_refused_name_is_found_nowhere_in_the_database(accounts: Accounts) -> None:
    """People type passwords into the wrong field."""
    accounts.sign_in("my-secret-password", "salah", HOME)
    with accounts._engine.connect() as connection:
        rows = [*connection.execute(select(tables.sign_in_failures)), *connection.execute(select(tables.audit_log))]
    assert "my-secret-password" not in str(rows)


def test_sign_ins_that_wait_for_each_other_let_kiosks_through(
    office: Office, dear_passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """150 at once; each heartbeat is answered while they still wait, and whoever was told to come again gets in."""
    monkeypatch.setattr(office.server.deps.passwords, "nobodys", dear_passwords.nobodys)
    answered: list[int] = []
    begun = threading.Barrier(SIGN_INS + 1)

    def sign_in(browser: Browser) -> None:
        begun.wait()
        answered.append(browser.post("/sign-in", {"user": "nobody", "password": "salah"}).status_code)

    browsers = [office.browser() for _ in range(SIGN_INS)]
    browsers[0].get("/sign-in")
    for browser in browsers[1:]:
        browser.http.cookies.update(browsers[0].http.cookies)
        browser.csrf = browsers[0].csrf
    with ThreadPoolExecutor(SIGN_INS) as pool:
        done = [pool.submit(sign_in, browser) for browser in browsers]
        begun.wait()
        for _ in range(3):
            assert office.kiosk.post("/v1/heartbeat", office.kiosk.heartbeat()).status_code == 200
        waiting = sum(not one.done() for one in done)
        for one in done:
            one.result()
    assert waiting > 0
    assert set(answered) <= {403, 429, 503}
    assert answered.count(503) > 0


def test_more_passwords_than_may_wait_are_refused_and_the_others_served() -> None:
    passwords = Passwords()
    encoded = passwords.hash_pin("271828")
    with ThreadPoolExecutor(AT_ONCE + WAITING + 8) as pool:
        tries = [pool.submit(passwords.verify, encoded, "271828") for _ in range(AT_ONCE + WAITING + 8)]
        refused = sum(isinstance(one.exception(), PasswordsBusy) for one in tries)
    assert refused <= 8
    assert [one.result() for one in tries if one.exception() is None] == [True] * (len(tries) - refused)
    assert passwords.verify(encoded, "271828")
