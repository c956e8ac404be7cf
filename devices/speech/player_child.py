"""The process that plays one recording: a sound file on its standard input, the volume as its last argument.

Ends with 0 when it was played or there is nothing to be heard from (said on its standard error), NOT_PLAYABLE when it
is no sound.
"""

from __future__ import annotations

import resource
import sys
import threading
from collections.abc import Generator
from typing import Final

import miniaudio
import numpy as np
from numpy.typing import NDArray

from devices.speech.program import NOT_PLAYABLE
from devices.speech.recording import LARGEST_RECORDING

BACKENDS: Final = (miniaudio.Backend.PULSEAUDIO, miniaudio.Backend.ALSA, miniaudio.Backend.JACK)
"""Named, because miniaudio's own list ends with one that plays into nothing and tells nobody."""

MEMORY_BYTES: Final = 1_500_000_000
"""Addresses that this process may use: a small file can decode to days of silence."""

RATE: Final = 44_100
CHANNELS: Final = 2


def main(arguments: list[str]) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sound = sys.stdin.buffer.read(LARGEST_RECORDING + 1)
    if len(sound) > LARGEST_RECORDING:
        return NOT_PLAYABLE
    try:
        decoded = miniaudio.decode(sound, miniaudio.SampleFormat.SIGNED16, CHANNELS, RATE)
        samples = np.frombuffer(decoded.samples, np.int16).astype(np.float32) * float(arguments[-1])
    except (miniaudio.DecodeError, MemoryError):
        return NOT_PLAYABLE
    try:
        _play(samples.astype(np.int16).reshape(-1, CHANNELS))
    except miniaudio.MiniaudioError as error:
        print(f"error: {error}", file=sys.stderr)
    return 0


def _play(frames: NDArray[np.int16]) -> None:
    over = threading.Event()
    stream = _stream(frames, over)
    next(stream)
    device = miniaudio.PlaybackDevice(
        miniaudio.SampleFormat.SIGNED16, CHANNELS, RATE, backends=list(BACKENDS), app_name="ekios"
    )
    with device:
        device.start(stream)
        over.wait()


def _stream(frames: NDArray[np.int16], over: threading.Event) -> Generator[bytes, int, None]:
    """What miniaudio asks for, frame by frame; a last silent piece lets the card play out what it holds."""
    wanted = yield b""
    at = 0
    while at < len(frames):
        piece = frames[at : at + wanted]
        at += wanted
        wanted = yield piece.tobytes()
    yield bytes(wanted * CHANNELS * 2)
    over.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
