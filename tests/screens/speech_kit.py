"""Ears for what the kiosk says, and a citizen who has nothing but them and a keypad."""

import threading
from dataclasses import replace

from babel.messages.pofile import read_po
from keys_kit import press
from screens_harness import ASSETS, Hands

from devices.speech import SimulatedEngine, SimulatedHeadphones, Speaker, Spoken
from rehearsal import Rehearsal
from rehearsal.gallery.control_states import show
from rehearsal.gallery.way import Way
from screens.citizen.controls.viewfinder import Viewfinder
from screens.look import layouts
from screens.look.widgets.entry import Layout

TURNS = 8


class Ears:
    """The simulated voice, plugged into a kiosk before its app is built; its turns are taken when one listens."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.engine = SimulatedEngine()
        self.speaker = Speaker(self.engine)
        self.headphones = SimulatedHeadphones()
        kiosk = rehearsal.kiosk
        kiosk.ports = replace(kiosk.ports, speaker=self.speaker, headphones=self.headphones)
        self._stop = self.headphones.on_plug(kiosk._plugged)

    def lines(self) -> tuple[Spoken, ...]:
        """What was said since the last time, and forgets it."""
        for _ in range(TURNS):
            self.speaker.worker.step()
        said = self.engine.transcript
        self.engine.forget()
        return said

    def heard(self) -> str:
        return " ".join(line.text for line in self.lines())


class Listener:
    """Somebody who hears and presses keys. Reads nothing from the screen: all that is known is ``last``."""

    def __init__(self, hands: Hands, ears: Ears) -> None:
        self._hands = hands
        self._ears = ears
        self.last = ""
        self._first = ""
        self.story: list[str] = []

    def press(self, *keys: str) -> str:
        """Presses keys one after the other; what was said at the last one."""
        for key in keys:
            press(self._hands, key)
            self.listen()
        return self.last

    def listen(self) -> str:
        lines = [line.text for line in self._ears.lines()]
        self.last, self._first = " ".join(lines), lines[0] if lines else ""
        self.story.append(self.last)
        return self.last

    def wait_for_photo(self) -> str:
        """Until the camera's thread has ended, as somebody who was told to hold still would."""
        for thread in threading.enumerate():
            if thread.name == "screens-handover":
                thread.join(10)
        self._hands.settle(4)
        return self.listen()

    def seek(self, *words: str, key: str = "down", limit: int = 80) -> str:
        """Presses a key until all words are heard in one go."""
        begun = len(self.story)
        for _ in range(limit):
            if all(word in self.last for word in words):
                return self.last
            self.press(key)
        raise AssertionError(f"{words} was never said; heard: {self.story[begun:]}")

    def choose(self, *words: str) -> str:
        """Seeks and presses OK."""
        self.seek(*words)
        return self.press("enter")

    def type(self, text: str, layout: Layout) -> None:
        """Types on the keys that are there: the focus is on a field; the keys' places are known, and each is heard."""
        self.press("enter")
        shown = [[_spoken_name(name) for name in row] for row in layouts.rows(layout)]
        for character in text:
            self._find_key(shown, _spoken_name(" " if character == " " else character))
            self.press("enter")
        self.press("tab")

    def _find_key(self, rows: list[list[str]], wanted: str) -> None:
        row, column = _where(rows, wanted)
        here = self._here(rows)
        while here[0] != row:
            self.press("down" if here[0] < row else "up")
            here = self._here(rows)
        while here[1] != column:
            self.press("right" if here[1] < column else "left")
            here = self._here(rows)

    def _here(self, rows: list[list[str]]) -> tuple[int, int]:
        """Where on the keys one is, by what was heard first at the last key."""
        key = self._first if len(self._first) == 1 else self._first.rstrip(".").rpartition(". ")[2]
        return _where(rows, key.casefold())


def _spoken_name(name: str) -> str:
    """How a key is called, in Indonesian."""
    named = {
        layouts.SPACE: "spasi",
        " ": "spasi",
        layouts.SHIFT: "huruf besar",
        layouts.BACKSPACE: "hapus satu huruf",
        layouts.CLEAR: "hapus semua",
        layouts.SYMBOLS: "tanda baca",
    }
    return named.get(name, name.casefold())


def _where(rows: list[list[str]], wanted: str) -> tuple[int, int]:
    for number, row in enumerate(rows):
        if wanted in row:
            return number, row.index(wanted)
    raise AssertionError(f"{wanted!r} is on no key of {rows}")


def foreign_texts(language: str) -> list[str]:
    """Sentences of Indonesian, or of English for an Indonesian citizen, that the language does not say so itself."""
    own = set(_texts(language))
    return [text for text in _texts("en" if language == "id" else "id") if " " in text and text not in own]


def _texts(language: str) -> list[str]:
    with (ASSETS / "translations" / language / "LC_MESSAGES" / "kiosk.po").open("rb") as file:
        catalogue = read_po(file)
    whole = [message.string for message in catalogue if message.id and isinstance(message.string, str)]
    return [text.rstrip(".") for text in whole if "{" not in text]


def before_the_camera(hands: Hands, ears: Ears) -> Viewfinder:
    """With headphones left plugged at the question for a photo, whose introduction has been said."""
    ears.headphones.set(True)
    hands.settle(4)
    show("foto")(Way(hands))
    hands.settle(4)
    ears.lines()
    ears.engine.set_faults(slow=True)
    return next(each for each in hands.widgets() if isinstance(each, Viewfinder))
