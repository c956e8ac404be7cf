"""A kiosk's last fortnight, by hand: paper by day and the forecast, the line's quality, sessions by hour."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from server.deps import Deps
from server.fleet.heartbeats import HISTORY_EVERY
from server.fleet.history import DAYS, Past
from server.storage import tables
from tests.server.conftest import FakeClock
from tests.server.fleet.test_server_fleet import enrolled

JAKARTA = ZoneInfo("Asia/Jakarta")
#: Noon of the fourth day.
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=JAKARTA)


def kept(deps: Deps, kiosk_id: str, beats: list[tuple[datetime, int, float | None]]) -> None:
    row: dict[str, Any] = {"boot_id": "b", "pack_version": 1, "in_service": True, "outbox_waiting": 0}
    with deps.engine.begin() as connection:
        connection.execute(
            insert(tables.heartbeats),
            [
                {**row, "kiosk_id": kiosk_id, "received_at": at, "device_time": at, "outbox_parked": 0}
                | {"sessions_today": sessions, "paper_mm": paper}
                for at, sessions, paper in beats
            ],
        )


@pytest.fixture
def past(sqlite_deps: Deps, clock: FakeClock) -> Past:
    """Three days and a half: 2 m a day by ten sessions at nine and at ten; on the second the line was away for six hours."""
    deps, clock.time = sqlite_deps, NOON
    kiosk_id, beats, paper = enrolled(deps), [], 50_000.0
    midnight = NOON.replace(hour=0) - timedelta(days=3)
    at = midnight
    while at <= NOON:
        away = at.date() == (midnight + timedelta(days=1)).date() and 6 <= at.hour < 12
        sessions = 10 * sum(at.hour >= hour for hour in (9, 10))
        if at.minute == 0 and at.hour in (9, 10):
            # On the third day somebody changed the roll in between.
            paper = 80_000.0 if at.day == 25 and at.hour == 10 else paper - 1_000
        if not away:
            beats.append((at, sessions, paper))
        at += HISTORY_EVERY
    kept(deps, kiosk_id, beats)
    return deps.history.of(kiosk_id, 10_000.0)


def test_paper_is_told_by_day_and_a_new_roll_is_no_use(past: Past) -> None:
    assert [one.paper_mm for one in past.days] == [2_000, 2_000, 1_000, 2_000]


def test_the_forecast_counts_days_that_are_over(past: Past) -> None:
    assert past.paper_a_day_mm == pytest.approx(5_000 / 3)
    assert past.empty_on == NOON.date() + timedelta(days=6)


def test_sessions_are_told_by_day_and_by_the_citys_hour(past: Past) -> None:
    assert [one.sessions for one in past.days] == [20, 20, 20, 20]
    # On the second day the line was away at both hours: those twenty are counted when it was back.
    assert (past.hours[9], past.hours[10], past.hours[12], sum(past.hours)) == (30, 30, 20, 80)


def test_the_line_is_as_good_as_the_part_of_the_day_in_which_it_was_heard(past: Past) -> None:
    heard = [one.heard for one in past.days]
    assert heard[0] == heard[2] == heard[3] == 1.0
    assert heard[1] == pytest.approx(0.75, abs=0.01)


def test_of_a_kiosk_that_was_never_heard_nothing_is_told(sqlite_deps: Deps) -> None:
    assert sqlite_deps.history.of(enrolled(sqlite_deps), 1_000.0) == Past((), (0,) * 24, None, None)


def test_one_day_foretells_nothing_and_older_days_are_left_out(sqlite_deps: Deps, clock: FakeClock) -> None:
    clock.time = NOON
    kiosk_id = enrolled(sqlite_deps)
    kept(sqlite_deps, kiosk_id, [(NOON - timedelta(days=DAYS), 9, 9_000.0), (NOON - timedelta(hours=1), 1, 8_000.0)])
    past = sqlite_deps.history.of(kiosk_id, 8_000.0)
    assert (len(past.days), past.paper_a_day_mm, past.empty_on) == (1, None, None)
