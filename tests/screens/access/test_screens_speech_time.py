"""The time that listening takes: whoever listens is not idle, and what changes by itself holds no time."""

import pytest
from keys_kit import press
from screens_harness import Hands
from speech_kit import Ears, Listener, before_the_camera

from screens.citizen.controls.viewfinder import Viewfinder

NIK = "3578014107900001"
#: The voice is plugged in before the app is built.
pytestmark = pytest.mark.usefixtures("ears")


def test_who_listens_is_not_idle(hands: Hands, ears: Ears) -> None:
    press(hands, "down", "enter")
    ears.engine.set_faults(slow=True)
    press(hands, "down")
    ears.speaker.worker.step()
    hands.rehearsal.clock.advance(61)
    hands.app._tick(0)
    hands.settle()
    assert hands.app.flow.idle_left is None


def test_the_idle_warning_is_said(hands: Hands, ears: Ears, listener: Listener) -> None:
    listener.press("down", "enter")
    hands.wait(61)
    hands.settle(4)
    reported = listener.listen()
    assert "Anda masih di sini?" in reported
    assert "Ya, lanjutkan" in reported


def news(hands: Hands, ears: Ears, view: Viewfinder, number: int) -> None:
    """The hint changes, and is being said."""
    view.tell(f"Petunjuk nomor {number}", "info")
    hands.settle(2)
    hands.app._tick(0)
    hands.settle(4)
    ears.speaker.worker.step()
    assert ears.speaker.speaking


def test_hints_that_change_by_themselves_do_not_hold_the_time(hands: Hands, ears: Ears) -> None:
    view = before_the_camera(hands, ears)
    for number in range(30):
        if hands.app.flow.idle_left is not None:
            break
        news(hands, ears, view, number)
        assert not hands.app.narrator.holds_time
        hands.rehearsal.clock.advance(5)
        hands.app._tick(0)
        hands.settle()
    assert hands.app.flow.idle_left is not None
    for _ in range(31):
        hands.rehearsal.clock.advance(1)
        hands.app._tick(0)
        hands.settle()
    assert hands.kiosk.session is None


def test_hints_behind_what_was_asked_for_hold_the_time_no_longer_than_that_takes(hands: Hands, ears: Ears) -> None:
    view = before_the_camera(hands, ears)
    press(hands, "f3")
    ears.speaker.worker.step()
    assert hands.app.narrator.holds_time
    news(hands, ears, view, 1)
    assert hands.app.narrator.holds_time
    hands.rehearsal.clock.advance(50)
    for number in range(2, 5):
        view.tell(f"Petunjuk nomor {number}", "info")
        hands.app._settle_focus()
        hands.settle(4)
    assert ears.speaker.speaking
    assert not hands.app.narrator.holds_time


def test_what_is_lost_by_itself_does_not_hold_the_time(hands: Hands, ears: Ears, listener: Listener) -> None:
    listener.press("down", "enter")
    hands.app.flow.citizen.open_service("domisili")
    hands.settle(4)
    ears.lines()
    ears.engine.set_faults(slow=True)
    hands.rehearsal.camera.become("UNAVAILABLE", "DISCONNECTED")
    hands.settle(6)
    ears.speaker.worker.step()
    assert ears.speaker.speaking
    assert not hands.app.narrator.holds_time


def test_a_page_that_was_opened_holds_the_time(hands: Hands, ears: Ears, listener: Listener) -> None:
    listener.press("down", "enter")
    ears.engine.set_faults(slow=True)
    hands.tap("Surat Keterangan Domisili")
    hands.settle(4)
    ears.speaker.worker.step()
    hands.rehearsal.clock.advance(600)
    assert ears.speaker.speaking
    assert hands.app.narrator.holds_time


def test_what_a_finger_chose_holds_the_time(hands: Hands, ears: Ears) -> None:
    press(hands, "f2")
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.citizen.open_service("domisili")
    hands.settle()
    hands.tap("Mulai isi formulir")
    hands.type(NIK)
    hands.tap("Lanjut")
    hands.settle(4)
    ears.lines()
    ears.engine.set_faults(slow=True)
    hands.tap("Sentuh untuk mengetik", nth=1)
    hands.settle(4)
    ears.speaker.worker.step()
    assert ears.speaker.speaking
    assert hands.app.narrator.holds_time
