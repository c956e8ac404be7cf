"""The voice: espeak-ng as a process, a simulated one with a transcript, and the headphone jack."""

from devices.speech.build import Voice, build_speech
from devices.speech.engine import Ending
from devices.speech.headphones import SimulatedHeadphones
from devices.speech.settings import SpeechDriver, SpeechSettings
from devices.speech.simulated import SimulatedEngine, Spoken
from devices.speech.speaker import Speaker

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
