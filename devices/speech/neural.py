"""Neural voices by piper, for the languages that have a voice file; espeak-ng speaks the others, and all of them when a
voice file or piper is amiss: a kiosk that speaks worse is better than one that is silent.

piper is a program in a Python of its own (GPL, like espeak-ng): nothing of it is imported here or shipped with a kiosk.
"""

from __future__ import annotations

import json
import logging
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

from devices.frame import Condition, PassingFault
from devices.speech.engine import Ending, Engine, Speech
from devices.speech.player import play
from devices.speech.program import ProgramSpeech
from devices.speech.recording import Recording
from devices.speech.utterance import Utterance

logger = logging.getLogger(__name__)

CHILD: Final = Path(__file__).with_name("neural_child.py")
#: The longest that voices may take to be loaded, on a slow machine from a slow disk.
LOAD_S: Final = 60.0
#: The longest that a sentence may take to be made.
SENTENCE_S: Final = 30.0
#: Words a minute at which a voice speaks as it was trained.
TRAINED_RATE: Final = 150.0


class NeuralSpeech:
    """Sentence by sentence, each played while the next one is made."""

    def __init__(self, child: _Child, number: int) -> None:
        self._child = child
        self._number = number
        self._waits_since = time.monotonic()
        self._player: ProgramSpeech | None = None
        self._ending: Ending | None = None

    def ending(self) -> Ending | None:
        if self._ending is None:
            self._ending = self._look()
        return self._ending

    def cut_off(self) -> None:
        self._ending = self._ending or Ending.CUT_OFF
        player = self._player
        if player is not None:
            player.cut_off()

    def _look(self) -> Ending | None:
        if self._player is not None:
            ending = self._player.ending()
            if ending is not Ending.SPOKEN:
                return ending
            self._player, self._waits_since = None, time.monotonic()
        answer = self._child.answer(self._number)
        if answer is None:
            if time.monotonic() - self._waits_since > SENTENCE_S:
                self._child.end()
            return None if self._child.alive else Ending.DIED
        if isinstance(answer, Ending):
            return answer
        self._player = play(Recording(answer, 1.0))
        if self._ending is not None:
            # Whoever cut it off meanwhile found no player yet.
            self._player.cut_off()
        return None


class NeuralEngine:
    """``voices``: a voice file for each language that has one; ``python``: the interpreter that has piper-tts."""

    def __init__(self, voices: Mapping[str, Path], python: str, fallback: Engine) -> None:
        self._voices = voices
        self._python = python
        self._fallback = fallback
        self._child: _Child | None = None
        self._count = 0
        #: Why espeak-ng speaks instead; "" while piper does.
        self.problem = ""

    def open(self) -> None:
        self._fallback.open()
        self.problem = ""
        try:
            self._child = _Child([self._python, str(CHILD), *(f"{name}={path}" for name, path in self._voices.items())])
        except OSError as error:
            self.problem = f"{self._python} does not start: {error.strerror}"
        else:
            self.problem = self._child.wait_ready()
        if self.problem:
            logger.error("the neural voice cannot speak, espeak-ng does: %s", self.problem)
            self.close()

    def start(self, utterance: Utterance) -> Speech:
        if self.problem or utterance.language not in self._voices:
            return self._fallback.start(utterance)
        child = self._child
        if child is None or not child.alive:
            raise PassingFault(Condition.NOT_RESPONDING, "the neural voice's program has ended")
        self._count += 1
        child.ask(
            {
                "id": self._count,
                "text": utterance.text,
                "language": utterance.language,
                "length": TRAINED_RATE / utterance.rate,
                "volume": utterance.volume,
            }
        )
        return NeuralSpeech(child, self._count)

    def play(self, recording: Recording) -> Speech:
        return self._fallback.play(recording)

    def close(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def preflight(self) -> tuple[str, ...]:
        missing = (
            file for path in self._voices.values() for file in (path, Path(f"{path}.json")) if not file.is_file()
        )
        return (
            *self._fallback.preflight(),
            *(f"there is no voice file {file}: espeak-ng speaks instead" for file in missing),
        )


def python_of(setting: str) -> str:
    """The interpreter that runs piper: the one that is set, else this one; a frozen kiosk has none of its own."""
    return setting or ("python3" if getattr(sys, "frozen", False) else sys.executable)


class _Child:
    """The process with the voices, and a thread that listens to its answers."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._greeting: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._wanted = 0
        self._answers: queue.SimpleQueue[bytes | Ending] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="neural-voice", daemon=True).start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def wait_ready(self) -> str:
        """Until its voices are loaded; what is amiss, "" when nothing is."""
        try:
            return self._greeting.get(timeout=LOAD_S)
        except queue.Empty:
            return f"its voices were not loaded within {LOAD_S:.0f} s"

    def ask(self, request: dict[str, Any]) -> None:
        """Raises PassingFault when it has ended."""
        with self._lock:
            self._wanted, self._answers = int(request["id"]), queue.SimpleQueue()
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise PassingFault(Condition.NOT_RESPONDING, "the neural voice's program has ended") from error

    def answer(self, number: int) -> bytes | Ending | None:
        """The next sentence's sound, or how all of it ended; None while there is neither."""
        with self._lock:
            if number != self._wanted:
                return Ending.CUT_OFF
            return self._answers.get() if not self._answers.empty() else None

    def end(self) -> None:
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        answers = self._process.stdout
        assert answers is not None
        try:
            for line in iter(answers.readline, b""):
                self._take(json.loads(line), answers)
        except ValueError:
            logger.exception("the neural voice's program answers what cannot be read")
            self._process.kill()
        self._greeting.put("its program ended at once")

    def _take(self, content: dict[str, Any], answers: IO[bytes]) -> None:
        number = content.get("id")
        if number is None:
            self._greeting.put(str(content.get("error", "")))
            return
        found: bytes | Ending = Ending.SPOKEN
        if "bytes" in content:
            found = answers.read(int(content["bytes"]))
        elif "error" in content:
            logger.error("the neural voice could not say something: %s", content["error"])
            found = Ending.NOT_PLAYABLE
        with self._lock:
            if number == self._wanted:
                self._answers.put(found)
