"""A speech program that keeps a transcript instead of making sound, with every fault that a real one has."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from devices.frame import Condition, PassingFault
from devices.speech.engine import Ending
from devices.speech.recording import LARGEST_RECORDING, Recording
from devices.speech.utterance import Utterance
from devices.speech.voices import BASE, Voices

VOICES: Final = frozenset({"id", "ms", "en-gb"})
SOUNDS: Final = (b"RIFF", b"ID3", b"\xff\xfb", b"\xff\xf3", b"OggS", b"fLaC")
"""How the files begin that can be played."""

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


class SimulatedSpeech:
    def __init__(self, line: Spoken, engine: SimulatedEngine) -> None:
        self._line = line
        self._engine = engine

    def ending(self) -> Ending | None:
        if self._line.ending is None:
            self._line.ending = self._engine.ending_now()
        return self._line.ending

    def cut_off(self) -> None:
        if self._line.ending is None:
            self._line.ending = Ending.CUT_OFF


class SimulatedEngine:
    """``set_faults`` may be called from any thread while it runs."""

    def __init__(self, closest: Mapping[str, Sequence[str]] = BASE) -> None:
        self._voices = Voices(closest, VOICES)
        self._lock = threading.Lock()
        self._lines: deque[Spoken] = deque(maxlen=KEPT)
        self._mute = False
        self._dying = 0
        self._slow = False

    # --- what the speaker asks -------------------------------------------------------------------------------------

    def open(self) -> None:
        if self._mute:
            raise PassingFault(Condition.HARDWARE_ERROR, "there is no sound device")

    def start(self, utterance: Utterance) -> SimulatedSpeech:
        voice = self._voices.of(utterance.language) or self._voices.standing_in or utterance.language
        return self._begin(Spoken(utterance.text, utterance.language, voice, utterance.rate, utterance.volume, None))

    def play(self, recording: Recording) -> SimulatedSpeech:
        playable = recording.sound.startswith(SOUNDS) and len(recording.sound) <= LARGEST_RECORDING
        ending = None if playable else Ending.NOT_PLAYABLE
        return self._begin(Spoken("", "", "", 0, recording.volume, ending, recording.sound))

    def close(self) -> None:
        """Nothing is held."""

    def preflight(self) -> tuple[str, ...]:
        return ()

    def _begin(self, line: Spoken) -> SimulatedSpeech:
        with self._lock:
            self._lines.append(line)
        return SimulatedSpeech(line, self)

    def ending_now(self) -> Ending | None:
        with self._lock:
            if self._mute:
                return Ending.NO_SOUND
            if self._dying:
                self._dying -= 1
                return Ending.DIED
            return None if self._slow else Ending.SPOKEN

    # --- what hands do ---------------------------------------------------------------------------------------------

    def set_faults(self, *, mute: bool | None = None, dies: int | None = None, slow: bool | None = None) -> None:
        """``mute``: no sound device. ``dies``: the next so many utterances end by its death. ``slow``: what is being
        said goes on until this is taken back."""
        with self._lock:
            self._mute = self._mute if mute is None else mute
            self._dying = self._dying if dies is None else dies
            self._slow = self._slow if slow is None else slow

    @property
    def transcript(self) -> tuple[Spoken, ...]:
        """What was said, oldest first; the last KEPT."""
        with self._lock:
            return tuple(self._lines)

    def forget(self) -> None:
        with self._lock:
            self._lines.clear()
