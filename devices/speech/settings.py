"""Settings of the voice, and the allow-list of its drivers."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from devices.speech.espeak import PROGRAM


class SpeechDriver(StrEnum):
    ESPEAK = "espeak"
    SIMULATED = "simulated"


class SpeechSettings(BaseModel):
    """What `build_speech` needs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    driver: SpeechDriver = SpeechDriver.ESPEAK
    program: str = PROGRAM
    """Name or path of espeak-ng."""
    jack: bool = True
    """Whether to look for a headphone jack that tells when something is plugged in."""
