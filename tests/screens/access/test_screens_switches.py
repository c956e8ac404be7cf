"""One switch and two: the pace is measured, the frame moves, and a switch alone leads through a session."""

import gc
import weakref
from itertools import pairwise

import pytest
from keys_kit import label, press
from screens_harness import Hands

from kiosk.events import EndReason
from rehearsal import Rehearsal
from screens.look.colours import Contrast
from screens.navigation.overlays.switching import (
    FASTEST_S,
    LONGEST_S,
    REACTION,
    REST_S,
    ROUNDS,
    SLOWEST_S,
    TREMBLE_S,
    Calibration,
    Switching,
)
from screens.navigation.places import Name, Over
from screens.shell.switches import FIRST, UNUSED_ROUNDS

#: The keys that the switches send: the second one steps, the only one chooses.
STEP, SWITCH = "f9", "f10"
#: Measuring is over within so many seconds, whatever somebody does.
MEASURED_S = 20


@pytest.fixture(autouse=True)
def silent(rehearsal: Rehearsal) -> None:
    rehearsal.speaker.become("UNAVAILABLE")


def pass_time(hands: Hands, seconds: float) -> None:
    """Seconds of the kiosk's clock, in its own ticks."""
    for _ in range(round(seconds / 0.2)):
        hands.rehearsal.clock.advance(0.2)
        hands.app._tick(0)
    hands.settle()


def measure(hands: Hands, reaction: float) -> float:
    """Presses so many seconds after each light; how long all of it took."""
    begun = hands.rehearsal.clock.monotonic()
    press(hands, SWITCH)
    for _ in range(ROUNDS):
        pass_time(hands, REST_S)
        pass_time(hands, reaction)
        press(hands, SWITCH)
    return hands.rehearsal.clock.monotonic() - begun


def offered(hands: Hands) -> list[str]:
    return [stop.widget.says for stop in hands.app.keypad.switches._scan.offer]


def choose(hands: Hands, wanted: str, seconds: float = 120) -> None:
    """With one switch: waits until it is offered, presses, and again within its group."""
    pace = hands.app.flow.preferences.switching.pace_s
    for _ in range(round(seconds / pace)):
        offer = offered(hands)
        if any(wanted in each for each in offer):
            press(hands, SWITCH)
            if len(offer) == 1:
                return
        pass_time(hands, pace)
    raise AssertionError(f"{wanted!r} was never offered; now {offered(hands)}")


# --- the pace ------------------------------------------------------------------------------------------------------


def test_the_first_press_asks_for_the_pace_and_four_more_measure_it(hands: Hands) -> None:
    press(hands, SWITCH)
    assert hands.app.flow.over is Over.SWITCHES
    hands.must_see("Tunggu")
    pass_time(hands, REST_S)
    hands.must_see("Tekan sekarang")
    hands.app.flow.close_over()
    hands.settle()
    pass_time(hands, 0.2)
    took = measure(hands, 0.8)
    assert took <= MEASURED_S
    assert hands.app.flow.over is Over.NOTHING
    assert hands.app.flow.preferences.switching.pace_s == pytest.approx(0.8 / REACTION, abs=0.35)


def test_measuring_is_over_within_twenty_seconds_however_slow_somebody_is(hands: Hands) -> None:
    press(hands, SWITCH)
    pass_time(hands, REST_S + 0.4)
    press(hands, SWITCH)
    pass_time(hands, MEASURED_S - REST_S - 0.4)
    assert hands.app.flow.over is Over.NOTHING
    assert hands.app.flow.preferences.switching.on
    assert hands.app.flow.preferences.switching.pace_s > 2.0


def test_a_press_that_nobody_follows_up_begins_nothing(hands: Hands) -> None:
    press(hands, SWITCH)
    pass_time(hands, MEASURED_S)
    assert hands.app.flow.over is Over.NOTHING
    assert not hands.app.flow.preferences.switching.on
    assert hands.app.stage.mark.box is None


def test_a_finger_closes_it(hands: Hands) -> None:
    press(hands, SWITCH)
    hands.tap("Tutup")
    assert not hands.app.flow.preferences.switching.on


@pytest.mark.parametrize(
    ("reaction", "pace"), [(0.1, FASTEST_S), (LONGEST_S, LONGEST_S / REACTION), (9.0, LONGEST_S / REACTION)]
)
def test_the_pace_stays_within_its_limits(reaction: float, pace: float) -> None:
    calibration, now = Calibration(0.0), 0.0
    while not calibration.done:
        now += REST_S
        calibration.tick(now)
        now += reaction
        calibration.press(now)
    assert calibration.pace_s == pytest.approx(min(pace, SLOWEST_S))


