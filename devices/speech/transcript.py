"""What was said, line by line: kept of a simulated voice, and of a true one on a bench. Never in the street."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from devices.speech.engine import Ending, Engine, Speech
from devices.speech.recording import Recording
from devices.speech.utterance import Utterance

KEPT: Final = 500
"""Utterances that the transcript holds."""


@dataclass(slots=True)
class Spoken:
    """One line of the transcript; of a recording, ``sound`` is what was given, and nothing else but the volume."""

    text: str = field(repr=False)
    language: str
    voice: str
    rate: int
    volume: float
    ending: Ending | None
    sound: bytes = field(default=b"", repr=False)
    #: Counted from 1 since the start.
    number: int = 0

    @property
    def utterance(self) -> Utterance:
        """What the voice was asked for, to be heard once more."""
        return Utterance(self.text, self.language, self.rate, self.volume)


class Transcript:
    """Of any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: deque[Spoken] = deque(maxlen=KEPT)
        self._count = 0

    def add(self, line: Spoken) -> Spoken:
        with self._lock:
            self._count += 1
            line.number = self._count
            self._lines.append(line)
        return line

    @property
    def lines(self) -> tuple[Spoken, ...]:
        """What was said, oldest first; the last KEPT."""
        with self._lock:
            return tuple(self._lines)

    def line(self, number: int) -> Spoken | None:
        return next((line for line in self.lines if line.number == number), None)

    def forget(self) -> None:
        with self._lock:
            self._lines.clear()


class _TranscribedSpeech:
    def __init__(self, line: Spoken, speech: Speech) -> None:
        self._line = line
        self._speech = speech

    def ending(self) -> Ending | None:
        self._line.ending = self._speech.ending()
        return self._line.ending

    def cut_off(self) -> None:
        self._speech.cut_off()
        self._line.ending = self._line.ending or Ending.CUT_OFF


class Transcribed:
    """A true voice whose words are written down as well; ``voice_of`` tells which of its voices speaks a language."""

    def __init__(self, engine: Engine, transcript: Transcript, voice_of: Callable[[str], str]) -> None:
        self._engine = engine
        self._transcript = transcript
        self._voice_of = voice_of

    def open(self) -> None:
        self._engine.open()

    def start(self, utterance: Utterance) -> Speech:
        voice = self._voice_of(utterance.language)
        line = Spoken(utterance.text, utterance.language, voice, utterance.rate, utterance.volume, None)
        return _TranscribedSpeech(self._transcript.add(line), self._engine.start(utterance))

    def play(self, recording: Recording) -> Speech:
        line = Spoken("", "", "", 0, recording.volume, None, recording.sound)
        return _TranscribedSpeech(self._transcript.add(line), self._engine.play(recording))

    def close(self) -> None:
        self._engine.close()

    def preflight(self) -> tuple[str, ...]:
        return self._engine.preflight()
