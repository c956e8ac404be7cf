"""espeak-ng as a process, one for each utterance: what has a process of its own can be silenced by ending it.

The text goes through its standard input, so that nothing of a citizen stands in the list of processes.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from devices.frame import Condition, PassingFault, PermanentFault
from devices.speech.engine import Ending
from devices.speech.player import play
from devices.speech.program import ProgramSpeech, begin
from devices.speech.pronouncing import spell_out
from devices.speech.recording import Recording
from devices.speech.utterance import Utterance, is_sign
from devices.speech.voices import BASE, Voices, parse_voices

PROGRAM: Final = "espeak-ng"
ANSWER_S: Final = 5.0
"""The longest that the program may take to list its voices or to say nothing."""

RENDER_S: Final = 30.0
"""The longest that the program may take to write what it says into a file."""

WAV_HEAD: Final = 44
"""Bytes before the first sample in what espeak-ng writes."""

INDONESIAN: Final = frozenset({"id", "ms"})
"""Voices that take the pronouncing dictionary's phonemes; one of a language's own knows its language."""

LOUDEST: Final = 150
"""espeak-ng's amplitude for volume 1: 100 is usual, 200 distorts."""


class EspeakEngine:
    """``program`` is the name or path of espeak-ng; ``closest``: for each language its voices from best to worst."""

    def __init__(self, program: str = PROGRAM, closest: Mapping[str, Sequence[str]] = BASE) -> None:
        self._program = program
        self._voices = Voices(closest)

    def open(self) -> None:
        if not self._found():
            raise PermanentFault(Condition.CONFIGURATION_ERROR, f"{self._program} is not installed")
        self._voices = self._voices.with_installed(parse_voices(self._run("--voices", "")))
        if self._voices.standing_in is None:
            raise PermanentFault(Condition.CONFIGURATION_ERROR, f"{self._program} has none of the kiosk's voices")
        if self.start(Utterance(".", "id", 400, 0.0)).wait(ANSWER_S) is Ending.NO_SOUND:
            raise PassingFault(Condition.HARDWARE_ERROR, "there is no sound device")

    def voice_of(self, language: str) -> str:
        """The voice that speaks a language here."""
        return self._voices.of(language) or self._voices.standing_in or language

    def start(self, utterance: Utterance) -> ProgramSpeech:
        voice = self.voice_of(utterance.language)
        process = begin(command(self._program, utterance, voice))
        if process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # it died at once, which its ending will tell
                process.stdin.write(said(utterance, voice).encode())
                process.stdin.close()
        return ProgramSpeech(process)

    def play(self, recording: Recording) -> ProgramSpeech:
        return play(recording)

    def close(self) -> None:
        """Nothing is held between two utterances."""

    def preflight(self) -> tuple[str, ...]:
        if not self._found():
            return (f"{self._program} is not installed: the kiosk cannot speak",)
        missing = self._voices.silent() if self._voices.installed else []
        return tuple(f"{self._program} has no voice for {name}" for name in missing)

    def _found(self) -> bool:
        return shutil.which(self._program) is not None or Path(self._program).is_file()

    def _run(self, *arguments: str) -> str:
        called = [self._program, *(argument for argument in arguments if argument)]
        try:
            done = subprocess.run(called, capture_output=True, timeout=ANSWER_S, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            raise PassingFault(Condition.NOT_RESPONDING, f"{self._program}: {type(error).__name__}") from error
        return done.stdout.decode(errors="replace")


def command(program: str, utterance: Utterance, voice: str) -> list[str]:
    """How the program is called; what it is to say comes through its standard input."""
    called = [program, "-v", voice, "-s", str(utterance.rate), "-b", "1", "--stdin"]
    called += ["-a", str(round(utterance.volume * LOUDEST))]
    return [*called, "--punct"] if is_sign(utterance.text) else called


def said(utterance: Utterance, voice: str) -> str:
    """What the program is given: the words that it would say wrong as phonemes."""
    return spell_out(utterance.text, utterance.language) if voice in INDONESIAN else utterance.text


def render(utterance: Utterance, voice: str, program: str = PROGRAM) -> bytes:
    """It as a WAV file. Raises PassingFault when the program is not there or fails."""
    called = [*command(program, utterance, voice), "--stdout"]
    try:
        done = subprocess.run(
            called, input=said(utterance, voice).encode(), capture_output=True, timeout=RENDER_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise PassingFault(Condition.NOT_RESPONDING, f"{program} does not speak: {type(error).__name__}") from error
    return _with_length(done.stdout)


def _with_length(streamed: bytes) -> bytes:
    """A WAV file of the program's, whose head says no length as long as it does not know it, with the true one."""
    length = len(streamed) - WAV_HEAD
    if length < 0:
        return streamed
    head = bytearray(streamed[:WAV_HEAD])
    head[4:8], head[40:44] = (length + WAV_HEAD - 8).to_bytes(4, "little"), length.to_bytes(4, "little")
    return bytes(head) + streamed[WAV_HEAD:]
