"""A speech program that keeps a transcript instead of making sound, with every fault that a real one has."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Final

from devices.frame import Clock, Condition, PassingFault
from devices.speech.engine import Ending
from devices.speech.recording import LARGEST_RECORDING, Recording
from devices.speech.transcript import Spoken, Transcript
from devices.speech.utterance import Utterance
from devices.speech.voices import BASE, Voices

VOICES: Final = frozenset({"id", "ms", "en-gb"})
SOUNDS: Final = (b"RIFF", b"ID3", b"\xff\xfb", b"\xff\xf3", b"OggS", b"fLaC")
"""How the files begin that can be played."""

SECONDS_A_MINUTE: Final = 60.0


class SimulatedSpeech:
    def __init__(self, line: Spoken, engine: SimulatedEngine, over_at: float) -> None:
        self._line = line
        self._engine = engine
        self._over_at = over_at

    def ending(self) -> Ending | None:
        if self._line.ending is None:
            self._line.ending = self._engine.ending_now(self._over_at)
        return self._line.ending

    def cut_off(self) -> None:
        if self._line.ending is None:
            self._line.ending = Ending.CUT_OFF


class SimulatedEngine:
    """``set_faults`` may be called from any thread while it runs. With a ``clock`` speaking takes its time, by words and
    rate; without one all is said at once."""

    def __init__(self, closest: Mapping[str, Sequence[str]] = BASE, *, clock: Clock | None = None) -> None:
        self._voices = Voices(closest, VOICES)
        self._clock = clock
        self._lock = threading.Lock()
        self.spoken = Transcript()
        self._mute = False
        self._dying = 0
        self._slow = False

    # --- what the speaker asks -------------------------------------------------------------------------------------

    def open(self) -> None:
        if self._mute:
            raise PassingFault(Condition.HARDWARE_ERROR, "there is no sound device")

    def start(self, utterance: Utterance) -> SimulatedSpeech:
        voice = self._voices.of(utterance.language) or self._voices.standing_in or utterance.language
        line = Spoken(utterance.text, utterance.language, voice, utterance.rate, utterance.volume, None)
        return self._begin(line, SECONDS_A_MINUTE * len(utterance.text.split()) / max(1, utterance.rate))

    def play(self, recording: Recording) -> SimulatedSpeech:
        playable = recording.sound.startswith(SOUNDS) and len(recording.sound) <= LARGEST_RECORDING
        ending = None if playable else Ending.NOT_PLAYABLE
        return self._begin(Spoken("", "", "", 0, recording.volume, ending, recording.sound), 0.0)

    def close(self) -> None:
        """Nothing is held."""

    def preflight(self) -> tuple[str, ...]:
        return ()

    def _begin(self, line: Spoken, seconds: float) -> SimulatedSpeech:
        over_at = self._clock.monotonic() + seconds if self._clock is not None else 0.0
        return SimulatedSpeech(self.spoken.add(line), self, over_at)

    def ending_now(self, over_at: float) -> Ending | None:
        """How an utterance ends that is over ``over_at``; None while it is being said."""
        with self._lock:
            if self._mute:
                return Ending.NO_SOUND
            if self._dying:
                self._dying -= 1
                return Ending.DIED
            if self._slow or (self._clock is not None and self._clock.monotonic() < over_at):
                return None
            return Ending.SPOKEN

    # --- what hands do ---------------------------------------------------------------------------------------------

    def set_faults(self, *, mute: bool | None = None, dies: int | None = None, slow: bool | None = None) -> None:
        """``mute``: no sound device. ``dies``: the next so many utterances end by its death. ``slow``: what is being
        said goes on until this is taken back."""
        with self._lock:
            self._mute = self._mute if mute is None else mute
            self._dying = self._dying if dies is None else dies
            self._slow = self._slow if slow is None else slow

    @property
    def mute(self) -> bool:
        return self._mute

    @property
    def transcript(self) -> tuple[Spoken, ...]:
        """What was said, oldest first."""
        return self.spoken.lines

    def forget(self) -> None:
        self.spoken.forget()
