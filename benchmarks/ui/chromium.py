"""The peer's side of the UI table: the distribution's Chromium in kiosk mode with a plain page of the same content.

The page is one file without scripts of others: the list of services, a search with an on-screen keyboard, and the home
screen, shown and hidden by a few lines of its own. Nothing is fetched.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import psutil

CHROMIUM: Final = Path("/usr/bin/chromium")
ARGUMENTS: Final = (
    "--kiosk",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ROUNDS: Final = 24
MOST: Final = 0.95
SESSIONS: Final = 500
IDLE_S: Final = 10.0
_STYLE: Final = """
body{margin:0;font:700 26px sans-serif;background:#f7f5f0;color:#1b2a2f}section{display:none;padding:48px}
section.here{display:block}.card{display:block;width:100%;margin:16px 0;padding:28px;border:2px solid #7c888b;
border-radius:13px;background:#fff;font:inherit;text-align:left}.card:active{background:#e0dbcf}
.grid{display:grid;grid-template-columns:repeat(10,1fr);gap:10px}.key{height:64px;border:2px solid #7c888b;border-radius:10px;
background:#fff;font:inherit}#field{border:3px solid #0b5563;border-radius:13px;padding:24px;min-height:32px;background:#ddecee}
"""
_SCRIPT: Final = """
const show = name => document.querySelectorAll('section').forEach(each => each.classList.toggle('here', each.id === name));
const painted = job => new Promise(done => { const began = performance.now(); job();
  requestAnimationFrame(() => { const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now() - began); channel.port2.postMessage(0); }); });
document.addEventListener('pointerdown', event => { const began = event.timeStamp;
  requestAnimationFrame(() => { const channel = new MessageChannel();
    channel.port1.onmessage = () => { window.answered = performance.now() - began; }; channel.port2.postMessage(0); }); });
"""


def page_text(services: list[tuple[str, str]]) -> str:
    """The page, with the names and summaries of these services."""
    cards = "".join(f'<button class="card">{name}<br><small>{summary}</small></button>' for name, summary in services)
    keys = "".join(f'<button class="key">{key}</button>' for key in "1234567890qwertyuiopasdfghjklzxcvbnm,.")
    return (
        f'<!doctype html><html lang="id"><meta charset="utf-8"><style>{_STYLE}</style>'
        '<section id="home" class="here"><h1>Selamat datang</h1><button class="card" id="start">Sentuh untuk mulai</button>'
        f'</section><section id="services"><h1>Layanan apa yang Anda butuhkan?</h1>{cards}</section>'
        f'<section id="search"><h1>Cari layanan</h1><div id="field"></div><div class="grid">{keys}</div></section>'
        f"<script>{_SCRIPT}</script>"
    )


def measure(services: list[tuple[str, str]]) -> dict[str, float]:
    """The peer's figures, by the kiosk's names for them; empty when the browser is not there."""
    if not CHROMIUM.exists():
        return {}
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "kiosk.html"
        path.write_text(page_text(services), encoding="utf-8")
        began = time.perf_counter()
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        page = browser.new_context(viewport={"width": 1080, "height": 1920}).new_page()
        page.goto(path.as_uri())
        page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
        results = {"start to first usable frame, ms": (time.perf_counter() - began) * 1000}
        results |= _spread("touch to visible answer, ms", lambda: _touch(page))
        results |= _spread("page change, ms", lambda: _change(page))
        results |= _spread("key to visible letter, ms", lambda: _letter(page))
        _session(page, path.as_uri())
        results["memory after 1 session, MB"] = _memory()
        for _ in range(SESSIONS - 1):
            _session(page, path.as_uri())
        results[f"memory after {SESSIONS} sessions, MB"] = _memory()
        results["idle CPU, % of a core"] = _idle()
        browser.close()
    return results


def _touch(page: Any) -> float:
    page.evaluate("show('home'); window.answered = 0")
    box = page.locator("#start").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.wait_for_function("window.answered > 0")
    answered = float(page.evaluate("window.answered"))
    page.mouse.up()
    return answered


def _change(page: Any) -> float:
    page.evaluate("show('services')")
    return float(page.evaluate("painted(() => show('search'))"))


def _letter(page: Any) -> float:
    return float(page.evaluate("painted(() => { document.getElementById('field').textContent += 'a'; })"))


def _session(page: Any, address: str) -> None:
    """Fresh page, list, search, letters: what a session wipes, a new page wipes."""
    page.goto(address)
    page.evaluate("show('services'); show('search'); document.getElementById('field').textContent = 'Siti Aminah'")


def _browser() -> list[psutil.Process]:
    """All processes of the browser that this process started."""
    return [each for each in psutil.Process().children(recursive=True) if "chrom" in each.name()]


def _memory() -> float:
    """Proportional set sizes: what is shared counts once."""
    return float(sum(each.memory_full_info().pss for each in _browser())) / 1e6


def _idle() -> float:
    def spent() -> float:
        return float(sum(sum(each.cpu_times()[:2]) for each in _browser()))

    before, began = spent(), time.perf_counter()
    time.sleep(IDLE_S)
    return (spent() - before) / (time.perf_counter() - began) * 100


def _spread(name: str, one: Callable[[], float]) -> dict[str, float]:
    times = sorted(one() for _ in range(ROUNDS))
    label = name.removesuffix(", ms")
    return {
        name: statistics.median(times),
        f"{label}, p95, ms": times[int(len(times) * MOST)],
        f"{label}, worst of {ROUNDS}, ms": times[-1],
    }


if __name__ == "__main__":
    print(json.dumps(measure([("Surat Keterangan Domisili", "Surat bahwa Anda tinggal di sini")] * 4), indent=1))
