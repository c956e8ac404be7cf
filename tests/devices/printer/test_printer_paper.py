"""The roll is counted down, and the sensors are believed more than the count."""

from __future__ import annotations

import pytest

from devices.printer.slips.paper import NEAR_END_MM, Roll


def test_a_roll_is_counted_down() -> None:
    roll = Roll(1_000.0)
    roll.used(120.0)
    assert roll.left_mm == 880.0


def test_it_never_goes_below_nothing() -> None:
    roll = Roll(100.0)
    roll.used(120.0)
    assert roll.left_mm == 0.0


@pytest.mark.parametrize(("left", "low"), [(3_000.0, False), (2_999.9, True)])
def test_low_begins_below_its_limit(left: float, low: bool) -> None:
    roll = Roll()
    roll.known(full_mm=80_000.0, low_mm=3_000.0, left_mm=left)
    assert roll.is_low is low


def test_the_near_end_sensor_lowers_a_count_that_is_too_high() -> None:
    roll = Roll(80_000.0)
    roll.sensed(near_end=True, empty=False)
    assert roll.left_mm == NEAR_END_MM


def test_the_near_end_sensor_never_raises_the_count() -> None:
    roll = Roll(700.0)
    roll.sensed(near_end=True, empty=False)
    assert roll.left_mm == 700.0


def test_the_end_is_the_end() -> None:
    roll = Roll(80_000.0)
    roll.sensed(near_end=True, empty=True)
    assert roll.left_mm == 0.0


def test_paper_that_is_back_without_a_word_is_a_full_roll() -> None:
    roll = Roll()
    roll.known(full_mm=80_000.0, low_mm=4_000.0, left_mm=100.0)
    roll.sensed(near_end=True, empty=True)
    roll.sensed(near_end=False, empty=False)
    assert roll.left_mm == 80_000.0


def test_a_roll_that_was_announced_is_counted_from_its_own_length() -> None:
    roll = Roll(80_000.0)
    roll.sensed(near_end=True, empty=True)
    roll.changed(30_000.0)
    roll.sensed(near_end=False, empty=False)
    assert roll.left_mm == 30_000.0


@pytest.mark.parametrize("length", [0.0, -1.0, float("nan")])
def test_a_roll_of_no_length_is_refused(length: float) -> None:
    with pytest.raises(ValueError, match="longer than nothing"):
        Roll().changed(length)
