"""The one place that makes the voice from its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devices.frame import Clock
from devices.speech.engine import Engine
from devices.speech.espeak import EspeakEngine
from devices.speech.headphones import Headphones, SimulatedHeadphones
from devices.speech.settings import SpeechDriver, SpeechSettings
from devices.speech.simulated import SimulatedEngine
from devices.speech.speaker import Speaker
from devices.speech.transcript import Transcribed, Transcript
from devices.speech.voices import BASE


@dataclass(frozen=True)
class Voice:
    """Speaker and headphones, not yet started. ``simulated`` None: the true ones. ``transcript`` None: none is kept."""

    speaker: Speaker
    headphones: Headphones | SimulatedHeadphones | None
    simulated: SimulatedEngine | None = None
    transcript: Transcript | None = None


def build_speech(
    settings: SpeechSettings,
    closest: Mapping[str, Sequence[str]] = BASE,
    *,
    clock: Clock | None = None,
    transcribed: bool = False,
) -> Voice:
    """``closest``: for each language the voices that its speakers understand, from best to worst. ``transcribed``: what a
    true voice says is written down, which a kiosk in the street must never do. With a ``clock`` a simulated voice takes
    its time."""
    if settings.driver is SpeechDriver.SIMULATED:
        engine = SimulatedEngine(closest, clock=clock)
        return Voice(Speaker(engine, clock=clock), SimulatedHeadphones(), engine, engine.spoken)
    headphones = Headphones(clock=clock) if settings.jack else None
    espeak = EspeakEngine(settings.program, closest)
    true: Engine = espeak if settings.driver is SpeechDriver.ESPEAK else _neural(settings, espeak)
    if not transcribed:
        return Voice(Speaker(true, clock=clock), headphones)
    transcript = Transcript()
    return Voice(
        Speaker(Transcribed(true, transcript, espeak.voice_of), clock=clock), headphones, transcript=transcript
    )


def _neural(settings: SpeechSettings, espeak: EspeakEngine) -> Engine:
    # Loaded only where it was chosen.
    from devices.speech.neural import NeuralEngine, python_of

    return NeuralEngine(settings.voices, python_of(settings.python), espeak)
