"""The farewell speaks to the citizen in the language and look of the session; the next one finds the kiosk's own."""

import gc
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flows_kit import send
from screens_harness import Hands

from kiosk.events import EndReason
from protocol.languages import LANGUAGES
from screens.look.colours import Contrast
from screens.look.tokens import TextSize
from screens.navigation.appearance import Appearance
from screens.navigation.rest import THANKS_S

OWN = Appearance()
#: What the citizen chose; the language is another one in each test.
CHOSEN = replace(OWN, contrast=Contrast.HIGH_DARK, text_size=TextSize.LARGE)


@pytest.fixture
def kiosk(citizens: Hands) -> Iterator[Hands]:
    citizens.dress(OWN)
    yield citizens


def choose(hands: Hands, language: str) -> Appearance:
    """Somebody changed language, contrast and size in the middle of the session."""
    flow = hands.app.flow
    flow.preferences.set_language(language)
    flow.preferences.set_contrast(CHOSEN.contrast)
    flow.preferences.set_text_size(CHOSEN.text_size)
    hands.settle()
    return replace(CHOSEN, language=language)


def printed(hands: Hands) -> None:
    """Something was sent, and its slip lies in the tray."""
    send(hands)
    hands.wait(2.1)


def done(hands: Hands, language: str) -> Appearance:
    """A session that ended well, as far as the farewell; how it looked."""
    printed(hands)
    chosen = choose(hands, language)
    hands.forward()
    assert hands.place == "THANKS"
    return chosen


def dismiss(hands: Hands) -> None:
    hands.tap(hands.text("thanks.dismiss"))


def wait(hands: Hands) -> None:
    hands.wait(THANKS_S)


@pytest.mark.parametrize("go", [dismiss, wait])
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_in_the_citizens_language_and_look(kiosk: Hands, language: str, go: Callable[[Hands], None]) -> None:
    chosen = done(kiosk, language)
    texts = kiosk.rehearsal.catalogues.texts(language)
    kiosk.must_see(texts("thanks.title"), texts("thanks.text.slip"), texts("thanks.wiped"), texts("thanks.dismiss"))
    assert kiosk.app.flow.appearance == chosen
    go(kiosk)
    assert kiosk.place == "HOME"
    assert kiosk.app.flow.appearance == OWN


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_begins_meanwhile_finds_the_kiosks_own(kiosk: Hands, language: str) -> None:
    done(kiosk, language)
    kiosk.app.flow.citizen.start()
    kiosk.settle()
    assert kiosk.place == "SERVICES"
    assert kiosk.app.flow.appearance == OWN
    assert kiosk.kiosk.session is not None
    assert kiosk.kiosk.session.language == OWN.language
    kiosk.go_home()
    assert kiosk.place == "HOME"


@pytest.mark.parametrize("reason", [each for each in EndReason if each is not EndReason.DONE])
def test_a_session_that_ends_otherwise_leaves_no_look(kiosk: Hands, reason: EndReason) -> None:
    kiosk.tap(kiosk.text("home.start"))
    choose(kiosk, "mad")
    kiosk.kiosk.end(reason)
    kiosk.settle()
    assert kiosk.place == "HOME"
    assert kiosk.app.flow.appearance == OWN


def test_nothing_else_of_the_session_is_left(kiosk: Hands) -> None:
    printed(kiosk)
    choose(kiosk, "jv")
    flow, page = kiosk.app.flow, weakref.ref(kiosk.page)
    kiosk.tap(kiosk.text("rate.score.3"), exactly=True)
    flow.preferences.change_rate(1)
    flow.open_help()
    kiosk.settle()
    flow.citizen.finish()
    kiosk.settle()
    gc.collect()
    assert kiosk.place == "THANKS"
    assert flow.session is None
    assert (flow.citizen.case, flow.drafts.resumed, flow.rating.score, flow.over) == (None, None, 0, "NOTHING")
    assert flow.voice.rate == 150
    assert page() is None


def test_a_session_without_a_wish_ends_in_the_kiosks_look(kiosk: Hands) -> None:
    printed(kiosk)
    kiosk.forward()
    assert kiosk.app.flow.appearance == OWN
    kiosk.must_see(kiosk.text("thanks.title"))
