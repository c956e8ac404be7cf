"""The touch test: what a finger was on, and where no touch came through."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.field.touch_test import TARGET_MM, TouchTest, Zone, keep, kept
from kiosk.store import Store

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


def wiped(test: TouchTest, *, but: tuple[float, float, float, float] = (2, 2, 2, 2)) -> TouchTest:
    """Row by row over the whole panel, without the box from ``but``'s left and bottom to its right and top."""
    left, bottom, right, top = but
    for row in range(test.rows):
        test.up()
        for column in range(test.columns):
            x, y = (column + 0.5) / test.columns, (row + 0.5) / test.rows
            if left <= x <= right and bottom <= y <= top:
                test.up()
            else:
                test.move(x, y)
    return test


def test_targets_are_a_fingertips_size_on_any_panel() -> None:
    for width, height in ((298.0, 530.0), (530.0, 298.0), (1_200.0, 680.0)):
        test = TouchTest(width, height)
        assert 0.7 * TARGET_MM < width / test.columns < 1.4 * TARGET_MM
        assert 0.7 * TARGET_MM < height / test.rows < 1.4 * TARGET_MM


def test_a_panel_that_was_wiped_whole_is_good() -> None:
    verdict = wiped(TouchTest(298, 530)).verdict(NOW)
    assert verdict.good
    assert verdict.missed == 0


@pytest.mark.parametrize(
    ("dead", "zone"),
    [
        ((0.0, 0.7, 0.3, 1.0), Zone.TOP_LEFT),
        ((0.4, 0.4, 0.6, 0.6), Zone.MIDDLE),
        ((0.7, 0.0, 1.0, 0.3), Zone.BOTTOM_RIGHT),
        ((0.7, 0.4, 1.0, 0.6), Zone.RIGHT),
    ],
)
def test_a_dead_zone_is_found_and_named(dead: tuple[float, float, float, float], zone: Zone) -> None:
    verdict = wiped(TouchTest(298, 530), but=dead).verdict(NOW)
    assert [name for name, _ in verdict.dead] == [zone]
    assert verdict.missed > 1


def test_a_finger_that_is_reported_seldom_leaves_no_gap() -> None:
    test = TouchTest(298, 530)
    test.down(0.01, 0.5)
    test.move(0.99, 0.5)
    row = test.rows // 2
    assert all(test.was_touched((column, row)) for column in range(test.columns))


def test_between_two_fingers_nothing_was_touched() -> None:
    test = TouchTest(298, 530)
    test.down(0.01, 0.5)
    test.up()
    test.move(0.99, 0.5)
    assert test.cells - test.left == 2


def test_touches_at_the_edge_and_beyond_count_for_the_edge() -> None:
    test = TouchTest(298, 530)
    assert test.down(1.0, 1.0) == {(test.columns - 1, test.rows - 1)}
    assert test.down(-0.1, 0.0) == {(0, 0)}


def test_the_verdict_is_kept_over_a_restart(tmp_path: Path) -> None:
    store = Store.open(tmp_path, NOW)
    assert kept(store) is None
    verdict = wiped(TouchTest(298, 530), but=(0.0, 0.0, 0.3, 1.0)).verdict(NOW)
    keep(store, verdict)
    store.close()
    again = Store.open(tmp_path, NOW)
    assert kept(again) == verdict
    again.close()
