"""A browser without a screen, and a server that the tests of one file share."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree

import pytest
import requests
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from sqlalchemy import select

from server.operator.seeding import TRIAL_PASSWORD
from server.settings import ServerSettings
from server.storage import tables
from tests.server.conftest import CITY, FakeClock
from tests.server.kiosk_client import Attachment, Envelope, TestKiosk
from tests.server.running import ONE_PERSON, RunningServer, running
from tests.server.web.browser import launched

JPEG = b"\xff\xd8\xff\xe0" + b"picture " * 40
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Browser:
    """Keeps cookies, and sends forms with the token of the page it saw last."""

    base: str
    http: requests.Session = field(default_factory=requests.Session)
    csrf: str = ""

    def get(self, path: str, **options: object) -> requests.Response:
        return self._seen(self.http.get(f"{self.base}{path}", timeout=30, **options))  # type: ignore[arg-type]

    def post(self, path: str, fields: object = None, *, follow: bool = True, **options: object) -> requests.Response:
        data = {"csrf": self.csrf, **(fields if isinstance(fields, dict) else {})}
        return self._seen(
            self.http.post(f"{self.base}{path}", data=data, timeout=30, allow_redirects=follow, **options)  # type: ignore[arg-type]
        )

    def sign_in(self, user: str, password: str = TRIAL_PASSWORD) -> requests.Response:
        self.get("/sign-in")
        return self.post("/sign-in", {"user": user, "password": password})

    def _seen(self, answer: requests.Response) -> requests.Response:
        if found := _CSRF.search(answer.text):
            self.csrf = found[1]
        return answer


@dataclass
class Office:
    """A running server with a kiosk, and browsers that are signed in once each."""

    server: RunningServer
    kiosk: TestKiosk
    clock: FakeClock = field(default_factory=FakeClock)
    browsers: dict[str, Browser] = field(default_factory=dict)

    def browser(self, user: str = "") -> Browser:
        """The browser of ``user``, signed in; without a name a fresh one."""
        if not user:
            return Browser(self.server.base)
        if user not in self.browsers:
            browser = Browser(self.server.base)
            assert browser.sign_in(user).ok
            self.browsers[user] = browser
        return self.browsers[user]

    def let_in(self, page: Page, user: str) -> None:
        """The page is signed in as ``user``, and at where that role begins."""
        cookies = self.browser(user).http.cookies
        page.context.add_cookies(
            [{"name": str(one.name), "value": str(one.value), "url": self.server.base} for one in cookies]
        )
        page.goto("/sign-in")

    def send(
        self,
        service: str = "surat",
        *,
        name: str = "Siti Aminah",
        picture: bytes | None = None,
        upload: bool = True,
    ) -> Envelope:
        """A citizen's submission with ``name`` as its answer, which may carry a picture."""
        document = self.server.service(service)
        attachments: list[Attachment] = [self.kiosk.attachment(picture)] if picture else []
        photo = "<foto>foto.jpg</foto>" if picture else ""
        escaped = name.replace("&", "&amp;").replace("<", "&lt;")
        head = f'id="{document["form_id"]}" version="{document["form_version"]}"'
        instance = f"<data {head}><nama>{escaped}</nama>{photo}</data>"
        envelope = self.kiosk.envelope(document, attachments, inside={"instance": instance})
        assert self.kiosk.statuses(envelope) == ["missing_attachments" if attachments else "stored"]
        if upload:
            for attachment in attachments:
                self.kiosk.upload(attachment)
        return envelope

    def act(self, user: str, code: str, action: str, note: str = "") -> requests.Response:
        """Opens the case and does ``action`` with the version that the page shows."""
        browser = self.browser(user)
        page = browser.get(f"/office/cases/{code}").text
        version = re.search(r'name="version" value="(\d+)"', page)
        fields = {"version": version[1] if version else "0", "note": note}
        return browser.post(f"/office/cases/{code}/{action}", fields)

    def officer_id(self, user: str) -> str:
        officers = tables.officers.c
        with self.server.deps.engine.connect() as connection:
            return str(connection.execute(select(officers.id).where(officers.user_name == user)).scalar_one())

    def given(self, user: str, code: str, reason: str = "mencocokkan identitas") -> str:
        """Gives a reason for the case; what the links of its pictures carry then, with its "?"."""
        browser = self.browser(user)
        browser.get(f"/office/cases/{code}")
        found = re.search(r"\?shown=[\w.]+", browser.post(f"/office/cases/{code}/nik", {"reason": reason}).text)
        return found[0] if found else ""

    def contest(self, code: str, kind: str, text: str, service: str = "surat") -> list[str]:
        """The citizen objects at the kiosk, or asks to reopen the case; what the server answers."""
        return self.kiosk.statuses(self.kiosk.answer(code, text, self.server.service(service), kind))

    def taken(self, user: str = "kelurahan", **options: object) -> Envelope:
        envelope = self.send(**options)  # type: ignore[arg-type]
        assert self.act(user, envelope.code, "take").ok
        return envelope


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def office(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One server for a file's tests; each test makes its own cases."""
    data = tmp_path_factory.mktemp("office") / "data"
    copytree(seeded_sqlite, data)
    with running(ServerSettings(data=data, services=CITY, port=0, quotas=ONE_PERSON)) as server:
        yield Office(server, server.kiosk())


@pytest.fixture
def fresh_office(seeded_sqlite: Path, tmp_path: Path) -> Iterator[Office]:
    """A server of its own, for tests that count or that break it: no other test was or will be there."""
    copytree(seeded_sqlite, tmp_path / "data")
    clock = FakeClock()
    with running(ServerSettings(data=tmp_path / "data", services=CITY, port=0), clock=clock) as server:
        yield Office(server, server.kiosk(), clock)


@pytest.fixture
def audited(office: Office) -> Callable[[str], list[str]]:
    """The actions that the audit log has of an object."""

    def actions(about: str) -> list[str]:
        log = tables.audit_log.c
        with office.server.deps.engine.connect() as connection:
            return list(connection.execute(select(log.action).where(log.object == about).order_by(log.seq)).scalars())

    return actions
