"""Whoever works in a browser: officer, administrator, command centre, and a citizen's phone, in the distribution's Chromium."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import ViewportSize, sync_playwright

from server.operator.seeding import TRIAL_PASSWORD

CHROMIUM = "/usr/bin/chromium"
#: Without these the browser tries to reach its maker.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MONITOR = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
PATIENCE_MS = 30_000

_WATCH = """() => {
  window.firstSeen = {};
  const look = () => document.querySelectorAll('[id^="case-"]').forEach(row => {
    window.firstSeen[row.id.slice(5)] ??= Date.now();
  });
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
  look();
}"""


class Browsers:
    """One Chromium, a clean profile for each person. Belongs to the thread that made it."""

    def __init__(self, server: str, pictures: Path) -> None:
        self.server = server
        self.pictures = pictures
        self._playwright = sync_playwright().start()
        self._chromium = self._playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._chromium.close()
        self._playwright.stop()

    def page(self, size: ViewportSize = MONITOR) -> Any:
        """A page of somebody who has not been here yet."""
        page = self._chromium.new_context(viewport=size).new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page

    def phone(self, code: str, name: str) -> str:
        """The public tracking page as a phone shows it; its text."""
        page = self.page(PHONE)
        try:
            page.goto(f"{self.server}/t/{code}")
            page.screenshot(path=str(self.pictures / name), full_page=True)
            return str(page.inner_text("body"))
        finally:
            page.context.close()


class BackOffice:
    """Somebody signed in at the back office."""

    def __init__(self, browsers: Browsers, user: str, password: str = TRIAL_PASSWORD) -> None:
        self._server = browsers.server
        self._pictures = browsers.pictures
        self._page = browsers.page()
        self._page.goto(f"{self._server}/sign-in")
        self._page.fill("#user", user)
        self._page.fill("#password", password)
        with self._page.expect_navigation():
            self._page.press("#password", "Enter")

    def go(self, path: str) -> None:
        self._page.goto(f"{self._server}{path}")

    def reads(self, *words: str) -> None:
        """Waits until the open page says each of ``words`` in sight, without a reload."""
        for word in words:
            self._page.get_by_text(word).locator("visible=true").first.wait_for()

    def reads_no_more(self, word: str) -> None:
        """Waits until the part of the open page that is live does not say ``word`` any longer, without a reload. Beside it
        stands a list of all that one can filter by."""
        self._page.wait_for_function("word => !document.getElementById('board').innerText.includes(word)", arg=word)

    def picture(self, name: str, *, whole: bool = False) -> None:
        self._page.screenshot(path=str(self._pictures / name), full_page=whole)

    def submit(self, button: str) -> None:
        """Presses a form's button, which leads to another page."""
        with self._page.expect_navigation():
            self._page.click(button)

    def unfold(self, field: str) -> None:
        """Opens the disclosure that holds ``field``, unless it is open."""
        if not self._page.is_visible(field):
            self._page.click(f"details:has({field}) > summary")


class Officer(BackOffice):
    """Begins at the inbox, which follows new cases by itself."""

    def sees(self, code: str) -> None:
        """Waits until the case stands in the inbox that is open, without a reload."""
        self._page.wait_for_selector(f"#case-{code}")

    def watch(self) -> None:
        """Notes from now on when each case first stands in the inbox that is open."""
        self._page.evaluate(_WATCH)

    def watched(self) -> dict[str, float]:
        """By tracking code, the moment (seconds of the epoch) when it stood in the inbox."""
        return {code: at / 1000 for code, at in self._page.evaluate("window.firstSeen").items()}

    def open(self, code: str) -> None:
        self.go(f"/office/cases/{code}")

    def back_to_inbox(self) -> None:
        self.go("/office")

    def take(self) -> None:
        self._act("take")

    def ask(self, question: str) -> None:
        self.unfold("#note-ask")
        self._page.fill("#note-ask", question)
        self._act("ask")

    def approve(self) -> None:
        self._act("approve")

    def _act(self, action: str) -> None:
        self.submit(f'form[action$="/{action}"] button >> nth=0')


class Administrator(BackOffice):
    """Publishes services."""

    def upload(self, service: str, spreadsheet: bytes, name: str = "form.xlsx") -> None:
        self.go("/admin/services/new")
        self._page.fill("#service", service)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        self._page.set_input_files("#form", {"name": name, "mimeType": kind, "buffer": spreadsheet})
        self.submit("form[action='/admin/services/new'] button")

    def describe(self, agency: str, fields: Mapping[str, str]) -> None:
        """The second step: the service standard and the stages, by the names of the page's fields."""
        self.submit("ol.wizard a[href$='/service']")
        self._page.select_option("#agency", agency)
        for field, text in fields.items():
            control = self._page.locator(f"[name='{field}']")
            if control.evaluate("control => control.tagName") == "SELECT":
                control.select_option(text)
            else:
                control.fill(text)
        self.submit("form[action$='/service'] button.button-main")

    def publish(self, note: str) -> None:
        """The third step: to all kiosks."""
        self._page.fill("#note", note)
        self.submit("form[action$='/publish'] button")

    def sees_arrival(self, number: int) -> None:
        """Waits until a kiosk is told to run pack ``number`` on the open page of services, without a reload."""
        self._page.locator(".arrival .pill-good", has_text=f"Paket {number}").first.wait_for()

    def take_back(self, reason: str) -> None:
        """The newest pack."""
        self.go("/admin/services")
        field = "form[action$='/take-back'] input[name=reason] >> nth=0"
        self._page.click("details:has(form[action$='/take-back']) > summary >> nth=0")
        self._page.fill(field, reason)
        self.submit("form[action$='/take-back'] button >> nth=0")


class CommandCentre(BackOffice):
    """Watches the fleet."""

    def watch(self) -> None:
        self.go("/fleet")

    def open_kiosk(self) -> None:
        """The page of the first kiosk."""
        self.go("/fleet")
        self.submit("a.fleet-name >> nth=0")
