"""The voice on the bench: what was said, to be read and heard once more, a plug of headphones, and a card that is mute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devices.speech import SimulatedEngine, SimulatedHeadphones
from devices.speech.espeak import PROGRAM, render
from devices.speech.transcript import Transcript

#: Lines that the page is given at once.
LINES: Final = 40


@dataclass(frozen=True)
class VoiceBench:
    """``headphones`` and ``engine`` None: the true ones, which only hands work."""

    transcript: Transcript
    headphones: SimulatedHeadphones | None = None
    engine: SimulatedEngine | None = None
    #: espeak-ng, which says a line once more for the browser.
    program: str = PROGRAM

    def state(self) -> dict[str, object]:
        return {
            "headphones": self.headphones.plugged if self.headphones is not None else None,
            "mute": self.engine.mute if self.engine is not None else None,
            "lines": [
                {
                    "number": line.number,
                    "text": line.text,
                    "recording": bool(line.sound),
                    "language": line.language,
                    "rate": line.rate,
                    "volume": line.volume,
                    "ending": line.ending.value if line.ending is not None else "",
                }
                for line in self.transcript.lines[-LINES:]
            ],
        }

    def sound(self, number: int) -> bytes:
        """A line as a sound file. Raises KeyError for one that is not kept, PassingFault when espeak-ng cannot say it."""
        line = self.transcript.line(number)
        if line is None:
            raise KeyError(number)
        return line.sound or render(line.utterance, line.voice, self.program)

    def plug_headphones(self, plugged: bool) -> None:
        if self.headphones is not None:
            self.headphones.set(plugged)

    def mute(self, on: bool) -> None:
        """Take the sound card away, or give it back."""
        if self.engine is not None:
            self.engine.set_faults(mute=on)
