"""Sign-in through the city's identity provider, tried against one from a package, in front of which a gate checks PKCE."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import oidc_provider_mock
import pyotp
import pytest
import requests
import werkzeug.serving
from flask import Response, abort, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import func, select

from server.deps import Deps
from server.foundation.actors import OPERATOR, Role
from server.people import provider as providers
from server.people.authenticators import PERIOD_S
from server.people.officers import OfficerOutcome
from server.people.provider import AWAY_LIFE, CLAIM_CHARACTERS, ProviderRefused, ProviderSettings
from server.people.sessions import How
from server.settings import ServerSettings
from server.storage import tables
from server.web.frame.visitor import SESSION_COOKIE
from tests.server.conftest import CITY, FakeClock
from tests.server.running import running
from tests.server.web.conftest import Browser, Office
from tests.server.web.people_kit import OWN, Person, officer, session

#: The provider's own; it stands on an older way of its library.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib.*")

SECRET = "rahasia-penyedia"


@dataclass
class Provider:
    """A provider on loopback: what it said of whom, and what it does wrong."""

    address: str = ""
    challenges: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    away: bool = False
    forged: bool = False
    asked: list[str] = field(default_factory=list)

    def person(self, subject: str, **claims: object) -> None:
        requests.put(f"{self.address}/users/{subject}", json=claims, timeout=10).raise_for_status()


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    app, one = oidc_provider_mock.app(), Provider()

    @app.before_request
    def gate() -> Response | None:
        one.asked.append(request.path)
        if one.away:
            abort(503)
        if request.path == "/oauth2/token":
            hashed = hashlib.sha256(request.form["code_verifier"].encode()).digest()
            if one.challenges.get(request.form["code"]) != base64.urlsafe_b64encode(hashed).decode().rstrip("="):
                abort(400)
            one.secrets.add(request.authorization.password if request.authorization else "")
        if one.forged and request.path == "/jwks":
            return jsonify(KeySet([RSAKey.generate_key(2048)]).as_dict())
        return None

    @app.after_request
    def remember(response: Response) -> Response:
        codes = parse_qs(urlsplit(response.headers.get("location", "")).query).get("code")
        if codes and request.args.get("code_challenge_method") == "S256":
            one.challenges[codes[0]] = request.args["code_challenge"]
        return response

    server = werkzeug.serving.make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    one.address = f"http://localhost:{server.server_port}"
    yield one
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def office(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("provider")
    copytree(seeded_sqlite, folder / "data")
    (folder / "secret").write_text(SECRET + "\n")
    settings = ServerSettings(
        data=folder / "data",
        services=CITY,
        port=0,
        oidc_issuer=provider.address,
        oidc_client_id="ekios",
        oidc_secret_file=folder / "secret",
        oidc_name="Kota Uji",
    )
    with running(settings) as server:
        yield Office(server, server.kiosk())


@pytest.fixture(autouse=True)
def well(provider: Provider) -> Iterator[None]:
    yield
    provider.away = provider.forged = False


def known(office: Office, email: str) -> str:
    """An officer whom the provider may say this of."""
    one = officer(office.server.deps, Person(Role.OFFICER, OWN))
    assert office.server.deps.identity.provider_accounts.write(OPERATOR, one, email) is OfficerOutcome.DONE
    return one


def sent_there(browser: Browser, next_path: str = "/") -> str:
    """Where our sign-in page sends the browser."""
    answer = browser.get(f"/sign-in/provider?{urlencode({'next': next_path})}", allow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"]


def agrees(address: str, subject: str) -> str:
    """The person signs in there, and is sent back to the address that this gives."""
    answer = requests.post(address, data={"sub": subject}, timeout=10, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def changed(address: str, **members: str) -> str:
    split = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(split.query).items()} | members
    return urlunsplit(split._replace(query=urlencode(query)))


def come_back(office: Office, browser: Browser, address: str) -> requests.Response:
    assert address.startswith(office.server.base)
    return browser.get(address.removeprefix(office.server.base))


def signed_in_as(office: Office, browser: Browser) -> str:
    found = office.server.deps.identity.sessions.find(browser.http.cookies.get(SESSION_COOKIE, ""))
    return found.id if found else ""


def by_provider(
    office: Office, provider: Provider, subject: str, next_path: str = "/"
) -> tuple[Browser, requests.Response]:
    browser = office.browser()
    return browser, come_back(office, browser, agrees(sent_there(browser, next_path), subject))


def test_who_the_provider_knows_gets_to_the_page_that_they_wanted(office: Office, provider: Provider) -> None:
    provider.person("ani-1", email="Ani@Kota.example", email_verified=True)
    ani = known(office, " ani@kota.example ")
    browser, answer = by_provider(office, provider, "ani-1", "/satisfaction")
    assert answer.url.endswith("/satisfaction")
    assert signed_in_as(office, browser) == ani
    assert provider.secrets == {SECRET}
    assert "Kota Uji" in office.browser().get("/sign-in").text


def test_whom_nobody_wrote_down_stays_outside_and_no_account_is_made(office: Office, provider: Provider) -> None:
    provider.person("budi", email="budi@kota.example", email_verified=True)
    before = accounts(office)
    browser, answer = by_provider(office, provider, "budi")
    assert "belum dikenal" in answer.text and signed_in_as(office, browser) == ""
    assert accounts(office) == before


@pytest.mark.parametrize("claims", [{"email_verified": False}, {}, {"email_verified": "true"}])
def test_an_address_that_the_provider_does_not_vouch_for_is_nobodys(
    office: Office, provider: Provider, claims: dict[str, object]
) -> None:
    provider.person("cici", email="cici@kota.example", **claims)
    known(office, "cici@kota.example")
    browser, answer = by_provider(office, provider, "cici")
    assert "belum diverifikasi" in answer.text and signed_in_as(office, browser) == ""
    office.server.deps.identity.provider_accounts.write(OPERATOR, having(office, "cici@kota.example"), "")


def test_whoever_gets_the_address_of_somebody_else_later_is_not_them(office: Office, provider: Provider) -> None:
    provider.person("dewi-old", email="dewi@kota.example", email_verified=True)
    provider.person("dewi-new", email="dewi@kota.example", email_verified=True)
    dewi = known(office, "dewi@kota.example")
    assert signed_in_as(office, by_provider(office, provider, "dewi-old")[0]) == dewi
    assert signed_in_as(office, by_provider(office, provider, "dewi-new")[0]) == ""
    provider.person("dewi-old", email="married@kota.example", email_verified=True)
    assert signed_in_as(office, by_provider(office, provider, "dewi-old")[0]) == dewi


def test_a_deactivated_officer_stays_outside(office: Office, provider: Provider) -> None:
    provider.person("eko", email="eko@kota.example", email_verified=True)
    eko = known(office, "eko@kota.example")
    by_provider(office, provider, "eko")
    office.server.deps.officers.set_active(OPERATOR, eko, False)
    assert signed_in_as(office, by_provider(office, provider, "eko")[0]) == ""


def test_a_second_factor_is_asked_for_as_always_unless_the_provider_had_several(
    office: Office, provider: Provider
) -> None:
    deps = office.server.deps
    provider.person("fitri", email="fitri@kota.example", email_verified=True)
    fitri = known(office, "fitri@kota.example")
    browser, _ = by_provider(office, provider, "fitri")
    me = deps.identity.sessions.find(browser.http.cookies[SESSION_COOKIE])
    assert me is not None
    secret = deps.identity.own_factors.begin_authenticator(me).secret
    deps.identity.own_factors.confirm_authenticator(me, pyotp.TOTP(secret).at(deps.clock.now()))
    browser, answer = by_provider(office, provider, "fitri", "/satisfaction")
    assert "/sign-in/code?next=%2Fsatisfaction" in answer.url and signed_in_as(office, browser) == ""
    provider.person("fitri", email="fitri@kota.example", email_verified=True, amr=["pwd", "mfa"])
    assert signed_in_as(office, by_provider(office, provider, "fitri")[0]) == fitri


def test_who_came_through_the_provider_is_not_asked_for_a_password_after_the_code_either(
    office: Office, provider: Provider
) -> None:
    """Nobody ever gave it to them: they could not change it, and got no further."""
    deps = office.server.deps
    provider.person("joko", email="joko@kota.example", email_verified=True)
    joko = known(office, "joko@kota.example")
    deps.officers.new_password(OPERATOR, joko)
    me = deps.identity.sessions.find(session(deps, joko, How.PROVIDER))
    assert me is not None and not me.password_handed_out
    secret = deps.identity.own_factors.begin_authenticator(me).secret
    app, now = pyotp.TOTP(secret), deps.clock.now()
    recovery = deps.identity.own_factors.confirm_authenticator(me, app.at(now)).recovery_codes[0]
    for code, how in (
        (app.at(now + timedelta(seconds=PERIOD_S)), How.PROVIDER_CODE),
        (recovery, How.PROVIDER_RECOVERY),
    ):
        browser, _ = by_provider(office, provider, "joko", "/satisfaction")
        assert browser.post("/sign-in/code", {"code": code, "next": "/satisfaction"}).url.endswith("/satisfaction")
        found = deps.identity.sessions.find(browser.http.cookies[SESSION_COOKIE])
        assert found is not None and found.how is how
        browser.get("/security")
        assert '/sign-in/provider/out"' in browser.post("/sign-out").text


# --- what does not belong together ----------------------------------------------------------------------------------


@pytest.fixture
def gita(office: Office, provider: Provider) -> str:
    provider.person("gita", email="gita@kota.example", email_verified=True)
    found = having(office, "gita@kota.example")
    return found or known(office, "gita@kota.example")


@pytest.mark.parametrize(
    ("there", "back"),
    [
        ({"nonce": "another"}, {}),
        ({}, {"state": "another"}),
        ({}, {"state": ""}),
        ({}, {"code": "another"}),
        ({}, {"iss": "https://evil.example"}),
        ({}, {"code": "", "error": "access_denied"}),
        ({"code_challenge": "another"}, {}),
        ({"client_id": "another"}, {}),
    ],
)
def test_an_answer_to_another_question_signs_nobody_in(
    office: Office, gita: str, there: dict[str, str], back: dict[str, str]
) -> None:
    browser = office.browser()
    returned = changed(agrees(changed(sent_there(browser), **there), "gita"), **back)
    assert "dibatalkan" in come_back(office, browser, returned).text
    assert signed_in_as(office, browser) == ""


def test_an_answer_is_for_the_browser_that_asked_and_good_once(office: Office, gita: str) -> None:
    mine, others = office.browser(), office.browser()
    sent_there(others)
    returned = agrees(sent_there(mine), "gita")
    come_back(office, others, returned)
    assert signed_in_as(office, others) == ""
    come_back(office, mine, returned)
    assert signed_in_as(office, mine) == gita
    mine.post("/sign-out")
    come_back(office, mine, returned)
    assert signed_in_as(office, mine) == ""


def test_a_token_that_somebody_else_signed_is_refused(office: Office, provider: Provider, gita: str) -> None:
    browser = office.browser()
    returned = agrees(sent_there(browser), "gita")
    provider.forged = True
    assert "dibatalkan" in come_back(office, browser, returned).text
    assert signed_in_as(office, browser) == ""


def test_a_provider_that_is_away_keeps_nobody_from_their_password(
    office: Office, provider: Provider, gita: str
) -> None:
    browser = office.browser()
    returned = agrees(sent_there(browser), "gita")
    provider.away = True
    assert "tidak menjawab" in come_back(office, browser, returned).text
    assert browser.sign_in("kominfo").url.endswith("/office")


def test_a_provider_that_does_not_answer_is_not_asked_by_everybody_who_comes(
    sqlite_deps: Deps, clock: FakeClock, provider: Provider
) -> None:
    """Each of them would hold a thread for as long as it takes, one after the other: kiosks need them."""
    settings = ProviderSettings(provider.address, "ekios", None, "email", "Kota Uji")
    ours = providers.Provider(sqlite_deps.units, sqlite_deps.identity.sessions, settings, "http://localhost")
    provider.away = True
    asked = len(provider.asked)
    for _ in range(3):
        with pytest.raises(ProviderRefused, match="AWAY"):
            ours.begin("/")
    assert len(provider.asked) == asked + 1
    provider.away = False
    clock.time += AWAY_LIFE
    assert ours.begin("/").address.startswith(provider.address)


def test_who_signs_out_is_led_out_of_the_provider_too(office: Office, provider: Provider, gita: str) -> None:
    browser, _ = by_provider(office, provider, "gita")
    browser.get("/security")
    assert '/sign-in/provider/out"' in browser.post("/sign-out").text
    out = browser.get("/sign-in/provider/out", allow_redirects=False).headers["location"]
    assert out.startswith(f"{provider.address}/oauth2/end_session?")
    assert parse_qs(urlsplit(out).query)["post_logout_redirect_uri"] == [f"{office.server.base}/sign-in"]


# --- what administrators write --------------------------------------------------------------------------------------


def test_an_administrator_writes_who_somebody_is_there(office: Office, provider: Provider) -> None:
    one, admin = officer(office.server.deps, Person(Role.OFFICER, OWN)), office.browser("admin")
    page = f"/admin/officers/{one}"
    admin.get(page)
    assert admin.post(f"{page}/provider", {"claim": "Hadi@Kota.example"}).url.endswith(page)
    assert "hadi@kota.example" in admin.get(page).text
    two = officer(office.server.deps, Person(Role.OFFICER, OWN))
    admin.get(f"/admin/officers/{two}")
    for wrong in ("hadi@kota.example", "a" * (CLAIM_CHARACTERS + 1)):
        assert admin.post(f"/admin/officers/{two}/provider", {"claim": wrong}).status_code == 400
    assert admin.post(f"/admin/officers/{two}/provider", {"claim": "a" * CLAIM_CHARACTERS}).ok
    assert provider.address in admin.get("/admin/sign-in").text


def test_another_claim_undoes_the_bond(office: Office, provider: Provider) -> None:
    provider.person("indra", email="indra@kota.example", email_verified=True)
    indra = known(office, "indra@kota.example")
    assert signed_in_as(office, by_provider(office, provider, "indra")[0]) == indra
    office.server.deps.identity.provider_accounts.write(OPERATOR, indra, "someone@kota.example")
    assert signed_in_as(office, by_provider(office, provider, "indra")[0]) == ""


def test_without_a_provider_there_is_no_way_to_it(fresh_office: Office) -> None:
    assert fresh_office.browser().get("/sign-in/provider").status_code == 404
    assert "/sign-in/provider" not in fresh_office.browser().get("/sign-in").text


@pytest.mark.parametrize(
    ("issuer", "fit"),
    [("https://id.kota.example", True), ("http://localhost:1", True), ("http://id.kota.example", False)],
)
def test_a_provider_is_asked_over_tls(issuer: str, fit: bool) -> None:
    if fit:
        assert ServerSettings(oidc_issuer=issuer).provider is not None
    else:
        with pytest.raises(ValueError, match="https"):
            ServerSettings(oidc_issuer=issuer)


def accounts(office: Office) -> int:
    with office.server.deps.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(tables.officers)).scalar_one()


def having(office: Office, claim: str) -> str:
    with office.server.deps.engine.connect() as connection:
        found = select(tables.officers.c.id).where(tables.officers.c.provider_claim == claim)
        return str(connection.execute(found).scalar() or "")
