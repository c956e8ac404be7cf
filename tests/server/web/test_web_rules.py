"""Every page has a rule, and every role meets exactly the pages of its rule."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest
import requests
from fastapi import APIRouter, FastAPI
from sqlalchemy import func, select
from starlette.routing import Mount, Route

from protocol import SUPPORTED_VERSIONS, VERSION_HEADER, tracking
from server.app import close_deps, create_app
from server.foundation.actors import DECIDING, OPERATOR, Role
from server.storage import tables
from server.web.frame.access import UPLOAD_BYTES
from server.web.frame.install import rules
from server.web.frame.visitor import SESSION_COOKIE
from tests.server.kiosk_client import Envelope
from tests.server.web.conftest import JPEG, Browser, Office
from tests.server.web.people_kit import HERE, OWN, PEOPLE, Person, area, browser_of
from tests.soaking import SOAK

CITIZEN = "Kenari Cahyani"
SPOKEN = {VERSION_HEADER: str(max(SUPPORTED_VERSIONS))}
USERS = {
    Role.OFFICER: "kelurahan",
    Role.SUPERVISOR: "penyelia",
    Role.ADMIN: "admin",
    Role.STAFF_MANAGER: "lapangan",
    Role.COMMAND: "pusat",
}
FILLED = {"code": "K7M29QXF4TRC", "sha256": "0" * 64, "action": "take", "number": "1", "path": "nowhere"}
#: Streams do not end by themselves; signing out, or leaving it on display, would end the shared session.
_STREAM = "/live"
_ENDS_THE_SESSION = ("/sign-out", "/wall/display")


def _all_routes(routes: Iterable[object]) -> Iterator[Route]:
    """Also those of the routers that an application includes. A kind of route that is not known here is not passed over."""
    for route in routes:
        if isinstance(route, Route):
            yield route
        elif not isinstance(route, Mount):
            included: APIRouter = route.original_router  # type: ignore[attr-defined]
            yield from _all_routes(included.routes)


def _paths(app: FastAPI, *, line: bool) -> set[tuple[str, str]]:
    """Methods and paths of the pages, or of the line."""
    return {
        (method, route.path)
        for route in _all_routes(app.routes)
        if route.path.startswith(("/v1/", "/healthz", "/livez", "/metrics")) is line
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
    }


def _filled(path: str, **given: str) -> str:
    return re.sub(r"\{(\w+)(?::path)?\}", lambda found: {**FILLED, **given}.get(found[1], "none"), path)


def test_every_route_has_a_rule(sqlite_settings) -> None:  # type: ignore[no-untyped-def]
    app = create_app(sqlite_settings)
    try:
        known = set(rules()) | {("GET", "/{path:path}")}
        assert _paths(app, line=False) == known
        assert [route.path for route in app.routes if isinstance(route, Mount)] == ["/static"]
    finally:
        close_deps(app.state.deps)


def _guarded() -> list[tuple[str, str]]:
    """Routes that are not for everybody, and whose answer ends."""
    return [
        key
        for key, rule in sorted(rules().items())
        if rule.roles is not None and not key[1].endswith(_STREAM) and key[1] not in _ENDS_THE_SESSION
    ]


@pytest.mark.parametrize(("method", "path"), _guarded())
def test_only_the_roles_of_its_rule_open_a_page_whatever_their_agency_and_area(
    office: Office, method: str, path: str
) -> None:
    """Each role by one of its people, another one for each route; in the long form by all of them."""
    allowed = rules()[(method, path)].roles
    assert allowed is not None
    for role in Role:
        people = [one for one in PEOPLE if one.role is role]
        for person in people if SOAK else [people[sum(map(ord, method + path)) % len(people)]]:
            answer = _ask(browser_of(office, person), method, _filled(path))
            assert (answer.status_code == 403) == (role not in allowed), person
            assert answer.status_code < 500, person


# --- objects: by agency and area as well ----------------------------------------------------------------------------

#: What stands in a path, and who decides over it. A route with another one must be entered here, with its rule.
BY_CASE = {"code", "action", "sha256", "other"}
#: What is an officer's own.
BY_OFFICER = {"view_id"}
#: What belongs to the whole city: the role alone decides.
BY_ROLE = {
    "agency_id",
    "alarm_id",
    "area_id",
    "day",
    "draft_id",
    "group_id",
    "handle",
    "kiosk_id",
    "log_id",
    "name",
    "notice_id",
    "number",
    "officer_id",
    "order_id",
    "service_id",
    "staff_id",
    "visit_id",
}


def _members(path: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", path))


def _about_a_case() -> list[tuple[str, str]]:
    return [key for key in _guarded() if "code" in _members(key[1])]


def test_whatever_stands_in_a_path_has_somebody_who_decides_over_it() -> None:
    found = {name for _, path in _guarded() for name in _members(path)}
    assert found - BY_CASE - BY_ROLE - BY_OFFICER == set()
    assert not [path for _, path in _guarded() if "code" in _members(path) and _members(path) - BY_CASE]


@pytest.fixture(scope="module")
def placed(office: Office) -> Envelope:
    """A case whose kiosk stands in an area."""
    deps = office.server.deps
    deps.identity.areas.place(OPERATOR, office.kiosk.id, area(deps, HERE))
    return office.send(name=CITIZEN, picture=JPEG)


@pytest.fixture(scope="module")
def alike(office: Office, placed: Envelope) -> Envelope:
    """Another one of the same person, at the same place."""
    return office.send()


@pytest.mark.parametrize("person", PEOPLE, ids=str)
def test_a_case_is_there_for_its_agency_and_area_and_for_nobody_else(
    office: Office, placed: Envelope, alike: Envelope, person: Person
) -> None:
    """Outside of them it looks like one that does not exist."""
    browser = browser_of(office, person)
    real = {"code": placed.code, "sha256": placed.attachments[0].sha256, "other": alike.code}
    for method, path in _about_a_case():
        there, nowhere = (_ask(browser, method, _filled(path, **one)) for one in (real, {}))
        assert nowhere.status_code == (404 if person.role in DECIDING else 403), path
        if person.may_see_the_case:
            assert there.status_code != 404, path
        else:
            assert there.status_code == nowhere.status_code, path
            assert _what_is_said(there) == _what_is_said(nowhere), path


@pytest.mark.parametrize("person", [one for one in PEOPLE if one.role in DECIDING], ids=str)
def test_no_list_and_no_search_names_a_case_that_is_out_of_scope(
    office: Office, placed: Envelope, person: Person
) -> None:
    browser = browser_of(office, person)
    shown = {placed.code, tracking.display(placed.code)}
    asked = [path for method, path in _guarded() if method == "GET" and not _members(path)]
    found = {path for path in asked if any(code in browser.get(path).text for code in shown)}
    assert ("/office/rows" in found) == person.may_see_the_case
    assert person.may_see_the_case or found == set()
    sought = browser.get(f"/office?code={placed.code}", allow_redirects=False)
    assert sought.status_code == (303 if person.may_see_the_case else 404)


#: What a page asks for by itself while it is open; that it was opened is in the log.
LOOKED_AT_AGAIN = {"/office/rows"}


def test_whatever_shows_what_a_citizen_told_and_whatever_is_exported_is_in_the_log(
    office: Office, placed: Envelope
) -> None:
    """Each page and file that somebody opens who may: the log has a new entry by them where it held the citizen's answer or
    picture, and where it was a file to keep."""
    person = Person(Role.SUPERVISOR, OWN)
    seen: set[str] = set()
    for asker in (person, Person(Role.ADMIN), Person(Role.COMMAND)):
        browser, me = browser_of(office, asker), signed_in_id(office, asker)
        # Without a reason a picture is masked, and nothing of it is shown.
        browser.get(f"/office/cases/{placed.code}")
        reason = browser.post(f"/office/cases/{placed.code}/nik", {"reason": "mencocokkan identitas"}).text
        shown = re.search(r"\?shown=[\w.]+", reason)
        for method, path in _guarded():
            if method != "GET" or not _members(path) <= BY_CASE:
                continue
            before = entries(office, me)
            filled = _filled(path, code=placed.code, sha256=placed.attachments[0].sha256)
            answer = browser.get(filled + (shown[0] if shown and "{sha256}" in path else ""))
            kept = "attachment" in answer.headers.get("content-disposition", "")
            if kept or CITIZEN.encode() in answer.content or JPEG in answer.content:
                seen.add(path)
                if path in LOOKED_AT_AGAIN:
                    continue
                assert entries(office, me) > before, path
    assert {"/office/cases/{code}", "/office/cases/{code}/documents/{sha256}"} <= seen


def signed_in_id(office: Office, person: Person) -> str:
    token = browser_of(office, person).http.cookies[SESSION_COOKIE]
    found = office.server.deps.identity.sessions.find(token)
    assert found is not None
    return found.id


def entries(office: Office, actor: str) -> int:
    log = tables.audit_log
    with office.server.deps.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(log).where(log.c.actor == actor)).scalar_one()


#: Of the line's paths, those that anybody may ask; each other one wants a signature of a kiosk, or the operator's secret.
UNSIGNED = {
    ("POST", "/v1/enrol"),
    ("GET", "/v1/openapi.json"),
    ("GET", "/healthz"),
    ("GET", "/livez"),
    ("GET", "/v1/open/city"),
}


def test_a_path_of_the_line_is_for_whoever_signs(office: Office, sqlite_settings) -> None:  # type: ignore[no-untyped-def]
    app = create_app(sqlite_settings)
    paths = _paths(app, line=True)
    close_deps(app.state.deps)
    assert len(paths) > 15
    for method, path in sorted(paths - UNSIGNED):
        answer = requests.request(method, office.server.base + _filled(path), headers=SPOKEN, timeout=30)
        assert answer.status_code in (401, 403), (method, path)


def _ask(browser: Browser, method: str, path: str) -> requests.Response:
    if method == "GET":
        return browser.get(path)
    if not browser.csrf:
        browser.get("/security")
    return browser.post(path, follow=False)


def _what_is_said(answer: requests.Response) -> str:
    """Without the address, which whoever asks knows, and without tokens."""
    main = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    assert main is not None
    return re.sub(r'value="[^"]+"', "", main[0])


#: Addresses that a page leads to; what a fragment or another site answers is no page.
_LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)"')
#: Pages of one kind are opened this often: cases and kiosks have one page each.
_OF_A_KIND = 2


@pytest.mark.parametrize("role", Role)
def test_no_page_leads_its_reader_to_one_that_is_refused(office: Office, role: Role) -> None:
    office.send()
    browser = office.browser(USERS[role])
    wanted, seen = ["/"], set[str]()
    kinds = Counter[str]()
    while wanted:
        path = html.unescape(wanted.pop(0))
        kind = re.sub(r"[0-9A-Za-z-]{12,}", "*", path.partition("?")[0])
        kinds[kind] += 1
        if path in seen or kinds[kind] > _OF_A_KIND or path.startswith(("/static", "/preferences")):
            continue
        seen.add(path)
        answer = browser.get(path)
        assert answer.ok, f"{path}: {answer.status_code}"
        if answer.headers["content-type"].startswith("text/html"):
            wanted += _LINK.findall(answer.text)
    assert len(seen) > 2


@pytest.mark.parametrize(("method", "path"), sorted(key for key, rule in rules().items() if rule.roles is not None))
def test_nobody_gets_in_without_signing_in(office: Office, method: str, path: str) -> None:
    browser = office.browser()
    browser.get("/sign-in")
    if method == "GET":
        answer = browser.get(_filled(path), allow_redirects=False)
    else:
        answer = browser.post(_filled(path), follow=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("path", sorted(path for (method, path), rule in rules().items() if method == "POST"))
def test_a_post_without_the_token_is_refused(office: Office, path: str) -> None:
    for user in ("kelurahan", "admin"):
        answer = office.browser(user).http.post(office.server.base + _filled(path), data={}, timeout=30)
        assert answer.status_code == 403


def test_a_body_at_the_limit_is_read_and_one_above_is_not(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/admin/services/new")
    url = f"{office.server.base}/admin/services/new"
    headers = {"content-type": "application/x-www-form-urlencoded", "x-csrf-token": browser.csrf}
    above = browser.http.post(url, data=b"a" * (UPLOAD_BYTES + 1), headers=headers, timeout=60)
    assert above.status_code == 413
    assert "20 MB" in above.text
    at_limit = browser.http.post(url, data=b"a" * UPLOAD_BYTES, headers=headers, timeout=60)
    assert at_limit.status_code != 413
    assert at_limit.status_code < 500
