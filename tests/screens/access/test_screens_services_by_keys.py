"""Each sample service is completed by keys alone with the voice on, in each language: no finger, no drawing.

The services are those of the test by touch; all pairs of service and language in a long run (``make soak``).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from kivy.core.window import Window
from long_runs import ways
from screens_harness import BOOT
from speech_kit import Ears, foreign_texts

from protocol.languages import LANGUAGES
from rehearsal import Rehearsal
from rehearsal.citizen import Citizen
from rehearsal.hands import Hands
from screens.access.keys import _CODES
from screens.citizen.controls.question import Question
from screens.look.widgets.keyboard import Key
from screens.navigation.appearance import Appearance

pytestmark = pytest.mark.begins_first

SERVICES = ("domisili", "kelahiran", "pindah", "kk-perubahan", "usaha", "reklame", "antrean", "pengaduan")
#: Each language in each run; each service is completed by touch in each run.
SHORT = tuple(zip(("domisili", "reklame", "usaha", "pengaduan"), LANGUAGES, strict=True))
ALL = tuple((service, language) for service in SERVICES for language in LANGUAGES)


class Keys(Hands):
    """Hands that have only a keypad: what would be touched is walked to, what would be typed is found by arrows."""

    ears: Ears

    def press(self, name: str) -> None:
        Window.dispatch("on_keyboard", _CODES[name], 0, "", [])
        Window.dispatch("on_key_up", _CODES[name], 0)
        # The voice's own thread would begin to speak now.
        self.ears.speaker.worker.step()

    def touch(self, x: float, y: float) -> None:
        raise AssertionError("there is no finger")

    def draw(self, *points: tuple[float, float]) -> None:
        raise AssertionError("there is no finger")

    @property
    def focus(self) -> Any:
        return self.app.keypad.ring.widget

    def tap_widget(self, widget: Any) -> None:
        wanted = getattr(widget, "__self__", widget)
        self.walk(lambda: self.focus is wanted, wanted)
        self.press("enter")
        self.settle(3)

    def walk(self, there: Any, wanted: object) -> None:
        for _ in range(len(self.app.keypad.ring.stops()) + 2):
            if there():
                return
            self.press("tab")
        raise AssertionError(f"no key leads to {wanted}")

    def _strike(self, key: Key) -> None:
        self.walk(lambda: isinstance(self.focus, Key), key)
        rows = list(reversed(key.parent.parent.children))
        while self.focus.parent is not key.parent:
            self.press("down" if rows.index(self.focus.parent) < rows.index(key.parent) else "up")
        while self.focus is not key:
            self.press("right")
        self.press("enter")
        self.frame()


class KeyCitizen(Citizen):
    """Cannot draw, and says so instead of signing."""

    def _sign(self, question: Question) -> None:
        self.hands.tap_widget(question._declare)


@pytest.fixture
def keys(rehearsal: Rehearsal, ears: Ears) -> Iterator[Keys]:
    made = Keys(rehearsal, BOOT, draws=False)
    made.ears = ears
    made.start()
    yield made
    made.stop()


@pytest.mark.en301549("5.1.3.1", "5.5.1")
@pytest.mark.parametrize(("service", "language"), ways(ALL, SHORT))
def test_a_service_is_completed_by_keys_with_the_voice_on(keys: Keys, ears: Ears, service: str, language: str) -> None:
    keys.dress(Appearance(language=language))
    keys.app.flow.voice.start()
    keys.settle(3)
    citizen = KeyCitizen(keys)
    citizen.start(service)
    citizen.identify()
    citizen.fill()
    assert keys.place == "REVIEW"
    citizen.send()
    assert keys.place == "SAVED"
    keys.wait(2.1)
    assert keys.kiosk.outbox.counts().waiting == 1
    lines = ears.lines()
    keys.forward()
    assert keys.kiosk.session is None
    assert lines != ()
    assert {line.language for line in lines} == {language}
    spoken = " ".join(line.text for line in lines)
    assert [text for text in foreign_texts(language) if text in spoken] == []
