"""The voice: espeak-ng as a process, a simulated one with a transcript, and the headphone jack."""

from devices.speech.build import Voice, build_speech
from devices.speech.engine import Ending
from devices.speech.headphones import SimulatedHeadphones
from devices.speech.settings import SpeechDriver, SpeechSettings
from devices.speech.simulated import SimulatedEngine
from devices.speech.speaker import Speaker
from devices.speech.transcript import Spoken

__all__ = [
    "Ending",
    "SimulatedEngine",
    "SimulatedHeadphones",
    "Speaker",
    "SpeechDriver",
    "SpeechSettings",
    "Spoken",
    "Voice",
    "build_speech",
]
