"""The supervised worker: faults, pauses, heartbeat, a clean stop."""

from __future__ import annotations

import logging
import threading

import pytest

from devices.frame import (
    Availability,
    Backoff,
    Condition,
    FakeClock,
    PassingFault,
    PermanentFault,
    StateBoard,
    Worker,
)
from devices.frame.reporting import Reporting
from runtime.workers.worker import LONGEST_IDLE, STALE_AFTER


class ScriptedDuty:
    """A duty that does what its script says, one entry a turn."""

    def __init__(self, board: StateBoard, *script: Exception | float) -> None:
        self.board = board
        self.script = list(script)
        self.calls: list[str] = []
        self.turned = threading.Event()

    def setup(self) -> None:
        self.calls.append("setup")

    def turn(self) -> float:
        self.calls.append("turn")
        self.turned.set()
        act = self.script.pop(0) if self.script else 1.0
        if isinstance(act, Exception):
            raise act
        self.board.publish(Availability.READY)
        return act

    def teardown(self) -> None:
        self.calls.append("teardown")


def _worker(*script: Exception | float) -> tuple[Worker, ScriptedDuty, StateBoard, FakeClock]:
    clock = FakeClock()
    board = StateBoard("printer", clock)
    duty = ScriptedDuty(board, *script)
    return Worker(duty, Reporting(board), clock=clock, chance=lambda: 0.0), duty, board, clock


def test_a_good_turn_says_when_the_next_is_due() -> None:
    worker, duty, board, _ = _worker(2.5)
    assert worker.step() == 2.5
    assert duty.calls == ["setup", "turn"]
    assert board.state().availability is Availability.READY


def test_a_passing_fault_tears_down_and_is_tried_again_after_growing_pauses() -> None:
    lost = PassingFault(Condition.DISCONNECTED, "unplugged")
    worker, duty, board, _ = _worker(lost, lost, lost)
    assert [worker.step() for _ in range(3)] == [0.5, 1.0, 2.0]
    assert duty.calls == ["setup", "turn", "teardown"] * 3
    assert board.state().conditions == {Condition.DISCONNECTED}


def test_the_pause_never_grows_beyond_its_limit() -> None:
    backoff = Backoff(first=0.5, longest=30.0, jitter=0.0)
    assert backoff.pause(7, 0.0) == 30.0
    assert backoff.pause(6, 0.0) == 16.0
    assert backoff.pause(10_000, 0.0) == 30.0


def test_jitter_only_shortens_a_pause() -> None:
    assert Backoff(first=10.0, longest=30.0, jitter=0.2).pause(1, 1.0) == pytest.approx(8.0)


def test_success_forgets_earlier_failures() -> None:
    lost = PassingFault(Condition.NOT_REACHABLE)
    worker, _, _, _ = _worker(lost, lost, 1.0, lost)
    assert [worker.step() for _ in range(4)] == [0.5, 1.0, 1.0, 0.5]


def test_a_permanent_fault_waits_for_a_restart() -> None:
    worker, duty, board, _ = _worker(PermanentFault(Condition.CONFIGURATION_ERROR, "no such driver"))
    assert worker.step() == LONGEST_IDLE
    assert worker.step() == LONGEST_IDLE
    assert duty.calls == ["setup", "turn", "teardown"]
    assert board.state().detail == "no such driver"
    worker.restart()
    assert worker.step() == 1.0


def test_a_bug_is_logged_and_the_device_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    worker, _, board, _ = _worker(KeyError("x"))
    assert worker.step() == 0.5
    assert board.state().detail == "KeyError"
    assert "a bug in its work" in caplog.text


def test_a_worker_without_a_heartbeat_is_stale_and_its_device_not_responding() -> None:
    clock = FakeClock()
    board = StateBoard("printer", clock)
    entered, leave = threading.Event(), threading.Event()

    class Hanging(ScriptedDuty):
        def turn(self) -> float:
            entered.set()
            leave.wait(30)
            return 0.0

    worker = Worker(Hanging(board), Reporting(board), clock=clock)
    board.watch(lambda: worker.stale)
    worker.start()
    try:
        assert entered.wait(10)
        clock.advance(STALE_AFTER)
        assert not worker.stale
        assert board.state().availability is Availability.UNKNOWN
        clock.advance(0.1)
        assert worker.stale
        noticed = clock.now()
        state = board.state()
        clock.advance(60)
        assert (state.availability, state.conditions) == (Availability.UNAVAILABLE, {Condition.NOT_RESPONDING})
        assert board.state().since == noticed
        worker.beat()
        assert not worker.stale
        assert board.state().availability is Availability.UNKNOWN
    finally:
        leave.set()
        assert worker.stop()


def test_stop_ends_the_thread_and_tears_down() -> None:
    clock = FakeClock()
    board = StateBoard("printer", clock)
    duty = ScriptedDuty(board, *[LONGEST_IDLE] * 3)
    worker = Worker(duty, Reporting(board))
    worker.start()
    assert duty.turned.wait(10)
    assert worker.stop()
    assert duty.calls[-1] == "teardown"
    assert not worker.running
    assert board.state().availability is Availability.UNKNOWN


def test_wake_ends_a_pause() -> None:
    clock = FakeClock()
    board = StateBoard("printer", clock)
    duty = ScriptedDuty(board, *[LONGEST_IDLE] * 3)
    worker = Worker(duty, Reporting(board))
    worker.start()
    try:
        assert duty.turned.wait(10)
        duty.turned.clear()
        worker.wake()
        assert duty.turned.wait(10)
    finally:
        worker.stop()


def test_lost_and_back_are_logged_once_each(caplog: pytest.LogCaptureFixture) -> None:
    lost = PassingFault(Condition.NOT_REACHABLE)
    worker, _, _, _ = _worker(lost, lost, lost, 1.0, 1.0)
    with caplog.at_level(logging.INFO, logger="devices.frame.states"):
        for _ in range(5):
            worker.step()
    assert [r.message.split(":")[0] for r in caplog.records] == ["printer lost", "printer back"]
