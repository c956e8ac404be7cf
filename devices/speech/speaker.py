"""The speaker as the kiosk sees it: say, play, hush; one voice at a time, restarted when its program dies."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from devices.frame import (
    Availability,
    Clock,
    Component,
    Condition,
    Device,
    PassingFault,
    SystemClock,
)
from devices.speech.engine import Ending, Engine, Speech
from devices.speech.recording import Recording
from devices.speech.utterance import Utterance, utterance

COMPONENT: Final = "speaker"
LOOK_S: Final = 0.05
"""Seconds between two looks whether an utterance is over."""

IDLE_S: Final = 10.0
"""Seconds between two turns while nothing is to be said; ``say`` ends them."""

TRIES: Final = 2
"""How often an utterance is begun when the program dies in the middle of it."""

WAITING: Final = 20
"""Utterances that may wait for their turn; older ones are dropped."""

TEST_TEXT: Final = "Tes suara. Satu, dua, tiga."

Done = Callable[[bool, str], None]


@dataclass(slots=True)
class _Job:
    saying: Utterance | Recording
    done: Done | None = None
    tries: int = 0

    @property
    def something(self) -> bool:
        """Whether there is anything to be heard."""
        return bool(self.saying.text if isinstance(self.saying, Utterance) else self.saying.sound)


class Speaker(Device):
    """Runs a speech program in a thread of its own. Every method may be called from any thread and none blocks."""

    def __init__(self, engine: Engine, *, clock: Clock | None = None) -> None:
        self._engine = engine
        self._clock = clock or SystemClock()
        super().__init__(Component(COMPONENT, self, clock=self._clock))
        self._lock = threading.Lock()
        self._waiting: deque[_Job] = deque(maxlen=WAITING)
        self._job: _Job | None = None
        self._speech: Speech | None = None

    # --- as every device -------------------------------------------------------------------------------------------

    def stop(self) -> None:
        self.hush()
        super().stop()

    def preflight(self) -> tuple[str, ...]:
        return self._engine.preflight()

    def self_test(self, done: Done) -> None:
        """Say a sentence; ``done`` comes when it was said, from the speaker's thread."""
        self._put(_Job(utterance(TEST_TEXT, "id", 150, 0.8), done), after=False)

    # --- speaking --------------------------------------------------------------------------------------------------

    def say(self, text: str, *, language: str, rate: int, volume: float, after: bool = False) -> None:
        """Say it now, cutting off what is being said, or ``after`` all that waits."""
        self._put(_Job(utterance(text, language, rate, volume)), after=after)

    def play(self, sound: bytes, *, volume: float, after: bool = False) -> None:
        """Play a recorded sound (WAV, MP3, Ogg Vorbis or FLAC) now, or ``after`` all that waits."""
        self._put(_Job(Recording(sound, min(max(volume, 0.0), 1.0))), after=after)

    def hush(self) -> None:
        """Silent at once; nothing that waits is said either."""
        self._cut_off()

    @property
    def speaking(self) -> bool:
        with self._lock:
            return self._job is not None or bool(self._waiting)

    # --- the duty --------------------------------------------------------------------------------------------------

    def setup(self) -> None:
        self._engine.open()

    def turn(self) -> float:
        self.board.publish(Availability.READY)
        job, speech = self._current()
        if job is None:
            return IDLE_S
        if speech is None:
            speech = self._begin(job)
        ending = speech.ending()
        if ending is None:
            return LOOK_S
        return self._ended(job, ending)

    def teardown(self) -> None:
        self._cut_off()
        self._engine.close()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _put(self, job: _Job, *, after: bool) -> None:
        if not after:
            self._cut_off()
        if job.something:
            with self._lock:
                self._waiting.append(job)
        self.worker.wake()

    def _current(self) -> tuple[_Job | None, Speech | None]:
        with self._lock:
            if self._job is None and self._waiting:
                self._job = self._waiting.popleft()
            return self._job, self._speech

    def _begin(self, job: _Job) -> Speech:
        """Starts the program without holding the lock, so that nobody who wants to speak waits for it."""
        job.tries += 1
        saying = job.saying
        speech = self._engine.start(saying) if isinstance(saying, Utterance) else self._engine.play(saying)
        with self._lock:
            wanted = self._job is job
            if wanted:
                self._speech = speech
        if not wanted:
            speech.cut_off()
        return speech

    def _ended(self, job: _Job, ending: Ending) -> float:
        again = ending is Ending.DIED and job.tries < TRIES
        with self._lock:
            if self._job is job:
                self._speech = None
                self._job = job if again else None
        if again:
            return 0.0
        if job.done is not None and ending is not Ending.CUT_OFF:
            job.done(ending is Ending.SPOKEN, ending.value)
        if ending is Ending.NO_SOUND:
            raise PassingFault(Condition.HARDWARE_ERROR, "there is no sound device")
        if ending is Ending.DIED:
            raise PassingFault(Condition.NOT_RESPONDING, "the speech program dies")
        return 0.0

    def _cut_off(self) -> None:
        with self._lock:
            dropped = [*self._waiting] if self._job is None else [self._job, *self._waiting]
            self._waiting.clear()
            speech, self._job, self._speech = self._speech, None, None
        if speech is not None:
            speech.cut_off()
        for job in dropped:
            if job.done is not None:
                job.done(False, Ending.CUT_OFF.value)
