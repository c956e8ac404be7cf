"""What the speaker asks of a speech program, real or simulated."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from devices.speech.recording import Recording
from devices.speech.utterance import Utterance


class Ending(StrEnum):
    """How an utterance ended."""

    SPOKEN = "SPOKEN"
    #: The program died in the middle of it, by itself.
    DIED = "DIED"
    #: The program runs, but there is nothing to be heard from.
    NO_SOUND = "NO_SOUND"
    CUT_OFF = "CUT_OFF"
    #: What was given is no sound that can be played; the program is well.
    NOT_PLAYABLE = "NOT_PLAYABLE"


class Speech(Protocol):
    """An utterance that is being said."""

    def ending(self) -> Ending | None:
        """None while it is being said; never blocks."""
        ...

    def cut_off(self) -> None:
        """Silent at once; safe from any thread, and twice."""
        ...


class Engine(Protocol):
    """Called from the speaker's thread only."""

    def open(self) -> None:
        """Make sure that it can speak; raises PassingFault or PermanentFault."""
        ...

    def start(self, utterance: Utterance) -> Speech:
        """Begin to say it; raises PassingFault when that is not possible now."""
        ...

    def play(self, recording: Recording) -> Speech:
        """Begin to play it; raises PassingFault when that is not possible now."""
        ...

    def close(self) -> None: ...
    def preflight(self) -> tuple[str, ...]:
        """What is missing, a sentence each."""
        ...
