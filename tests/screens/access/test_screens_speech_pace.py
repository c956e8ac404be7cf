"""How the voice speaks: said again, cut off or waited for, how fast, and how loud."""

import pytest
from keys_kit import press
from screens_harness import Hands
from speech_kit import Ears, Listener, before_the_camera

from kiosk.events import EndReason
from screens.look.loudness_sign import SHOWN_S
from screens.voice.voice import RATES, USUAL_RATE, VOLUMES

#: The voice is plugged in before the app is built.
pytestmark = pytest.mark.usefixtures("ears")


@pytest.mark.en301549("5.1.3.4")
def test_what_was_said_is_said_again(listener: Listener) -> None:
    reported = listener.press("down")
    assert listener.press("f3") == reported


def test_of_hints_that_come_one_after_the_other_the_last_one_is_said_again(hands: Hands, ears: Ears) -> None:
    view = before_the_camera(hands, ears)
    ears.engine.set_faults(slow=False)
    press(hands, "f3")
    asked = ears.heard()
    for number in range(1, 4):
        view.tell(f"Petunjuk nomor {number}", "info")
        hands.settle(4)
        hands.app._tick(0)
        hands.settle(4)
        assert f"Petunjuk nomor {number}" in ears.heard()
    press(hands, "f3")
    again = ears.heard()
    assert again.startswith(asked.split(". ")[0])
    assert [again.count(f"Petunjuk nomor {number}") for number in range(1, 4)] == [0, 0, 1]


@pytest.mark.en301549("5.1.3.4", "5.1.3.5")
def test_a_key_cuts_off_what_is_being_said(hands: Hands, ears: Ears) -> None:
    ears.engine.set_faults(slow=True)
    press(hands, "down")
    ears.speaker.worker.step()
    press(hands, "down")
    ears.speaker.worker.step()
    assert [line.ending for line in ears.engine.transcript] == ["CUT_OFF", None]


@pytest.mark.en301549("5.1.3.11", "5.1.3.12", "8.2.1.2")
def test_rate_and_volume_follow_their_keys_to_the_limits(hands: Hands, ears: Ears) -> None:
    press(hands, "down", *["f6"] * (len(RATES) + 1), *["f7"] * (len(VOLUMES) + 1))
    ears.lines()
    press(hands, "f3")
    line = ears.lines()[-1]
    assert (line.rate, line.volume) == (RATES[-1], VOLUMES[0])


def test_a_step_of_loudness_is_said_and_shown_and_what_was_said_is_its_sample(hands: Hands, ears: Ears) -> None:
    press(hands, "down")
    sample = ears.lines()[-1].text
    press(hands, "f8")
    said = ears.lines()
    assert [line.text for line in said] == ["Pengeras suara: tingkat 5 dari 6.", sample]
    assert {line.volume for line in said} == {VOLUMES[4]}
    sign = hands.app.stage.loudness
    assert sign.text == "Pengeras suara: tingkat 5 dari 6"
    hands.wait(SHOWN_S)
    hands.app._tick(0)
    assert not sign.shown


def test_headphones_have_a_loudness_of_their_own(hands: Hands, ears: Ears) -> None:
    press(hands, "down", "f8")
    ears.headphones.set(True)
    hands.settle(4)
    ears.lines()
    press(hands, "f7")
    assert ears.lines()[0].text == "Penyuara kuping: tingkat 2 dari 6."
    ears.headphones.set(False)
    hands.settle(4)
    press(hands, "f2")
    ears.lines()
    press(hands, "f8")
    assert ears.lines()[0].text == "Pengeras suara: tingkat 6 dari 6."


def test_the_step_of_loudness_stands_beside_its_keys(hands: Hands) -> None:
    press(hands, "down")
    hands.app.flow.open_adjust()
    hands.settle()
    hands.must_see("Pengeras suara: tingkat 4 dari 6")
    hands.tap("Lebih keras")
    hands.must_see("Pengeras suara: tingkat 5 dari 6")


def test_a_page_that_was_asked_for_says_that_it_cut_off_what_was_said(hands: Hands, ears: Ears) -> None:
    press(hands, "down")
    ears.lines()
    ears.engine.set_faults(slow=True)
    press(hands, "f3")
    ears.speaker.worker.step()
    hands.tap("Sentuh untuk mulai")
    hands.settle(4)
    ears.speaker.worker.step()
    first, second = ears.engine.transcript
    assert (first.ending, second.ending) == ("CUT_OFF", None)
    assert second.text.startswith("Berikutnya: ")


def test_a_page_that_came_by_itself_waits_until_all_is_said(hands: Hands, ears: Ears) -> None:
    press(hands, "down", "enter")
    ears.lines()
    ears.engine.set_faults(slow=True)
    press(hands, "f3")
    ears.speaker.worker.step()
    hands.app.flow.citizen.open_service("domisili")
    hands.settle(4)
    ears.speaker.worker.step()
    assert [line.ending for line in ears.engine.transcript] == [None]
    ears.engine.set_faults(slow=False)
    first, second = ears.lines()
    assert first.ending == "SPOKEN"
    assert second.text.startswith("Surat Keterangan Domisili")
    press(hands, "f3")
    assert [line.text for line in ears.lines()] == [second.text]


def test_the_warning_before_a_session_ends_waits_for_nothing(hands: Hands, ears: Ears) -> None:
    press(hands, "down", "enter")
    ears.engine.set_faults(slow=True)
    press(hands, "f3")
    hands.app.narrator._held_until = 0.0
    ears.speaker.worker.step()
    hands.wait(61)
    hands.settle(4)
    ears.speaker.worker.step()
    assert ears.engine.transcript[-2].ending == "CUT_OFF"
    assert ears.engine.transcript[-1].text.startswith("Berikutnya: Anda masih di sini?")


@pytest.mark.en301549("5.1.3.13")
def test_settings_go_back_at_the_end_of_a_session(hands: Hands) -> None:
    press(hands, "down", "enter", "f6", "f8")
    hands.kiosk.end(EndReason.CANCELLED)
    hands.settle()
    voice = hands.app.flow.voice
    assert not voice.on
    assert voice.rate == RATES[USUAL_RATE]
    assert voice._said == []


def test_the_end_of_a_session_silences_at_once(hands: Hands, ears: Ears) -> None:
    press(hands, "down", "enter")
    ears.lines()
    ears.engine.set_faults(slow=True)
    press(hands, "down")
    ears.speaker.worker.step()
    hands.kiosk.end(EndReason.CANCELLED)
    hands.settle()
    assert not ears.speaker.speaking
