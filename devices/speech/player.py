"""Plays recordings through miniaudio, one process for each: a decoder that trips over a broken file takes nothing else
along, and ending the process is silence at once."""

from __future__ import annotations

import sys
import tempfile
from typing import Final

from devices.speech.program import ProgramSpeech, begin
from devices.speech.recording import LARGEST_RECORDING, Recording

FROZEN_ARGUMENT: Final = "--player-child"
"""With this argument a frozen kiosk's own program must call :func:`devices.speech.player_child.main`."""


def play(recording: Recording, command: tuple[str, ...] | None = None) -> ProgramSpeech:
    """Begin to play it. Through a file without a name, because a child that does not read must not hold up who wants
    silence; there is nothing of a citizen in a form's sounds."""
    with tempfile.TemporaryFile() as file:
        file.write(recording.sound[: LARGEST_RECORDING + 1])
        file.seek(0)
        return ProgramSpeech(begin((*(command or child_command()), f"{recording.volume:.2f}"), file))


def child_command() -> tuple[str, ...]:
    """How the child is started: from source as a module, frozen by the program itself with FROZEN_ARGUMENT."""
    if getattr(sys, "frozen", False):
        return (sys.executable, FROZEN_ARGUMENT)
    return (sys.executable, "-m", "devices.speech.player_child")