def test_a_press_before_the_light_counts_for_nothing() -> None:
    calibration = Calibration(0.0)
    calibration.press(REST_S / 2)
    assert (calibration.reactions, calibration.answered) == ([], False)


def test_a_hand_that_trembles_presses_once() -> None:
    switching = Switching()
    times = (1.0, 1.0 + TREMBLE_S / 2, 1.1 + 2 * TREMBLE_S)
    assert [switching.trembles("one", now) for now in times] == [False, True, False]
    assert not switching.trembles("another", times[-1])


def test_the_pace_is_changed_on_the_panel_of_language_and_display(hands: Hands) -> None:
    measure(hands, 1.0)
    before = hands.app.flow.preferences.switching.pace_s
    hands.app.flow.open_adjust()
    hands.settle()
    hands.tap("Lebih cepat")
    assert hands.app.flow.preferences.switching.pace_s < before
    hands.must_see("Kotak berpindah setiap")


# --- one switch ----------------------------------------------------------------------------------------------------


def test_one_switch_leads_from_the_home_screen_into_a_form_and_types(hands: Hands) -> None:
    measure(hands, 0.6)
    choose(hands, "Sentuh untuk mulai")
    assert hands.app.flow.place.name is Name.SERVICES
    choose(hands, "Surat Keterangan Domisili")
    choose(hands, "Mulai isi formulir")
    assert hands.app.flow.place.name is Name.IDENTIFY
    choose(hands, "NIK")
    for digit in "35":
        choose(hands, digit)
    assert hands.page.model.entry.text == "35"
    choose(hands, "Kembali")
    assert hands.app.flow.place.name is Name.SERVICE


def test_the_frame_is_drawn_round_what_is_offered_and_moves_by_the_pace(hands: Hands) -> None:
    measure(hands, 0.6)
    pace = hands.app.flow.preferences.switching.pace_s
    pass_time(hands, FIRST * pace)
    boxes = []
    for _ in range(3):
        pass_time(hands, pace + 0.2)
        boxes.append(hands.app.stage.mark.box)
    assert None not in boxes
    assert all(before != after for before, after in pairwise(boxes))


def test_the_frame_stays_where_it_is_when_the_page_is_made_anew(hands: Hands) -> None:
    measure(hands, 0.6)
    choose(hands, "Sentuh untuk mulai")
    pass_time(hands, 3)
    before = offered(hands)
    hands.app.flow.preferences.set_contrast(Contrast.DARK)
    hands.settle(4)
    assert offered(hands) == before
    assert all(stop.widget.get_root_window() is not None for stop in hands.app.keypad.switches._scan.offer)
    assert hands.app.stage.mark.box is not None


def test_at_rest_it_ends_when_nobody_presses(hands: Hands) -> None:
    measure(hands, 0.6)
    offers, pace = len(hands.app.keypad.ring.stops()), hands.app.flow.preferences.switching.pace_s
    pass_time(hands, (UNUSED_ROUNDS + 1) * (offers + FIRST) * (pace + 0.2))
    assert not hands.app.flow.preferences.switching.on
    assert hands.app.stage.mark.box is None


def test_moving_frames_do_not_keep_a_session_alive_and_a_press_does(hands: Hands) -> None:
    measure(hands, 0.6)
    choose(hands, "Sentuh untuk mulai")
    pass_time(hands, 61)
    hands.must_see("Anda masih di sini?")
    press(hands, SWITCH)
    assert hands.app.flow.idle_left is None
    assert hands.app.flow.place.name is Name.SERVICES


def test_the_end_of_a_session_forgets_the_pace_and_every_widget(hands: Hands) -> None:
    measure(hands, 0.6)
    choose(hands, "Sentuh untuk mulai")
    page = weakref.ref(hands.page)
    hands.kiosk.end(EndReason.CANCELLED)
    hands.settle()
    gc.collect()
    assert page() is None
    assert not hands.app.flow.preferences.switching.on


# --- two switches --------------------------------------------------------------------------------------------------


def test_two_switches_need_no_measuring_and_nothing_moves_by_itself(hands: Hands) -> None:
    press(hands, STEP)
    assert label(hands) == "Sentuh untuk mulai"
    pass_time(hands, 10)
    assert label(hands) == "Sentuh untuk mulai"
    press(hands, SWITCH)
    assert hands.app.flow.place.name is Name.SERVICES


def test_the_second_switch_ends_the_measuring(hands: Hands) -> None:
    press(hands, SWITCH)
    pass_time(hands, REST_S)
    press(hands, STEP)
    assert hands.app.flow.over is Over.NOTHING
    assert not hands.app.flow.preferences.switching.auto
    pass_time(hands, 1)
    press(hands, STEP)
    assert offered(hands) == ["Sentuh untuk mulai"]
