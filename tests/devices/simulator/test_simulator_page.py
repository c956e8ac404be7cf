"""The bench's page in a real browser: two languages, hands on every device, and the printer emulator behind it."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect, sync_playwright

from devices.printer.emulator.control import ControlPage as PrinterPage
from devices.printer.emulator.emulator import PrinterEmulator
from devices.printer.emulator.faults import Fault
from devices.simulator.bench import Bench
from devices.simulator.control_page import ControlPage
from devices.simulator.printer_link import PrinterLink
from devices.speech import SpeechDriver, SpeechSettings, build_speech
from devices.speech.espeak import PROGRAM

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
in_a_browser = pytest.mark.skipif(not CHROMIUM.exists(), reason="the distribution's Chromium is not installed")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def printer() -> Iterator[PrinterEmulator]:
    emulator = PrinterEmulator()
    with PrinterPage(emulator) as page:
        emulator.page = f"http://127.0.0.1:{page.port}"
        yield emulator


@pytest.fixture
def bench() -> Bench:
    return Bench(width=640, height=360)


@pytest.fixture
def page(chromium: Browser, bench: Bench, printer: PrinterEmulator) -> Iterator[Page]:
    served = ControlPage(bench, 0, printer_page=printer.page)
    served.start()
    context = chromium.new_context(base_url=served.address)
    page = context.new_page()
    page.goto("/")
    expect(page.locator("#item")).to_have_text("Meja kosong")
    yield page
    context.close()
    served.stop()


@in_a_browser
def test_what_is_clicked_lies_before_the_camera_and_is_taken_away(page: Page, bench: Bench) -> None:
    page.click("#thing-person")
    expect(page.locator("#item")).to_have_text("Seseorang")
    assert bench.item == "person"
    page.click("#clear")
    expect(page.locator("#item")).to_have_text("Meja kosong")


@in_a_browser
def test_the_page_speaks_both_languages(page: Page) -> None:
    page.click("[data-language=en]")
    expect(page.locator("h1")).to_have_text("Kiosk test bench")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.reload()
    expect(page.locator("#item")).to_have_text("An empty table")


@in_a_browser
def test_plugs_and_light_are_switches(page: Page, bench: Bench) -> None:
    page.get_by_role("switch", name="Lampu menyala").click()
    page.get_by_role("switch", name="Kabel kamera terpasang").click()
    page.get_by_role("switch", name="Kabel pemindai terpasang").click()
    expect(page.get_by_role("switch", name="Kabel pemindai terpasang")).to_have_attribute("aria-checked", "false")
    assert (bench.camera.faults.light < 1, bench.camera.faults.unplugged, bench.wedge.plugged) == (True, True, False)
    page.click("#repair")
    expect(page.get_by_role("switch", name="Lampu menyala")).to_have_attribute("aria-checked", "true")


@in_a_browser
def test_the_paper_is_taken_out_and_put_in(page: Page, printer: PrinterEmulator) -> None:
    switch = page.get_by_role("switch", name="Kertas dikeluarkan")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    assert Fault.PAPER_OUT in printer.faults
    page.click("#refill")
    expect(switch).to_have_attribute("aria-checked", "false")
    assert Fault.PAPER_OUT not in printer.faults


@in_a_browser
def test_what_is_spoken_stands_on_the_page_and_is_heard_in_the_browser(page: Page, bench: Bench) -> None:
    voice = build_speech(SpeechSettings(driver=SpeechDriver.SIMULATED))
    bench.hear(voice, PROGRAM)
    voice.speaker.say("Selamat datang", language="id", rate=150, volume=0.55)
    voice.speaker.worker.step()
    line = page.locator("#lines li")
    expect(line).to_contain_text("Selamat datang")
    expect(line).to_contain_text("volume 55 %")
    line.get_by_role("button").click()
    page.wait_for_function("player.duration > 0.5 && player.duration < 5")
    page.get_by_role("switch", name="Penyuara kuping tercolok").click()
    expect(page.get_by_role("switch", name="Penyuara kuping tercolok")).to_have_attribute("aria-checked", "true")
    assert voice.headphones is not None
    assert voice.headphones.plugged
    voice.speaker.say("Halaman satu", language="id", rate=150, volume=0.55)
    assert voice.simulated is not None
    voice.simulated.set_faults(slow=True)
    voice.speaker.worker.step()
    voice.speaker.say("Halaman dua", language="id", rate=150, volume=0.55)
    expect(line.filter(has_text="Halaman satu")).to_contain_text("terpotong")


def test_a_line_that_is_not_kept_and_a_program_that_is_not_there_are_said(bench: Bench) -> None:
    voice = build_speech(SpeechSettings(driver=SpeechDriver.SIMULATED))
    bench.hear(voice, "no-such-espeak")
    voice.speaker.say("Selamat datang", language="id", rate=150, volume=0.55)
    voice.speaker.worker.step()
    page = ControlPage(bench, 0)
    page.start()
    try:
        gone, away = (
            requests.get(f"{page.address}/voice/7", timeout=5),
            requests.get(f"{page.address}/voice/1", timeout=5),
        )
    finally:
        page.stop()
    assert (gone.status_code, "not kept" in gone.text) == (404, True)
    assert (away.status_code, "no-such-espeak does not speak" in away.text) == (503, True)


@in_a_browser
def test_what_cannot_be_done_is_said(page: Page) -> None:
    page.fill("#nik", "123")
    page.click("#thing-card-QRCode")
    expect(page.locator("#said")).to_contain_text("nik")


def test_both_languages_have_the_same_texts() -> None:
    texts = json.loads(files("devices.simulator").joinpath("texts.json").read_text(encoding="utf-8"))
    assert texts["id"].keys() == texts["en"].keys()
    assert all(texts[language][key] for language in texts for key in texts[language])


def test_a_printer_that_does_not_run_is_said_to_be_away() -> None:
    status, _, body = PrinterLink("http://127.0.0.1:9").ask("GET", "/state")
    assert (status, json.loads(body)["error"]) == (503, "the simulated printer does not run")


@pytest.mark.parametrize("address", ["http://kiosk.example:9180", "https://127.0.0.1:9180", "http://127.0.0.1"])
def test_a_printer_elsewhere_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        PrinterLink(address)
