"""Passkeys in Chromium, with its virtual authenticator: made, used, refused."""

import hashlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import cbor2
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import CDPSession, Page
from webauthn.helpers import bytes_to_base64url

from server.operator.seeding import TRIAL_PASSWORD
from server.people.passkeys import PasskeyOutcome, Passkeys
from server.people.sessions import How
from server.people.sign_in_limits import Attempt
from server.settings import ServerSettings
from tests.server.conftest import CITY
from tests.server.running import running
from tests.server.web.browser import CHROMIUM
from tests.server.web.conftest import Office
from tests.server.web.people_kit import officer_id, session

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="the distribution's Chromium is not installed")

PHONE = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def office(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A server with a name: browsers make no passkeys for an address of digits."""
    data = tmp_path_factory.mktemp("passkeys") / "data"
    copytree(seeded_sqlite, data)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = ServerSettings(data=data, services=CITY, port=port, base_url=f"http://localhost:{port}")
    with running(settings) as server:
        server.base = settings.base_url
        yield Office(server, server.kiosk())


@pytest.fixture
def page(chromium: Chromium, office: Office) -> Iterator[Page]:
    context = chromium.new_context(base_url=office.server.base)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "policy" in message.text.lower() else None)
    yield page
    context.close()
    assert said == []


class Phone:
    """The virtual authenticator of a page."""

    def __init__(self, page: Page) -> None:
        self._line: CDPSession = page.context.new_cdp_session(page)
        self._line.send("WebAuthn.enable")
        self._id = self._line.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})["authenticatorId"]

    def verified(self, yes: bool) -> None:
        """Whether whoever holds it shows the right finger."""
        self._line.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": yes})

    def lose(self) -> None:
        self._line.send("WebAuthn.clearCredentials", {"authenticatorId": self._id})


def add_passkey(page: Page, name: str) -> None:
    page.goto("/security")
    page.fill("#passkey-name", name)
    page.click('[data-passkey="create"] button')


def sign_out(page: Page) -> None:
    page.click('form[action="/sign-out"] button')
    page.wait_for_url("**/sign-in")


def test_a_passkey_is_made_and_signs_in_alone(office: Office, page: Page) -> None:
    deps, me = office.server.deps, officer_id(office.server.deps, "kelurahan")
    phone = Phone(page)
    office.let_in(page, "kelurahan")
    add_passkey(page, "Ponsel saya")
    page.wait_for_selector(".recovery-codes")
    assert "Ponsel saya" in page.inner_text("main")
    page.click('.recovery-codes + .row a[href="/security"]')
    sign_out(page)
    page.click('[data-passkey="get"] button')
    page.wait_for_url("**/office")
    assert deps.identity.sessions.of(me)[0].how is How.PASSKEY
    assert deps.identity.passkeys.of(me)[0].last_used_at is not None

    # The password alone opens nothing any more; the passkey is the second step.
    sign_out(page)
    page.fill("#user", "kelurahan")
    page.fill("#password", TRIAL_PASSWORD)
    page.click('form[action="/sign-in"] button.button-main')
    page.wait_for_url("**/sign-in/code**")
    page.click('[data-passkey="get"] button')
    page.wait_for_url("**/office")

    # A wrong finger, and a phone that lost its key, leave whoever tries at the door.
    sign_out(page)
    for spoil in (lambda: phone.verified(False), phone.lose):
        spoil()
        page.goto("/sign-in")
        page.click('[data-passkey="get"] button')
        page.wait_for_selector("[data-passkey-problem]:not([hidden])")
        phone.verified(True)


def test_an_answer_is_good_once_and_for_its_own_challenge(office: Office, page: Page) -> None:
    """What was caught on the way signs nobody in: neither again, nor for another challenge."""
    Phone(page)
    office.let_in(page, "kominfo")
    add_passkey(page, "Laptop")
    page.wait_for_selector(".recovery-codes")
    sign_out(page)
    passkeys = office.server.deps.identity.passkeys
    first, second = passkeys.challenge(), passkeys.challenge()
    answer = signed(page, first.options)
    place = Attempt("", "10.0.0.1")
    assert passkeys.sign_in(second.step, answer, place) == ("", "")
    token, name = passkeys.sign_in(first.step, answer, place)
    assert token and name == "kominfo"
    assert passkeys.sign_in(first.step, answer, place) == ("", "")
    assert passkeys.sign_in(passkeys.challenge().step, answer, place) == ("", "")


def test_a_deactivated_officers_passkey_opens_nothing(office: Office, page: Page) -> None:
    deps, me = office.server.deps, officer_id(office.server.deps, "penyelia")
    Phone(page)
    office.let_in(page, "penyelia")
    add_passkey(page, "Ponsel")
    page.wait_for_selector(".recovery-codes")
    sign_out(page)
    challenge = deps.identity.passkeys.challenge()
    answer = signed(page, challenge.options)
    deps.officers.set_active(deps.identity.sessions.find(session(deps, officer_id(deps, "admin"))).actor, me, False)  # type: ignore[union-attr]
    assert deps.identity.passkeys.sign_in(challenge.step, answer, Attempt("", "")) == ("", "")


@pytest.mark.parametrize(
    "credential",
    ["", "null", "[]", "{}", '{"id": 5}', '{"id": "x", "rawId": "é"}', "x" * 20_001, "[" * 20_000, '{"a":' * 4_000],
    ids=range(9),
)
def test_what_is_no_answer_is_refused(office: Office, credential: str) -> None:
    deps = office.server.deps
    passkeys, me = deps.identity.passkeys, officer_id(deps, "kelurahan")
    assert passkeys.sign_in(passkeys.challenge().step, credential, Attempt("", "")) == ("", "")
    officer = deps.identity.sessions.find(session(deps, me))
    assert officer is not None
    for step, outcome in ((passkeys.register(officer).step, PasskeyOutcome.REFUSED), ("none", PasskeyOutcome.REFUSED)):
        assert deps.identity.own_factors.add_passkey(officer, step, credential, "Ponsel").outcome is outcome


@pytest.mark.parametrize("key", [{1: 2}, [1], 1], ids=str)
def test_a_key_that_is_none_is_not_kept(office: Office, key: object) -> None:
    """All else of the answer is right: only the key is nothing that signs."""
    deps = office.server.deps
    officer = deps.identity.sessions.find(session(deps, officer_id(deps, "kelurahan")))
    assert officer is not None
    challenge = deps.identity.passkeys.register(officer)
    wanted = {"type": "webauthn.create", "challenge": challenge.options["challenge"], "origin": office.server.base}
    # User present and verified, a new key; its count, its model, the length of its name, its name.
    flags = b"\x45" + bytes(4) + bytes(16) + b"\x00\x02id"
    made = hashlib.sha256(b"localhost").digest() + flags + cbor2.dumps(key)
    response = {
        "clientDataJSON": bytes_to_base64url(json.dumps(wanted).encode()),
        "attestationObject": bytes_to_base64url(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": made})),
    }
    name = bytes_to_base64url(b"id")
    credential = json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
    added = deps.identity.own_factors.add_passkey(officer, challenge.step, credential, "Ponsel")
    assert added.outcome is PasskeyOutcome.REFUSED


@pytest.mark.parametrize(
    ("address", "available"),
    [
        ("https://kios.kota.go.id", True),
        ("http://kios.kota.go.id", False),
        ("https://10.0.0.5", False),
        ("http://127.0.0.1:8700", False),
        ("https://[::1]:8700", False),
        ("http://localhost:8700", True),
    ],
)
def test_passkeys_want_a_name_and_tls(office: Office, address: str, available: bool) -> None:
    deps = office.server.deps
    assert Passkeys(deps.units, deps.identity.sessions, address, "eKios").available is available


def signed(page: Page, options: object) -> str:
    """What the browser's passkey answers to a challenge."""
    return str(
        page.evaluate(
            """async (options) => JSON.stringify((await navigator.credentials.get(
                { publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options)) })).toJSON())""",
            json.dumps(options),
        )
    )
