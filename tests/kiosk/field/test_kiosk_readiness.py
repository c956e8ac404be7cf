"""The readiness report: everything is tested, and what was found is signed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from kiosk.field import touch_test
from kiosk.field.readiness import CLOCK_GOOD, TOUCH_FRESH, NoSigner, Readiness
from kiosk.field.touch_test import TouchVerdict, Zone
from kiosk.machine.line_state import LineCondition, LineState
from protocol.field import readiness
from protocol.field.readiness import CheckOutcome, ReportRefused
from rehearsal.storage import FaultyStorage
from tests.kiosk.kiosk_kit import Bench, bench

KEY = SigningKey(b"\x03" * 32)


class HeardLine:
    """A line over which the server was heard."""

    def __init__(self, at: Bench) -> None:
        self._at = at

    def state(self) -> LineState:
        now = self._at.clock.now()
        return LineState(LineCondition.ONLINE, now, last_contact=now)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path, sign=lambda content: KEY.sign(content).signature)
    made.kiosk.connect(HeardLine(made))  # type: ignore[arg-type]
    touch_test.keep(made.store, TouchVerdict(made.clock.now(), 170, ()))
    yield made
    made.close()


def found(at: Bench) -> dict[str, CheckOutcome]:
    return {check.name: check.outcome for check in Readiness(at.kiosk, answer_s=0.1).make("budi").report.checks}


def test_a_kiosk_where_all_was_tested_and_is_good_is_ready(at: Bench) -> None:
    made = Readiness(at.kiosk).make("budi")
    assert [check.name for check in made.report.checks] == [
        *("printer", "scanner", "camera"),
        *("touch", "clock", "storage", "line", "pack"),
    ]
    assert made.report.ready
    assert readiness.verified(made.body, made.signature, bytes(KEY.verify_key)) == made.report


def test_a_changed_byte_is_seen(at: Bench) -> None:
    made = Readiness(at.kiosk).make("budi")
    changed = made.body.replace(b'"budi"', b'"rudi"', 1)
    with pytest.raises(ReportRefused):
        readiness.verified(changed, made.signature, bytes(KEY.verify_key))


def dead_touch(at: Bench) -> None:
    touch_test.keep(at.store, TouchVerdict(at.clock.now(), 170, ((Zone.LEFT, 2),)))


def old_touch(at: Bench) -> None:
    at.clock.advance(TOUCH_FRESH.total_seconds() + 1)


def clock_off(at: Bench) -> None:
    at.kiosk.clock.learn(at.clock.now() + 2 * CLOCK_GOOD)


def no_line(at: Bench) -> None:
    at.kiosk.connect(None)  # type: ignore[arg-type]


def broken_camera(at: Bench) -> None:
    at.camera.become("UNAVAILABLE", "DISCONNECTED")


def silent_printer(at: Bench) -> None:
    at.printer.outcome = None


def full_disk(at: Bench) -> None:
    at.disk.bytes_free = 1


@pytest.mark.parametrize(
    ("fault", "name", "outcome"),
    [
        (dead_touch, "touch", CheckOutcome.BAD),
        (old_touch, "touch", CheckOutcome.UNTESTED),
        (clock_off, "clock", CheckOutcome.BAD),
        (no_line, "clock", CheckOutcome.UNTESTED),
        (no_line, "line", CheckOutcome.BAD),
        (broken_camera, "camera", CheckOutcome.BAD),
        (silent_printer, "printer", CheckOutcome.BAD),
        (full_disk, "storage", CheckOutcome.BAD),
    ],
)
def test_each_fault_is_found_and_makes_it_not_ready(
    at: Bench, fault: Callable[[Bench], None], name: str, outcome: CheckOutcome
) -> None:
    fault(at)
    assert found(at)[name] is outcome
    assert not Readiness(at.kiosk, answer_s=0.1).make("budi").report.ready


def test_a_storage_that_fails_is_found_and_stops_no_report(at: Bench) -> None:
    storage = FaultyStorage(at.store)
    storage.fail_writing()
    try:
        assert found(at)["storage"] is CheckOutcome.BAD
    finally:
        storage.work()


def test_a_kiosk_without_a_key_signs_nothing(tmp_path: Path) -> None:
    made = bench(tmp_path)
    with pytest.raises(NoSigner):
        Readiness(made.kiosk).make("budi")
    made.close()
