"""The one place that makes the voice from its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devices.frame import Clock
from devices.speech.espeak import EspeakEngine
from devices.speech.headphones import Headphones, SimulatedHeadphones
from devices.speech.settings import SpeechDriver, SpeechSettings
from devices.speech.simulated import SimulatedEngine
from devices.speech.speaker import Speaker
from devices.speech.voices import BASE


@dataclass(frozen=True)
class Voice:
    """Speaker and headphones, not yet started. ``simulated`` None: the true ones."""

    speaker: Speaker
    headphones: Headphones | SimulatedHeadphones | None
    simulated: SimulatedEngine | None = None


def build_speech(
    settings: SpeechSettings, closest: Mapping[str, Sequence[str]] = BASE, *, clock: Clock | None = None
) -> Voice:
    """``closest``: for each language the voices that its speakers understand, from best to worst."""
    if settings.driver is SpeechDriver.SIMULATED:
        engine = SimulatedEngine(closest)
        return Voice(Speaker(engine, clock=clock), SimulatedHeadphones(), engine)
    headphones = Headphones(clock=clock) if settings.jack else None
    return Voice(Speaker(EspeakEngine(settings.program, closest), clock=clock), headphones)
