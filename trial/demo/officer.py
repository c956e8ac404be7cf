"""An officer at the desk: the back office in the distribution's Chromium, and a citizen's phone beside it."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import ViewportSize, sync_playwright

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
_WATCH = """() => {
  window.firstSeen = {};
  const look = () => document.querySelectorAll('[id^="case-"]').forEach(row => {
    window.firstSeen[row.id.slice(5)] ??= Date.now();
  });
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
  look();
}"""
DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)


class Officer:
    """Belongs to the thread that made it."""

    def __init__(self, server: str, pictures: Path) -> None:
        self._server = server
        self._pictures = pictures
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        self._page: Any = self._browser.new_page(viewport=DESK)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._browser.close()
        self._playwright.stop()

    def sign_in(self, user: str, password: str) -> None:
        """Ends at the inbox, which follows new cases by itself."""
        self._page.goto(f"{self._server}/sign-in")
        self._page.fill("#user", user)
        self._page.fill("#password", password)
        self._page.press("#password", "Enter")
        self._page.wait_for_url("**/office*")

    def sees(self, code: str) -> None:
        """Waits until the case stands in the inbox that is open, without a reload."""
        self._page.wait_for_selector(f"#case-{code}", timeout=30_000)

    def watch(self) -> None:
        """Notes from now on when each case first stands in the inbox that is open."""
        self._page.evaluate(_WATCH)

    def watched(self) -> dict[str, float]:
        """By tracking code, the moment (seconds of the epoch) when it stood in the inbox."""
        return {code: at / 1000 for code, at in self._page.evaluate("window.firstSeen").items()}

    def open(self, code: str) -> None:
        self._page.goto(f"{self._server}/office/cases/{code}")

    def back_to_inbox(self) -> None:
        self._page.goto(f"{self._server}/office")

    def take(self) -> None:
        self._submit("take")

    def ask(self, question: str) -> None:
        if not self._page.is_visible("#note-ask"):
            self._page.click("details:has(#note-ask) > summary")
        self._page.fill("#note-ask", question)
        self._submit("ask")

    def approve(self) -> None:
        self._submit("approve")

    def picture(self, name: str) -> None:
        self._page.screenshot(path=str(self._pictures / name), full_page=False)

    def phone(self, code: str, name: str) -> str:
        """The public tracking page as a phone shows it; its text."""
        page = self._browser.new_page(viewport=PHONE)
        try:
            page.goto(f"{self._server}/t/{code}")
            page.screenshot(path=str(self._pictures / name), full_page=True)
            return str(page.inner_text("body"))
        finally:
            page.close()

    def _submit(self, action: str) -> None:
        with self._page.expect_navigation():
            self._page.click(f'form[action$="/{action}"] button >> nth=0')
