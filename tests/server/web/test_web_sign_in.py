"""Sign-in: who gets in, how often one may be wrong, and what ends a session."""

from datetime import UTC, datetime, timedelta

import pytest

from server.seeding import TRIAL_PASSWORD
from server.web.accounts import (
    IDLE_MINUTES,
    PASSWORD_CHARACTERS,
    SESSION_HOURS,
    Accounts,
)
from server.web.limits import Budget
from server.web.sign_in_limits import FIRST_WAIT, FREE_FAILURES, LONGEST_WAIT, SignInLimits
from server.web.visitor import SESSION_COOKIE, safe_back
from tests.server.conftest import FakeClock
from tests.server.web.conftest import Office


@pytest.fixture
def accounts(sqlite_settings, clock):  # type: ignore[no-untyped-def]
    from server.app import build_deps, close_deps

    deps = build_deps(sqlite_settings, clock=clock)
    yield Accounts(deps.engine, clock, deps.passwords, SignInLimits(deps.keys.vault))
    close_deps(deps)


def test_the_right_password_leads_to_ones_desk(office: Office) -> None:
    answer = office.browser().sign_in("kelurahan")
    assert answer.url.endswith("/office")


def test_a_wrong_password_is_told_without_saying_which_is_wrong(office: Office) -> None:
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
