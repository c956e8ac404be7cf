"""A bug in a screen ends what was going on and never the kiosk: a fresh page, or a message as long as none can be made."""

from dataclasses import replace

import pytest
from keys_kit import press
from kivy.uix.widget import Widget
from screens_harness import Hands
from speech_kit import Ears

from protocol.languages import LANGUAGES
from rehearsal import Rehearsal
from rehearsal.citizen import Citizen
from rehearsal.kiosk import BADGE, PIN
from screens.navigation.flow import Flow
from screens.navigation.places import Name, Over
from screens.shell import pages
from screens.shell.app import FAULT_MESSAGE_SPOKEN_S, RETRY_S

FRAMES = 5


@pytest.fixture
def ears(rehearsal: Rehearsal) -> Ears:
    return Ears(rehearsal)


class Broken:
    """A page that cannot be made. ``tries``: how often it was tried."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: Name) -> None:
        self.tries = 0
        self._row, self._name, self._patch = pages.PAGES[name], name, monkeypatch
        monkeypatch.setitem(pages.PAGES, name, replace(self._row, screen=self._fail, about=None))

    def mend(self) -> None:
        self._patch.setitem(pages.PAGES, self._name, self._row)

    def _fail(self, _flow: Flow) -> Widget:
        self.tries += 1
        raise ZeroDivisionError


def fault_message(hands: Hands) -> tuple[str, ...]:
    """What stands on the screen when no page can be made."""
    return tuple(hands.app.options.catalogues.texts(language)("nothing.title") for language in LANGUAGES)


def later(hands: Hands, seconds: float = RETRY_S) -> None:
    """The message was there for as long as it is."""
    hands.rehearsal.clock.advance(seconds)
    hands.app._tick(0)
    hands.settle(FRAMES)


def at_the_overview(hands: Hands) -> None:
    Citizen(hands).hold_badge()
    hands.kiosk.staff.sign_in(BADGE, PIN)
    hands.app.flow.staff.open(Name.STAFF)
    hands.settle()


def test_a_room_of_the_staff_that_fails_is_left(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_overview(hands)
    broken = Broken(monkeypatch, Name.STAFF_PAPER)
    hands.app.flow.staff.open(Name.STAFF_PAPER)
    hands.settle(FRAMES)
    assert broken.tries == 1
    assert hands.place == "HOME"
    hands.must_see("Sentuh untuk mulai")
    assert hands.kiosk.staff.on_duty is None
    assert hands.app.flow.staff.badge == ""


def test_a_page_of_a_session_that_fails_ends_the_session(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Broken(monkeypatch, Name.SERVICES)
    hands.app.flow.citizen.start()
    hands.settle(FRAMES)
    assert broken.tries == 1
    assert hands.kiosk.session is None
    hands.must_see("Sentuh untuk mulai")


def test_a_page_beside_a_session_that_fails_ends_the_session(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Broken(monkeypatch, Name.ANSWER)
    hands.app.flow.citizen.start()
    hands.app.flow.citizen.open_answer()
    hands.settle(FRAMES)
    assert (broken.tries, hands.place) == (1, "HOME")


def test_what_lies_over_the_home_screen_and_fails_goes(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_flow: Flow) -> Widget:
        raise ZeroDivisionError

    monkeypatch.setitem(pages.LAYERS, Over.HELP, pages.Route(fail))
    hands.app.flow.open_help()
    hands.settle(FRAMES)
    assert hands.app.failsafe.count == 1
    assert hands.app.flow.over is Over.NOTHING
    hands.must_see("Sentuh untuk mulai")


def test_the_fresh_page_is_made_in_a_later_frame(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Broken(monkeypatch, Name.HOME)
    hands.stage.clear()
    hands.app.flow.close_over()
    hands.frame()
    assert broken.tries == 1
    hands.frame()
    assert broken.tries == 2


def test_a_fault_that_comes_again_is_shown_in_every_language(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Broken(monkeypatch, Name.HOME)
    hands.stage.clear()
    hands.app.flow.close_over()
    hands.settle(FRAMES)
    assert broken.tries == 2
    hands.must_see(*fault_message(hands))
    hands.app.flow.preferences.set_language("en")
    hands.touch(*hands.stage.center)
    hands.app.keypad.pressed(13, [])
    hands.turn(960, 540)
    hands.turn(540, 960)
    hands.settle(FRAMES)
    assert broken.tries == 2
    hands.must_see(*fault_message(hands))


@pytest.mark.parametrize("listening", [True, False])
def test_who_was_listening_hears_the_fault_message_once_in_every_language(
    ears: Ears, hands: Hands, monkeypatch: pytest.MonkeyPatch, listening: bool
) -> None:
    if listening:
        press(hands, "down")
    ears.lines()
    broken = Broken(monkeypatch, Name.HOME)
    hands.stage.clear()
    hands.app.flow.close_over()
    hands.settle(FRAMES)
    said = tuple(zip(fault_message(hands), LANGUAGES, strict=True)) if listening else ()
    assert tuple((line.text.rstrip("."), line.language) for line in ears.lines()) == said
    later(hands)
    assert broken.tries == 3
    assert ears.lines() == ()


@pytest.mark.parametrize(("waits", "tried"), [(RETRY_S, False), (RETRY_S + FAULT_MESSAGE_SPOKEN_S, True)])
def test_a_fault_message_is_said_to_its_end_unless_that_does_not_come(
    ears: Ears, hands: Hands, monkeypatch: pytest.MonkeyPatch, waits: float, tried: bool
) -> None:
    press(hands, "down")
    ears.lines()
    broken = Broken(monkeypatch, Name.HOME)
    hands.stage.clear()
    hands.app.flow.close_over()
    ears.engine.set_faults(slow=True)
    hands.settle(FRAMES)
    ears.speaker.worker.step()
    later(hands, waits)
    assert (broken.tries > 2) == tried


def test_a_fault_message_that_cannot_be_said_is_shown(
    ears: Ears, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_lines: object) -> None:
        raise ZeroDivisionError

    press(hands, "down")
    monkeypatch.setattr(hands.app.flow.voice, "tell", fail)
    Broken(monkeypatch, Name.HOME)
    hands.stage.clear()
    hands.app.flow.close_over()
    hands.settle(FRAMES)
    hands.must_see(*fault_message(hands))


def test_the_fault_message_is_tried_to_be_left_now_and_then(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Broken(monkeypatch, Name.HOME)
    hands.stage.clear()
    hands.app.flow.close_over()
    hands.settle(FRAMES)
    for tries in (3, 4):
        later(hands)
        assert broken.tries == tries
        hands.must_see(*fault_message(hands))
    broken.mend()
    later(hands)
    hands.must_see("Sentuh untuk mulai")
    assert hands.unseen(*fault_message(hands)) != []
    assert hands.stage.fault_message is None


def test_another_fault_after_a_while_is_a_first_one(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        broken = Broken(monkeypatch, Name.SERVICES)
        hands.app.flow.citizen.start()
        hands.settle(FRAMES)
        broken.mend()
        hands.must_see("Sentuh untuk mulai")
        hands.wait(60)


def test_a_badge_is_read_at_the_fault_message(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    Broken(monkeypatch, Name.HOME)
    hands.stage.clear()
    hands.app.flow.close_over()
    hands.settle(FRAMES)
    Citizen(hands).hold_badge()
    later(hands)
    assert hands.place == "STAFF_PIN"
    assert hands.unseen(*fault_message(hands)) != []


def test_a_session_that_cannot_even_be_ended_leads_to_a_page(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    Broken(monkeypatch, Name.SERVICES)
    monkeypatch.setattr(hands.app.flow.voice, "wipe", fail)
    hands.app.flow.citizen.start()
    hands.settle(FRAMES)
    monkeypatch.undo()
    later(hands)
    assert hands.kiosk.session is None
    hands.must_see("Sentuh untuk mulai")
