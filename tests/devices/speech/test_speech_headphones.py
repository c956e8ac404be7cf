"""The headphone jack: plugged, pulled, gone."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from devices.frame import FakeClock
from devices.speech import SimulatedHeadphones
from devices.speech.headphones import EV_SW, SW_HEADPHONE_INSERT, Headphones, switches


@dataclass
class Event:
    type: int
    code: int
    value: int


class PipeJack:
    """An input device over a true pipe: each byte is one change of the switch."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        self.broken = False
        self.closed = False

    def fileno(self) -> int:
        return self._reading

    def read(self) -> Iterator[Event]:
        if self.broken:
            raise OSError(19, "No such device")
        for value in os.read(self._reading, 16):
            yield Event(EV_SW, SW_HEADPHONE_INSERT, value)

    def close(self) -> None:
        self.closed = True
        os.close(self._reading)
        os.close(self._writing)

    def switch(self, plugged: bool) -> None:
        os.write(self._writing, bytes([plugged]))


def follow(jack: PipeJack | None, *, plugged: bool = False) -> tuple[Headphones, list[bool]]:
    reported: list[bool] = []
    headphones = Headphones(clock=FakeClock(), find=lambda: jack, closed=lambda _jack: plugged)
    headphones.on_plug(reported.append)
    return headphones, reported


def test_plugging_and_pulling_are_reported() -> None:
    jack = PipeJack()
    headphones, reported = follow(jack)
    jack.switch(True)
    headphones.worker.step()
    jack.switch(False)
    headphones.worker.step()
    headphones.stop()
    assert reported == [True, False]


def test_headphones_that_were_there_before_the_start_are_noticed() -> None:
    headphones, reported = follow(PipeJack(), plugged=True)
    headphones.setup()
    assert headphones.plugged
    assert reported == [True]
    headphones.teardown()


def test_a_jack_that_is_lost_counts_as_pulled() -> None:
    jack = PipeJack()
    headphones, reported = follow(jack, plugged=True)
    jack.switch(True)
    jack.broken = True
    headphones.worker.step()
    assert not headphones.plugged
    assert reported == [True, False]
    assert jack.closed


def test_without_a_jack_nothing_is_plugged_and_it_is_looked_for_again() -> None:
    headphones, reported = follow(None)
    assert headphones.worker.step() > 0
    assert not headphones.plugged
    assert reported == []


def test_other_switches_are_not_ours() -> None:
    assert list(switches([Event(EV_SW, 4, 1), Event(1, 2, 1), Event(EV_SW, 2, 1)])) == [True]


def test_the_simulated_plug_tells_only_changes() -> None:
    plug, reported = SimulatedHeadphones(), []
    stop = plug.on_plug(reported.append)
    plug.set(True)
    plug.set(True)
    stop()
    plug.set(False)
    assert reported == [True]
