"""What is lost is shown before the first question, and only when nothing works is the whole screen a notice."""

from collections.abc import Iterator

import pytest
from screens_harness import Hands

from kiosk.kiosk import STORAGE_AGAIN_S
from kiosk.machine.line_state import LineCondition
from kiosk.settings import NEXT_KIOSK
from rehearsal.citizen import Citizen
from rehearsal.storage import FaultyStorage
from screens.navigation.places import Name


@pytest.fixture
def storage(hands: Hands) -> Iterator[FaultyStorage]:
    made = FaultyStorage(hands.rehearsal.store)
    yield made
    made.work()


def start(hands: Hands, service: str = "") -> None:
    hands.tap("Sentuh untuk mulai")
    if service:
        hands.app.flow.citizen.open_service(service)
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
    hands.app.flow.citizen.open_service("pengaduan")
    hands.settle()
    assert hands.page.can_forward


def test_with_a_full_disk_nothing_is_begun_and_cases_can_still_be_looked_at(hands: Hands) -> None:
    hands.rehearsal.disk.bytes_free = 0
    start(hands, "domisili")
    hands.must_see("Penyimpanan kios penuh")
    assert not hands.page.can_forward
    hands.app.flow.back()
    hands.app.flow.citizen.open_track()
    hands.settle()
    assert hands.app.flow.place.name is Name.TRACK


def test_a_disk_that_fills_before_sending_is_reported_and_loses_nothing(citizens: Hands) -> None:
    citizen = Citizen(citizens)
    citizen.start("pengaduan")
    citizen.identify()
    citizen.fill()
    citizens.forward()
    citizens.tap(citizens.text("consent.agree"))
    with citizens.rehearsal.store.transaction() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    citizens.tap(citizens.text("consent.send"))
    assert citizens.app.flow.place.name is Name.CONSENT
    citizens.must_see("Penyimpanan kios penuh", "jawaban Anda belum hilang")
    citizens.app.flow.preferences.set_language("en")
    citizens.settle()
    citizens.must_see(citizens.text("send.refused.disk_full"))
    citizens.app.flow.preferences.set_language("id")
    with citizens.rehearsal.store.transaction() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    citizens.settle()
    citizens.tap(citizens.text("consent.send"))
    assert citizens.app.flow.place.name is Name.SAVED


def test_an_answer_that_became_wrong_is_marked_where_the_citizen_is_sent_back_to(citizens: Hands) -> None:
    citizen = Citizen(citizens)
    citizen.start("pengaduan")
    citizen.identify()
    citizen.fill()
    session = citizens.kiosk.session
    assert session is not None
    assert session.form is not None
    asked = next(node for node in session.form.nodes.values() if node.name == "uraian")
    session.answer(asked.ref, "")
    citizens.forward()
    assert citizens.app.flow.place.name is Name.FORM
    citizens.must_see(citizens.text("send.refused.invalid"))
    (question,) = (each for each in citizen.questions() if each.ref == asked.ref)
    assert question.problem
    citizens.type("Lampu jalan mati")
    assert citizens.unseen(citizens.text("send.refused.invalid")) != []


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


def anew(hands: Hands) -> None:
    """The page in sight is made once more, as after another look was chosen."""
    hands.stage.clear()
    hands.app._show(0)
    hands.settle()


def test_a_storage_that_fails_is_shown_on_the_home_screen(hands: Hands, storage: FaultyStorage) -> None:
    storage.fail()
    anew(hands)
    assert hands.app.flow.place.name is Name.HOME
    hands.must_see("Sentuh untuk mulai", hands.text("reason.storage_broken"))
    assert hands.app.failsafe.count == 0


def test_with_a_storage_that_fails_services_can_be_read_and_none_is_begun(hands: Hands, storage: FaultyStorage) -> None:
    storage.fail()
    anew(hands)
    start(hands, "domisili")
    hands.must_see(hands.text("reason.storage_broken"))
    assert not hands.page.can_forward
    hands.app.flow.back()
    hands.app.flow.citizen.open_track()
    hands.settle()
    assert hands.app.flow.place.name is Name.TRACK
    hands.app.flow.open_help()
    hands.settle()
    assert hands.app.failsafe.count == 0


def test_without_printer_line_and_a_storage_that_can_be_read_the_notice_is_shown_until_it_works(
    hands: Hands, storage: FaultyStorage
) -> None:
    hands.rehearsal.line.condition = LineCondition.OFFLINE
    hands.rehearsal.printer.become("UNAVAILABLE", "NOT_REACHABLE")
    storage.fail()
    anew(hands)
    assert hands.app.flow.place.name is Name.NOTHING_WORKS
    storage.work()
    hands.wait(STORAGE_AGAIN_S)
    assert hands.app.flow.place.name is Name.HOME
    hands.must_see("Sentuh untuk mulai")
    assert hands.app.failsafe.count == 0
