"""Every page in Chromium, in a city whose texts all try to run: nothing runs, nothing is cut, and axe-core finds nothing serious."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext

from server.app import build_deps, close_deps
from server.operator.seeding import seed
from server.settings import ServerSettings
from tests.server.running import running
from tests.server.web.browser import CHROMIUM
from tests.server.web.conftest import Office
from tests.server.web.full_city import PagePath, Texts, every_page, fill, filled, write_city

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
#: Of axe's levels. All of its rules are asked (WCAG 2.2 AA, best practice, and names that hold the visible label); what is minor
#: or moderate is left to taste, but that a page has a heading.
SERIOUS = ["serious", "critical"]
WIDE, PHONE = {"width": 1300, "height": 900}, {"width": 390, "height": 844}
PAGES = every_page()

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="the distribution's Chromium is not installed")


@dataclass
class Seen:
    """What a page showed and did."""

    text: str = ""
    ran: object = None
    said: list[str] = field(default_factory=list)
    serious: dict[str, list[str]] = field(default_factory=dict)
    cut: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, texts: Texts) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("every-page")
    city = write_city(folder / "city", texts)
    settings = ServerSettings(data=folder / "data", services=city, port=0)
    deps = build_deps(settings)
    assert seed(deps, city, trial=True) is not None
    close_deps(deps)
    with running(settings) as server:
        yield Office(server, server.kiosk())


@pytest.fixture(scope="module")
def members(office: Office, texts: Texts) -> dict[str, str]:
    return fill(office, texts)


class Window:
    """One for each person. It remembers what the browser said, asked and called for."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self._heard: list[str] = []
        self.page.on("console", lambda said: self._heard.append(said.text) if "policy" in said.text.lower() else None)
        self.page.on("dialog", lambda dialog: (self._heard.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda made: self._heard.append(made.url) if "evil.example" in made.url else None)

    def look(self, path: str) -> Seen:
        page, seen = self.page, Seen()
        self._heard = seen.said
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        page.goto(path)
        page.wait_for_load_state("load")
        seen.text = page.evaluate(TEXTS)
        seen.ran = page.evaluate("window.ran ?? null")
        seen.cut["1300"] = page.evaluate(CUT)
        seen.serious["light"] = page.evaluate(RUN, [SERIOUS, None])
        page.emulate_media(color_scheme="dark")
        seen.serious["dark"] = page.evaluate(RUN, [SERIOUS, ["color-contrast"]])
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        seen.cut["390"] = page.evaluate(CUT)
        return seen


@pytest.fixture(scope="module")
def look(office: Office, members: dict[str, str], chromium: Browser) -> Iterator[Callable[[PagePath], Seen]]:
    """Each page is opened once, for all tests."""
    windows: dict[str, Window] = {}

    @cache
    def look(place: PagePath) -> Seen:
        if place.user not in windows:
            context = chromium.new_context(base_url=office.server.base, color_scheme="light", reduced_motion="reduce")
            # By the debugger, which no policy holds back: the page's own stays as strict as it is.
            context.add_init_script(path=AXE)
            windows[place.user] = Window(context)
            if place.user:
                office.let_in(windows[place.user].page, place.user)
        return windows[place.user].look(filled(place.path, members))

    yield look
    for window in windows.values():
        window.page.context.close()


#: All that can be read: text, what stands in fields, and names for screen readers.
TEXTS = """() => [document.body.innerText,
    ...Array.from(document.querySelectorAll('input, textarea'), (one) => one.value),
    ...Array.from(document.querySelectorAll('option'), (one) => one.textContent),
    ...Array.from(document.querySelectorAll('[aria-label]'), (one) => one.getAttribute('aria-label')),
    ...Array.from(document.querySelectorAll('[title]'), (one) => one.title)].join('\\n')"""

#: Of what axe finds, what is serious: the rule, how often, and the first element.
RUN = """async ([levels, rules]) => (await axe.run(document, {
    resultTypes: ['violations'],
    preload: false,
    iframes: false,
    ...(rules ? { runOnly: { type: 'rule', values: rules } } : { rules: { 'label-content-name-mismatch': { enabled: true } } }),
  })).violations.filter((one) => levels.includes(one.impact) || one.id === 'page-has-heading-one')
    .map((one) => `${one.impact} ${one.id}: ${one.nodes.length} × ${one.nodes[0].html.slice(0, 200)} ${one.nodes[0].any.map((a) => a.message).join(' ').slice(0, 200)}`)"""

#: What is wider than the place it has: the page, a card, or a table in a frame that the keyboard does not scroll; and ordinary
#: words that are broken in two.
CUT = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > window.innerWidth) found.push(`page ${document.documentElement.scrollWidth}`);
  for (const one of document.querySelectorAll('.table-wrap, .card, .field, .row')) {
    const scrolls = one.matches('[tabindex="0"][role="region"]');
    if (one.scrollWidth > one.clientWidth + 1 && !scrolls && one.clientWidth)
      found.push(`${one.className} ${one.scrollWidth} > ${one.clientWidth}: ${one.textContent.trim().slice(0, 60)}`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (!node.parentElement.checkVisibility() || node.parentElement.closest('.visually-hidden, svg, option, script')) continue;
    for (const word of node.data.matchAll(/(?<![^\\s])[\\p{L}]{2,16}(?![^\\s])/gu)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set(Array.from(range.getClientRects(), (one) => Math.round(one.top))).size > 1)
        found.push(`broken: ${word[0]} in ${node.parentElement.className || node.parentElement.tagName}`);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("place", PAGES, ids=str)
def test_nothing_that_was_written_runs(look: Callable[[PagePath], Seen], place: PagePath) -> None:
    seen = look(place)
    assert (seen.ran, seen.said) == (None, [])


@pytest.mark.parametrize("place", PAGES, ids=str)
def test_axe_finds_nothing_serious_in_light_or_dark(look: Callable[[PagePath], Seen], place: PagePath) -> None:
    assert look(place).serious == {"light": [], "dark": []}


@pytest.mark.parametrize("place", PAGES, ids=str)
def test_nothing_is_cut_on_a_small_screen_or_a_phone(look: Callable[[PagePath], Seen], place: PagePath) -> None:
    assert look(place).cut == {"1300": [], "390": []}


#: What no page of the server need show: what goes to kiosks alone, and what a browser calls itself, which is shown in two words.
AT_KIOSKS = (
    "complaints",
    "fee",
    "procedure",
    "product",
    "requirements",
    "slip-next_step",
    "slip-title",
    "summary",
    "time",
)
NOWHERE = {
    "browser",
    "consent",
    "izin-form-constraint",
    *(f"{service}-{part}" for service in ("surat", "aduan") for part in (*AT_KIOSKS, "form-title", "form-hint")),
}


def test_what_was_written_is_shown_as_it_was_written(look: Callable[[PagePath], Seen], texts: Texts) -> None:
    """Else the pages would pass because they show nothing."""
    shown = "\n".join(look(place).text for place in PAGES)
    plain = " ".join(shown.split())
    lost = {place for place, text in texts.given.items() if " ".join(text.split())[:70] not in plain}
    assert not lost - NOWHERE, sorted(lost - NOWHERE)
