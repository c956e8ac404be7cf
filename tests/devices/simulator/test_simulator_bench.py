"""The bench end to end: what is held, typed and broken reaches the kiosk as scans and states; and its page."""

import io
import json
import logging
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from PIL import Image

from devices.camera import Camera, CameraSettings, CaptureFault, CaptureProblem, Hint, Photo, build_camera
from devices.frame import Availability, Condition, FakeClock
from devices.frame.diagnostics import collect
from devices.scanner import Scan, ScanKind, Scanner, ScannerSettings, build_scanner
from devices.simulator.bench import DOCUMENTS, Bench
from devices.simulator.control_page import LARGEST_JSON, ControlPage
from devices.simulator.printer_link import PRINTER_PAGE
from devices.stick import SimulatedStick, Stick
from protocol.peripherals import StickOutcome

NIK = "9912055203900001"


class Rig:
    """Bench, camera and scanner on one fake clock, stepped by hand."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.bench = Bench()
        self.camera: Camera = build_camera(
            CameraSettings(driver="simulated"), clock=self.clock, simulated=self.bench.camera
        )
        self.scanner: Scanner = build_scanner(
            ScannerSettings(driver="simulated"), camera=self.camera, clock=self.clock, simulated=self.bench.wedge
        )
        self.scans: list[Scan] = []
        self.scanner.on_scan(self.scans.append)
        self.scanner.activate()

    def run(self, turns: int = 14) -> None:
        for _ in range(turns):
            pause = self.camera.worker.step()
            self.scanner.worker.step()
            self.clock.advance(pause)


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    rig.run(3)
    yield rig
    rig.scanner.stop()
    rig.camera.stop()


@pytest.mark.parametrize("code", ["QRCode", "Code128", "PDF417"])
def test_a_card_is_one_scan(rig: Rig, code: str) -> None:
    rig.bench.show_card(NIK, code)
    rig.run()
    assert [(scan.kind, scan.nik, scan.symbology) for scan in rig.scans] == [(ScanKind.NIK_CARD, NIK, code)]


def test_a_slip_a_badge_and_a_letter(rig: Rig) -> None:
    rig.bench.show_slip("https://kota.example/t/K7M29QXF4TRC")
    rig.run(8)
    rig.bench.show_badge("EKB1.rina.20800." + "A" * 86)
    rig.run(8)
    rig.bench.show_document("family_card")
    rig.run(8)
    assert [scan.kind for scan in rig.scans] == [ScanKind.SLIP, ScanKind.STAFF_BADGE, ScanKind.DOCUMENT_URL]
    assert rig.scans[0].code == "K7M29QXF4TRC"


def test_what_lies_still_under_good_light_makes_a_good_photo(rig: Rig) -> None:
    rig.bench.show_card("3578014107900001")
    rig.camera.start_preview()
    rig.run()
    photo = rig.camera.capture()
    assert isinstance(photo, Photo), photo
    assert photo.found_sheet


@pytest.mark.parametrize("sheen", ["foil", "saucer"])
def test_a_glare_is_seen_before_the_shutter_and_after_it_and_goes_when_it_is_mended(rig: Rig, sheen: str) -> None:
    rig.bench.show_card("3578014107900001")
    rig.bench.shine(sheen)
    rig.camera.start_preview()
    rig.run(6)
    hints = []
    for _ in range(3):
        rig.run(1)
        hints.append(rig.camera.sight().hint)
    assert hints[-1] is Hint.GLARE
    taken = rig.camera.capture()
    assert isinstance(taken, CaptureProblem)
    assert taken.kind is CaptureFault.GLARE
    rig.bench.repair()
    rig.run(12)
    assert isinstance(rig.camera.capture(), Photo)


def test_a_tabletop_with_nothing_on_it_and_a_face_are_no_document(rig: Rig) -> None:
    rig.camera.start_preview()
    for show in (rig.bench.clear, rig.bench.show_person):
        show()
        rig.run(12)
        taken = rig.camera.capture()
        assert isinstance(taken, CaptureProblem)
        assert taken.kind is CaptureFault.NO_SHEET
        assert taken.photo is not None


def test_nothing_is_read_while_nobody_wants_a_scan(rig: Rig) -> None:
    rig.scanner.deactivate()
    rig.bench.show_card(NIK)
    rig.run()
    assert rig.scans == []


def test_typing_is_a_scan(rig: Rig) -> None:
    rig.bench.type_text(NIK)
    rig.run(1)
    assert [(scan.symbology, scan.nik) for scan in rig.scans] == [("keyboard", NIK)]


def test_an_unplugged_scanner_is_lost_and_reads_nothing(rig: Rig) -> None:
    rig.bench.plug_scanner(False)
    rig.bench.type_text(NIK)
    rig.run(3)
    state = rig.scanner.state()
    assert (state.availability, state.conditions) == (Availability.UNAVAILABLE, frozenset({Condition.DISCONNECTED}))
    rig.bench.repair()
    rig.run(3)
    assert rig.scanner.state().availability is Availability.READY
    assert rig.scans == []


def test_a_listener_that_fails_stops_nobody(rig: Rig) -> None:
    def fail(_: Scan) -> None:
        raise RuntimeError

    rig.scanner.on_scan(fail)
    again: list[Scan] = []
    rig.scanner.on_scan(again.append)
    rig.bench.type_text(NIK)
    rig.run(1)
    assert len(again) == 1


def test_a_card_that_is_read_leaves_nothing_in_logs_and_diagnostics(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        rig.bench.show_card(NIK)
        rig.bench.type_text(NIK)
        rig.run()
        report = collect([rig.camera, rig.scanner])
    assert report["scanner"]["scans"] == 2
    assert NIK not in caplog.text + json.dumps(report)


def test_losing_camera_and_scanner_is_logged_once_and_so_is_their_return(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        rig.bench.plug_camera(False)
        rig.bench.plug_scanner(False)
        rig.run(40)
        rig.bench.repair()
        rig.run(40)
    reported = [record.getMessage() for record in caplog.records if record.name == "devices.frame.states"]
    assert sorted(line.split(":")[0] for line in reported) == [
        "camera back",
        "camera lost",
        "scanner back",
        "scanner lost",
    ]


def test_an_unknown_document_is_refused() -> None:
    with pytest.raises(ValueError, match=DOCUMENTS[0]):
        Bench(width=320, height=240).show_document("passport")


@pytest.fixture
def page() -> Iterator[tuple[Bench, ControlPage]]:
    bench = Bench(width=320, height=240)
    page = ControlPage(bench, 0)
    page.start()
    yield bench, page
    page.stop()


def ask(page: ControlPage, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", int(page.address.rpartition(":")[2]), timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body or None, named)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def do(page: ControlPage, action: str, given: object, **headers: str) -> tuple[int, dict[str, object]]:
    status, content = ask(
        page, "POST", f"/do/{action}", json.dumps(given).encode(), Content_Type="application/json", **headers
    )
    return status, json.loads(content)


def test_the_page_puts_a_stick_in_and_pulls_it_out(page: tuple[Bench, ControlPage], tmp_path: Path) -> None:
    bench, served = page
    bench.stick = SimulatedStick(tmp_path / "stick")
    assert do(served, "insert_stick", {"fault": "full"})[1]["stick"] == {"inside": True, "fault": "full"}
    assert Stick(bench.stick).save("a.ekios", [b"x"]) is StickOutcome.FULL
    assert do(served, "pull_stick", {})[1]["stick"]["inside"] is False
    assert Stick(bench.stick).save("a.ekios", [b"x"]) is StickOutcome.NO_STICK


def test_the_page_drives_the_bench(page: tuple[Bench, ControlPage]) -> None:
    bench, served = page
    assert do(served, "show_card", {"nik": NIK, "code": "PDF417"})[1]["item"] == "card"
    assert do(served, "light", {"on": False})[1]["light"] is False
    assert bench.camera.faults.light < 1
    assert do(served, "glare", {"on": True, "sheen": "spoon"})[1]["glare"] is True
    assert do(served, "plug_camera", {"on": False})[1]["camera_plugged"] is False
    assert do(served, "repair", {})[1] == {
        "item": "card",
        "light": True,
        "glare": False,
        "camera_plugged": True,
        "camera_frozen": False,
        "camera_slow": False,
        "scanner_plugged": True,
        "printer_page": PRINTER_PAGE,
        "stick": None,
        "voice": None,
    }


@pytest.mark.parametrize(
    ("action", "given", "status"),
    [
        ("explode", {}, 404),
        ("show_card", {"nik": "1"}, 400),
        ("show_card", {"nik": NIK, "code": "Aztec"}, 400),
        ("show_slip", {"text": "a" * 1001}, 400),
        ("type_text", {"text": "é"}, 400),
        ("light", {"on": True, "more": 1}, 400),
        ("light", [], 400),
        ("glare", {"on": True, "sheen": "sun"}, 400),
        ("show_slip", {"text": "a" * LARGEST_JSON}, 413),
    ],
)
def test_a_bad_action_is_refused_with_a_reason(
    page: tuple[Bench, ControlPage], action: str, given: object, status: int
) -> None:
    answered, content = do(page[1], action, given)
    assert answered == status
    assert content["error"]


def test_a_foreign_page_cannot_drive_it(page: tuple[Bench, ControlPage]) -> None:
    assert do(page[1], "clear", {}, Origin="http://evil.example")[0] == 403
    assert do(page[1], "clear", {}, Host="evil.example:80")[0] == 403


def test_a_picture_can_be_held(page: tuple[Bench, ControlPage]) -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 0, 0)).save(out, "PNG")
    assert ask(page[1], "POST", "/picture?whole=1", out.getvalue(), Content_Type="image/png")[0] == 200
    assert page[0].item == "picture"
    assert ask(page[1], "POST", "/picture", b"not a picture", Content_Type="image/png")[0] == 400


@pytest.mark.parametrize("path", ["/", "/state", "/view.jpg", "/thumbnails/slip.png"])
def test_what_the_page_shows(page: tuple[Bench, ControlPage], path: str) -> None:
    status, content = ask(page[1], "GET", path)
    assert status == 200
    assert content


def test_there_is_nothing_else_to_get(page: tuple[Bench, ControlPage]) -> None:
    assert ask(page[1], "GET", "/thumbnails/../page.html")[0] == 404
