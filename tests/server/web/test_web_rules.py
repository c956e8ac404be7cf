"""Every page has a rule, and every role meets exactly the pages of its rule."""

import html
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.routing import Mount, Route

from server.foundation.actors import Role
from server.web.frame.access import UPLOAD_BYTES
from server.web.frame.install import rules
from tests.server.web.conftest import Office

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


def _routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and path of the application that is no API."""
    for route in app.routes:
        if isinstance(route, Route) and not route.path.startswith(("/v1/", "/healthz", "/readyz", "/metrics")):
            for method in (route.methods or set()) - {"HEAD", "OPTIONS"}:
                yield method, route.path


def _filled(path: str) -> str:
    return re.sub(r"\{(\w+)(?::path)?\}", lambda found: FILLED.get(found[1], "none"), path)


def test_every_route_has_a_rule(sqlite_settings) -> None:  # type: ignore[no-untyped-def]
    from server.app import close_deps, create_app

    app = create_app(sqlite_settings)
    try:
        known = set(rules()) | {("GET", "/{path:path}")}
        assert set(_routes(app)) - known == set()
        assert [route.path for route in app.routes if isinstance(route, Mount)] == ["/static"]
    finally:
        close_deps(app.state.deps)


def _matrix() -> list[tuple[str, str, Role]]:
    return [
        (method, path, role)
        for (method, path), rule in sorted(rules().items())
        if rule.roles is not None and not path.endswith(_STREAM) and path not in ("/sign-out", "/wall/display")
        for role in Role
    ]


@pytest.mark.parametrize(("method", "path", "role"), _matrix())
def test_a_role_meets_only_the_pages_of_its_rule(office: Office, method: str, path: str, role: Role) -> None:
    browser = office.browser(USERS[role])
    browser.get("/")
    answer = browser.get(_filled(path)) if method == "GET" else browser.post(_filled(path), follow=False)
    allowed = rules()[(method, path)].roles
    assert allowed is not None
    assert (answer.status_code == 403) == (role not in allowed)
    assert answer.status_code < 500


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
