"""A kiosk's outbox whose requests are lost, doubled, late or out of order on their way to a real server."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from kiosk.ports import Failpoint
from kiosk.session.outcomes import Saved
from kiosk.store.outbox import Envelope
from runtime.workers import SystemClock
from sync.backoff import tries
from sync.client import Client
from sync.enrolment import Enrolment
from sync.monitor import Monitor
from sync.up.outbox import OutboxDuty
from tests.sync.line_kit import OnLine, kiosk_on_line


class Fate(StrEnum):
    ARRIVES = "ARRIVES"
    LOST = "LOST"
    #: It arrives; nobody hears of it.
    ANSWER_LOST = "ANSWER_LOST"
    #: The network delivers it twice.
    DOUBLED = "DOUBLED"
    #: The kiosk gives up; it arrives some time later, after others.
    LATE = "LATE"


class PowerCut(BaseException):
    """The kiosk stops at a named place, as without power: what is not committed is gone."""


class Weather(HTTPAdapter):
    def __init__(self) -> None:
        super().__init__(max_retries=0)
        #: Of the next requests, in order; after that all arrive.
        self.fates: list[Fate] = []
        self.late: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        fate = self.fates.pop(0) if self.fates else Fate.ARRIVES
        if fate is Fate.LOST:
            raise requests.exceptions.ConnectTimeout("lost")
        if fate is Fate.LATE:
            self.late.append(request.copy())
            raise requests.exceptions.ReadTimeout("late")
        if fate is Fate.DOUBLED:
            super().send(request.copy(), *arguments, **options).close()
        answer = super().send(request, *arguments, **options)
        if fate is Fate.ANSWER_LOST:
            answer.close()
            raise requests.exceptions.ReadTimeout("the answer was lost")
        return answer

    def arrive(self, index: int) -> None:
        """One of those that are late, whichever."""
        if self.late:
            super().send(self.late.pop(index % len(self.late))).close()


class JumpingClock(SystemClock):
    def __init__(self) -> None:
        self.off = timedelta(0)
        self.ahead_s = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + self.off

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead_s


@dataclass
class StormyKiosk:
    """Driven turn by turn. ``promised``: codes that a citizen was told are saved."""

    folder: Path
    enrolment: Enrolment
    weather: Weather = field(default_factory=Weather)
    clock: JumpingClock = field(default_factory=JumpingClock)
    dies_at: str = ""
    promised: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        failpoint: Failpoint = self._reached
        self.on_line: OnLine = kiosk_on_line(self.folder, self.enrolment, failpoint=failpoint, clock=self.clock)
        kiosk = self.on_line.at.kiosk
        client = Client(self.enrolment, kiosk.clock, read_timeout=10.0)
        client._http.mount("http://", self.weather)
        self.monitor = Monitor(kiosk.clock, kiosk.bus)
        chance = random.Random(1)
        self.duty = OutboxDuty(kiosk, client, self.monitor, lambda: False, tries(chance=chance.random))

    def stop(self) -> None:
        self.duty.teardown()
        self.on_line.at.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    def send(self, photo: bytes | None) -> None:
        def send() -> None:
            saved = self.on_line.send(photo)
            assert isinstance(saved, Saved)
            self.promised.append(saved.code)

        self._survive(send)

    def turn(self) -> None:
        self._survive(lambda: self.duty.turn())

    def pass_time(self, seconds: float) -> None:
        self.clock.ahead_s += seconds

    def envelopes(self) -> list[Envelope]:
        last = self.on_line.at.store.marks.get("kiosk_seq", 0)
        found = (self.on_line.at.store.outbox.get(seq) for seq in range(1, last + 1))
        return [one for one in found if one is not None]

    def _survive(self, step: Callable[[], object]) -> None:
        try:
            step()
        except PowerCut:
            self.dies_at = ""
            self.restart()

    def _reached(self, name: str) -> None:
        if name == self.dies_at:
            raise PowerCut(name)
