"""Something that is heard from a process of its own: what has a process can be silenced by ending it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import IO, Final

from devices.frame import Condition, PassingFault
from devices.speech.engine import Ending

BIGGEST_COMPLAINT: Final = 4096
"""Bytes of what it says on its standard error that are looked at."""

NOT_PLAYABLE: Final = 3
"""The exit code of a program that cannot make sound of what it was given."""


class ProgramSpeech:
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
        if self._process.returncode == NOT_PLAYABLE:
            return Ending.NOT_PLAYABLE
        if self._process.returncode != 0:
            return Ending.DIED
        # Without a sound card espeak-ng says so and ends as if all were well.
        return Ending.NO_SOUND if b"error:" in complaint or b"ALSA lib" in complaint else Ending.SPOKEN


def begin(command: Sequence[str], given: IO[bytes] | int = subprocess.PIPE) -> subprocess.Popen[bytes]:
    """Starts ``command`` with ``given`` as its standard input, so that nothing of a citizen stands in the list of
    processes; raises PassingFault when it does not start."""
    try:
        return subprocess.Popen(command, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError as error:
        raise PassingFault(Condition.HARDWARE_ERROR, f"{command[0]} does not start: {error.strerror}") from error
