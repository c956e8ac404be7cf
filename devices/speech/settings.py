"""Settings of the voice, and the allow-list of its drivers."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from devices.speech.espeak import PROGRAM


class SpeechDriver(StrEnum):
    ESPEAK = "espeak"
    #: Neural voices by their files; espeak-ng for languages without one.
    PIPER = "piper"
    SIMULATED = "simulated"


class SpeechSettings(BaseModel):
    """What `build_speech` needs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    driver: SpeechDriver = SpeechDriver.ESPEAK
    program: str = PROGRAM
    """Name or path of espeak-ng."""
    voices: dict[str, Path] = {}
    """Of piper: the voice file (``.onnx``) of each language that has one."""
    python: str = ""
    """Of piper: the Python that has piper-tts; empty is the kiosk's own."""
    jack: bool = True
    """Whether to look for a headphone jack that tells when something is plugged in."""
