"""Quiet and awake; and the end of a session, which leaves nothing."""

import gc
import weakref
from collections.abc import Iterator
from types import FrameType

import pytest
from keys_kit import press
from screens_harness import BOOT, Hands
from speech_kit import Ears

from kiosk.events import EndReason
from protocol.kiosk_settings import NUMBERS
from rehearsal import Rehearsal
from rehearsal.devices import Scan
from screens.navigation.places import Name
from screens.navigation.rest import SLEEP_S

NIK = "3578014107900001"
#: Backwards, and like nothing in other files, so that the whole of it stands nowhere but where it was typed.
CANARY = "tineZ antaR"


@pytest.fixture
def ears(rehearsal: Rehearsal) -> Ears:
    return Ears(rehearsal)


@pytest.fixture
def hands(rehearsal: Rehearsal, ears: Ears) -> Iterator[Hands]:
    made = Hands(rehearsal, BOOT).start()
    yield made
    made.stop()


def to_form(hands: Hands) -> None:
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.citizen.open_service("domisili")
    hands.settle()
    hands.tap("Mulai isi formulir")
    hands.type(NIK)
    hands.tap("Lanjut")


# --- quiet ---------------------------------------------------------------------------------------------------------


def test_the_home_screen_sleeps_when_it_is_left_alone(hands: Hands) -> None:
    hands.wait(SLEEP_S - 1)
    assert not hands.app.flow.rest.asleep
    hands.wait(1)
    assert hands.app.flow.rest.asleep


def test_asleep_it_shows_that_it_is_alive(hands: Hands) -> None:
    hands.wait(SLEEP_S)
    hands.must_see("09.06", "Semua berfungsi")
    assert hands.unseen("0 warga dilayani hari ini") != []
    hands.must_see("Sentuh untuk mulai", "Demek kangge miwiti", "Sentu kaangghuy molaè", "Touch to start")


def test_asleep_it_follows_the_clock_and_the_count(hands: Hands) -> None:
    hands.tap("Sentuh untuk mulai")
    hands.kiosk.end(EndReason.CANCELLED)
    hands.settle()
    hands.wait(SLEEP_S)
    hands.rehearsal.clock.advance(3600)
    hands.app.stage.over.refresh()
    hands.settle()
    hands.must_see("10.06", "1 warga dilayani hari ini")


def test_asleep_it_says_what_does_not_work(hands: Hands) -> None:
    hands.rehearsal.printer.become("UNAVAILABLE", "MEDIA_EMPTY")
    hands.settle()
    hands.wait(SLEEP_S)
    assert not hands.app.stage.over.healthy
    assert not hands.sees("Semua berfungsi")


def test_nothing_is_burnt_into_the_panel(hands: Hands) -> None:
    hands.wait(SLEEP_S)
    before = hands.app.stage.over.shift
    hands.rehearsal.clock.advance(60)
    hands.app.stage.over.refresh()
    assert hands.app.stage.over.shift != before


# --- waking --------------------------------------------------------------------------------------------------------


def test_the_first_touch_only_wakes(hands: Hands) -> None:
    start = hands.find("Sentuh untuk mulai")
    place = start.to_window(*start.center)
    hands.wait(SLEEP_S)
    hands.touch(*place)
    assert not hands.app.flow.rest.asleep
    assert hands.kiosk.session is None
    hands.touch(*place)
    assert hands.app.flow.place.name is Name.SERVICES


def test_the_first_key_only_wakes(hands: Hands) -> None:
    hands.wait(SLEEP_S)
    press(hands, "enter")
    assert not hands.app.flow.rest.asleep
    assert hands.kiosk.session is None


def test_a_slip_before_the_scanner_wakes_and_is_looked_up(hands: Hands) -> None:
    hands.wait(SLEEP_S)
    hands.rehearsal.scanner.scan(Scan(kind="SLIP", text="K7M2-9QXF-0001", code="K7M29QXF0001"))
    hands.settle(4)
    assert hands.app.flow.place.name is not Name.HOME
    assert not hands.app.flow.rest.asleep


def test_a_kiosk_out_of_service_does_not_sleep(hands: Hands) -> None:
    hands.kiosk.out_of_service()
    hands.settle()
    hands.wait(SLEEP_S)
    assert not hands.app.flow.rest.asleep


def test_a_session_does_not_sleep(hands: Hands) -> None:
    hands.tap("Sentuh untuk mulai")
    hands.wait(59)
    hands.tap("Cari layanan")
    hands.wait(59)
    assert not hands.app.flow.rest.asleep


# --- time ----------------------------------------------------------------------------------------------------------


def test_nobody_can_set_a_warning_shorter_than_wcag_asks_for() -> None:
    assert NUMBERS["idle_warning_s"].minimum == 20
    assert NUMBERS["idle_s"].minimum > NUMBERS["idle_warning_s"].minimum


def test_time_is_extended_as_often_as_it_is_asked_for(hands: Hands) -> None:
    to_form(hands)
    for _ in range(12):
        hands.wait(61)
        hands.must_see("Anda masih di sini?")
        hands.tap("Ya, lanjutkan")
        assert hands.app.flow.idle_left is None
    assert hands.app.flow.place.name is Name.FORM


def test_the_end_wipes_answers_widgets_textures_and_sound(hands: Hands, ears: Ears) -> None:
    press(hands, "f2")
    to_form(hands)
    hands.tap("Sentuh untuk mengetik", nth=0)
    hands.type(CANARY[::-1])
    ears.lines()
    assert remembered(CANARY[::-1]) != []
    ears.engine.set_faults(slow=True)
    press(hands, "f3")
    ears.speaker.worker.step()
    page, field = weakref.ref(hands.page), weakref.ref(hands.page._questions[1])
    hands.kiosk.end(EndReason.IDLE)
    hands.settle(4)
    ears.engine.forget()
    gc.collect()
    assert page() is None
    assert field() is None
    assert not ears.speaker.speaking
    assert remembered(CANARY[::-1]) == []


def test_a_photo_leaves_no_texture(hands: Hands) -> None:
    to_form(hands)
    session = hands.kiosk.session
    ref = next(ref for ref in session.form.nodes if ref.endswith("foto_ktp"))
    session.attach(ref, hands.rehearsal.camera.capture().jpeg)
    session.show(ref)
    hands.settle(4)
    texture = weakref.ref(hands.page._questions[0]._view.still)
    assert texture() is not None
    hands.kiosk.end(EndReason.IDLE)
    hands.settle(4)
    gc.collect()
    assert texture() is None


def remembered(text: str) -> list[str]:
    """Types of whatever holds a text, anywhere in the process but in a call under way."""
    gc.collect()
    found = []
    for each in gc.get_objects():
        # By type, not isinstance: that would ask dead proxies. Without a closure, which would hold the text itself.
        if type(each) is FrameType:
            continue
        for value in gc.get_referents(each):
            if issubclass(type(value), str) and text in value:
                found.append(type(each).__name__)
    return found
