"""One's own password, forced after one that was handed out; and the first administrator of an empty server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from server.foundation.actors import OPERATOR, Role
from server.people.officers import OfficerOutcome
from server.people.passwords import PASSWORD_CHARACTERS, PASSWORD_LEAST, PasswordFault, password_fault
from server.people.sign_in_limits import FREE_FAILURES, Attempt, SignInLimits
from server.settings import ServerSettings
from server.web.frame.visitor import MARKS_COOKIE
from tests.server.running import RunningServer, running
from tests.server.web.conftest import Browser, Office

OWN = "tiga kata sederhana"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server as it is set up, with nothing in it."""
    folder: Path = tmp_path_factory.mktemp("empty")
    with running(ServerSettings(data=folder / "data", services=folder / "none", port=0)) as one:
        yield one


def first(server: RunningServer, page: str = "/first", **changed: str) -> requests.Response:
    browser = Browser(server.base)
    browser.get(page)
    fields = {"user": "rina", "name": "Rina Wulandari", "new": OWN, "again": OWN, **changed}
    return browser.post("/first", fields, follow=False)


def handed_out(office: Office, user: str, role: Role = Role.ADMIN) -> str:
    outcome, password = office.server.deps.officers.add(OPERATOR, user, user.title(), role, None)
    assert outcome is OfficerOutcome.DONE
    return password


def change(browser: Browser, current: str, new: str = OWN, again: str | None = None) -> tuple[int, str]:
    browser.get("/password")
    fields = {"current": current, "new": new, "again": new if again is None else again}
    answer = browser.post("/password", fields)
    return answer.status_code, answer.text


# --- the first administrator -----------------------------------------------------------------------------------------


def test_an_empty_server_takes_one_administrator_by_the_code_of_its_log(empty: RunningServer) -> None:
    wanted = empty.deps.first_administrator
    assert Browser(empty.base).get("/sign-in").url.endswith("/first")
    for code in ("", "AAAA-BBBB-CCCC", wanted.code[:-1], "ä" * 12):
        answer = first(empty, code=code)
        assert (answer.status_code, "tidak cocok" in answer.text) == (403, True)
    for wrong in ({"user": ""}, {"user": "Rina W"}, {"name": " "}, {"new": "short"}, {"again": "other"}):
        assert first(empty, code=wanted.code, **wrong).status_code == 400
    assert wanted.wanted
    # As people type it.
    assert first(empty, code=f" {wanted.code.lower().replace('-', ' ')} ").status_code == 303
    browser = Browser(empty.base)
    assert browser.sign_in("rina", OWN).url.endswith("/admin/services")
    # From then on the page is closed, and the code is worth nothing.
    assert browser.get("/first").status_code == 404
    assert first(empty, "/sign-in", code=wanted.code, user="budi").status_code == 404
    assert Browser(empty.base).get("/sign-in").url.endswith("/sign-in")


def test_of_many_that_come_at_once_one_is_taken(tmp_path: Path) -> None:
    with running(ServerSettings(data=tmp_path / "data", services=tmp_path, port=0)) as server:
        add = server.deps.first_administrator.add
        with ThreadPoolExecutor(2) as threads:
            outcomes = list(threads.map(lambda number: add(f"admin-{number}", "Admin", OWN), range(2)))
        assert sorted(outcomes) == [OfficerOutcome.DONE, OfficerOutcome.EXISTS]
        assert len(server.deps.officers.rows()) == 1


# --- one's own password ----------------------------------------------------------------------------------------------


def test_a_password_that_was_handed_out_opens_nothing_but_its_change(office: Office) -> None:
    given = handed_out(office, "wati")
    browser, elsewhere = office.browser(), office.browser()
    for one in (browser, elsewhere):
        assert one.sign_in("wati", given).url.endswith("/password")
    assert browser.get("/admin/officers").url.endswith("/password")
    assert browser.post("/admin/officers", {"user": "x"}, follow=False).headers["location"] == "/password"
    fragment = browser.get("/fleet", headers={"hx-request": "true"})
    assert fragment.headers["hx-redirect"] == "/password"
    assert "dibuatkan orang lain" in browser.get("/password").text
    assert change(browser, given)[0] == 200
    assert browser.get("/admin/officers").url.endswith("/admin/officers")
    assert elsewhere.get("/admin/officers").url.endswith("/sign-in?next=/admin/officers")
    assert office.browser().sign_in("wati", OWN).url.endswith("/admin/services")
    # A colleague's reset hands one out again.
    deps = office.server.deps
    officer_id = deps.officers.id_of("wati")
    assert officer_id is not None
    _, again = deps.officers.new_password(OPERATOR, officer_id)
    assert office.browser().sign_in("wati", again).url.endswith("/password")


@pytest.mark.parametrize(
    ("new", "again", "fault"),
    [
        ("x" * PASSWORD_LEAST, None, None),
        ("x" * (PASSWORD_LEAST - 1), None, PasswordFault.SHORT),
        ("x" * PASSWORD_CHARACTERS, None, None),
        ("x" * (PASSWORD_CHARACTERS + 1), None, PasswordFault.LONG),
        ("Sulastri-1234", None, PasswordFault.USER_NAME),
        ("sulastri dan tujuh kucing", None, None),
        ("yang sekarang", None, PasswordFault.SAME),
        (OWN, OWN + "x", PasswordFault.UNLIKE),
        ("", None, PasswordFault.SHORT),
    ],
)
def test_what_may_be_chosen(new: str, again: str | None, fault: PasswordFault | None) -> None:
    assert password_fault(new, new if again is None else again, "sulastri", "yang sekarang") is fault


def test_what_cannot_be_chosen_or_is_guessed_is_reported_and_changes_nothing(office: Office) -> None:
    given = handed_out(office, "yanti")
    browser = office.browser()
    browser.sign_in("yanti", given)
    for new, again, said in (
        ("short", "short", "terlalu pendek"),
        (OWN, "other", "tidak sama"),
        (given, given, "yang lama"),
    ):
        status, page = change(browser, given, new, again)
        assert (status, said in page) == (400, True)
    assert "tidak benar" in change(browser, "wrong")[1]
    # Guessing in an open session is slowed as at the sign-in.
    deps, marks = office.server.deps, browser.http.cookies[MARKS_COOKIE]
    with deps.engine.begin() as connection:
        for _ in range(FREE_FAILURES):
            attempt = Attempt("yanti", "127.0.0.1", marks)
            SignInLimits(deps.keys.vault).failed(connection, attempt, deps.clock.now())
    status, page = change(browser, given)
    assert (status, "Terlalu banyak percobaan" in page) == (429, True)
    assert browser.get("/admin/officers").url.endswith("/password")
