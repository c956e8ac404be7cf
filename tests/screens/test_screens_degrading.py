"""What is lost is told before the first question, and only when nothing works is the whole screen a notice."""

from screens_harness import Hands

from kiosk.line_state import LineCondition
from kiosk.settings import NEXT_KIOSK
from screens.places import Name


def start(hands: Hands, service: str = "") -> None:
    hands.tap("Sentuh untuk mulai")
    if service:
        hands.app.flow.open_service(service)
        hands.settle()


def test_without_a_printer_the_code_is_promised_on_the_screen(hands: Hands) -> None:
    hands.rehearsal.printer.become("UNAVAILABLE", "MEDIA_EMPTY")
    start(hands)
    hands.must_see("ditampilkan besar di layar")


def test_without_a_line_all_goes_on(hands: Hands) -> None:
    hands.rehearsal.line.condition = LineCondition.OFFLINE
    start(hands, "domisili")
    hands.must_see("Jaringan terputus")
    hands.tap("Mulai isi formulir")
    assert hands.app.flow.place.name is Name.IDENTIFY


def test_a_service_that_needs_the_camera_says_so_before_the_first_question(hands: Hands) -> None:
    hands.rehearsal.camera.become("UNAVAILABLE", "DISCONNECTED")
    start(hands, "domisili")
    hands.must_see("Kamera sedang tidak berfungsi")
    assert not hands.page.can_forward
    hands.app.flow.back()
    hands.app.flow.open_service("pengaduan")
    hands.settle()
    assert hands.page.can_forward


def test_with_a_full_disk_nothing_is_begun_and_cases_can_still_be_looked_at(hands: Hands) -> None:
    hands.rehearsal.disk.bytes_free = 0
    start(hands, "domisili")
    hands.must_see("Penyimpanan kios penuh")
    assert not hands.page.can_forward
    hands.app.flow.back()
    hands.app.flow.open_track()
    hands.settle()
    assert hands.app.flow.place.name is Name.TRACK


def test_without_printer_line_and_storage_the_notice_tells_of_the_next_kiosk(hands: Hands) -> None:
    hands.kiosk.settings.store_new({NEXT_KIOSK: {"id": "Puskesmas Ketabang"}})
    hands.kiosk.settings.reload()
    hands.rehearsal.disk.bytes_free = 0
    hands.rehearsal.line.condition = LineCondition.OFFLINE
    hands.rehearsal.printer.become("UNAVAILABLE", "NOT_REACHABLE")
    hands.app._show(0)
    hands.settle()
    assert hands.app.flow.place.name is Name.NOTHING_WORKS
    hands.must_see("Kios terdekat yang berfungsi: Puskesmas Ketabang")
