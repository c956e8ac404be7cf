"""The one place that makes the voice from its settings."""

from __future__ import annotations

from dataclasses import dataclass

from devices.frame import Clock
from devices.speech.espeak import EspeakEngine
from devices.speech.headphones import Headphones, SimulatedHeadphones
from devices.speech.settings import SpeechDriver, SpeechSettings
from devices.speech.simulated import SimulatedEngine
from devices.speech.speaker import Speaker


@dataclass(frozen=True)
class Voice:
    """Speaker and headphones, not yet started. ``simulated`` None: the true ones."""

    speaker: Speaker
    headphones: Headphones | SimulatedHeadphones | None
    simulated: SimulatedEngine | None = None


def build_speech(settings: SpeechSettings, *, clock: Clock | None = None) -> Voice:
    if settings.driver is SpeechDriver.SIMULATED:
        engine = SimulatedEngine()
        return Voice(Speaker(engine, clock=clock), SimulatedHeadphones(), engine)
    headphones = Headphones(clock=clock) if settings.jack else None
    return Voice(Speaker(EspeakEngine(settings.program), clock=clock), headphones)
