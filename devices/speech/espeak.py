"""espeak-ng as a process, one for each utterance: what has a process of its own can be silenced by ending it.

The text goes through its standard input, so that nothing of a citizen stands in the list of processes.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path
from typing import Final

from devices.frame import Condition, PassingFault, PermanentFault
from devices.speech.engine import Ending
from devices.speech.utterance import Utterance, is_sign
from devices.speech.voices import CLOSEST, choose_voice, parse_voices

PROGRAM: Final = "espeak-ng"
ANSWER_S: Final = 5.0
"""The longest that the program may take to list its voices or to say nothing."""

LOUDEST: Final = 150
"""espeak-ng's amplitude for volume 1: 100 is usual, 200 distorts."""

BIGGEST_COMPLAINT: Final = 4096
"""Bytes of what it says on its standard error that are looked at."""


class EspeakSpeech:
    """One running process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._cut_off = False
        self._ending: Ending | None = None

    def ending(self) -> Ending | None:
        if self._ending is None and self._process.poll() is not None:
            self._ending = self._look()
        return self._ending

    def cut_off(self) -> None:
        self._cut_off = True
        self._process.kill()

    def wait(self, seconds: float) -> Ending | None:
        """Until it is over; cut off when that takes longer."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.cut_off()
            self._process.wait()
        return self.ending()

    def _look(self) -> Ending:
        complaint = b""
        if self._process.stderr is not None:
            complaint = self._process.stderr.read(BIGGEST_COMPLAINT)
            self._process.stderr.close()
        if self._cut_off:
            return Ending.CUT_OFF
        if self._process.returncode != 0:
            return Ending.DIED
        # Without a sound card it says so and ends as if all were well.
        return Ending.NO_SOUND if b"error:" in complaint or b"ALSA lib" in complaint else Ending.SPOKEN


class EspeakEngine:
    """``program`` is the name or path of espeak-ng."""

    def __init__(self, program: str = PROGRAM) -> None:
        self._program = program
        self._voices: frozenset[str] = frozenset()

    def open(self) -> None:
        if not self._found():
            raise PermanentFault(Condition.CONFIGURATION_ERROR, f"{self._program} is not installed")
        self._voices = parse_voices(self._run("--voices", ""))
        if choose_voice("id", self._voices) is None:
            raise PermanentFault(Condition.CONFIGURATION_ERROR, f"{self._program} has no Indonesian voice")
        if self.start(Utterance(".", "id", 400, 0.0)).wait(ANSWER_S) is Ending.NO_SOUND:
            raise PassingFault(Condition.HARDWARE_ERROR, "there is no sound device")

    def start(self, utterance: Utterance) -> EspeakSpeech:
        voice = choose_voice(utterance.language, self._voices) or choose_voice("id", self._voices) or "id"
        command = [self._program, "-v", voice, "-s", str(utterance.rate), "-b", "1", "--stdin"]
        command += ["-a", str(round(utterance.volume * LOUDEST))]
        if is_sign(utterance.text):
            command.append("--punct")
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
        except OSError as error:
            raise PassingFault(Condition.HARDWARE_ERROR, f"{self._program} does not start: {error.strerror}") from error
        with contextlib.suppress(BrokenPipeError):  # it died at once, which its ending will tell
            if process.stdin is not None:
                process.stdin.write(utterance.text.encode())
                process.stdin.close()
        return EspeakSpeech(process)

    def close(self) -> None:
        """Nothing is held between two utterances."""

    def preflight(self) -> tuple[str, ...]:
        if not self._found():
            return (f"{self._program} is not installed: the kiosk cannot speak",)
        missing = [name for name in CLOSEST if choose_voice(name, self._voices) is None] if self._voices else []
        return tuple(f"{self._program} has no voice for {name}" for name in missing)

    def _found(self) -> bool:
        return shutil.which(self._program) is not None or Path(self._program).is_file()

    def _run(self, *arguments: str) -> str:
        command = [self._program, *(argument for argument in arguments if argument)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=ANSWER_S, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            raise PassingFault(Condition.NOT_RESPONDING, f"{self._program}: {type(error).__name__}") from error
        return done.stdout.decode(errors="replace")
