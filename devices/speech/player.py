"""Plays recordings through miniaudio, one process for each: a decoder that trips over a broken file takes nothing else
along, and ending the process is silence at once."""

from __future__ import annotations

import tempfile

from devices.frame import children
from devices.frame.children import Child
from devices.speech.program import ProgramSpeech, begin
from devices.speech.recording import LARGEST_RECORDING, Recording


def play(recording: Recording, command: tuple[str, ...] | None = None) -> ProgramSpeech:
    """Begin to play it. Through a file without a name, because a child that does not read must not hold up who wants
    silence; there is nothing of a citizen in a form's sounds."""
    with tempfile.TemporaryFile() as file:
        file.write(recording.sound[: LARGEST_RECORDING + 1])
        file.seek(0)
        volume = f"{recording.volume:.2f}"
        given = children.command(Child.RECORDING, volume) if command is None else (*command, volume)
        return ProgramSpeech(begin(given, file))
