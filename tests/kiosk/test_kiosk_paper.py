"""The roll: counted, kept, and its end predicted."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.events import PaperChanged
from kiosk.machine.supplies import ROLL_MM_LEAST, ROLL_MM_MOST
from tests.kiosk.kiosk_kit import Bench, bench


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


def test_paper_is_counted_and_kept(tmp_path: Path) -> None:
    first = bench(tmp_path)
    first.kiosk.supplies.roll_changed(80_000)
    first.printer.become(paper_mm=79_640)
    first.close()
    second = bench(tmp_path)
    assert second.kiosk.supplies.paper().millimetres == 79_640
    assert second.printer.known == [(80_000, 4_000, 79_640)]
    second.close()


def test_the_end_of_the_roll_is_predicted(at: Bench) -> None:
    at.kiosk.supplies.roll_changed(80_000)
    at.clock.advance(3_600 * 10)
    at.printer.become(paper_mm=40_000)
    paper = at.kiosk.supplies.paper()
    assert paper.ends_at == at.clock.now() + timedelta(hours=10)
    assert paper.slips_left == 222
    assert at.of(PaperChanged)[-1].millimetres == 40_000


def test_the_printer_gets_the_offices_limit_for_low_paper(at: Bench) -> None:
    at.kiosk.settings.store_new({"paper_low_mm": 9_000, "paper_roll_mm": 50_000})
    at.kiosk.settings.reload()
    assert at.printer.known[-1] == (50_000, 9_000, None)


@pytest.mark.parametrize("length", [ROLL_MM_LEAST - 1, ROLL_MM_MOST + 1])
def test_a_roll_of_an_impossible_length_is_refused(at: Bench, length: float) -> None:
    with pytest.raises(ValueError, match="a roll is"):
        at.kiosk.supplies.roll_changed(length)
