"""The roll's end, foretold from this kiosk's own days, and how often that is right."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from kiosk.machine.paper_curve import DAYS, DAYS_LEAST, HORIZON, PaperCurve
from kiosk.store.paper_use import Hour
from tests.kiosk.kiosk_kit import Bench, bench

ZONE = ZoneInfo("Asia/Jakarta")
#: A Monday.
TODAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 7, tzinfo=ZONE)
SLIP_MM = 180.0
#: Slips an hour of a working day; on Saturday a third, on Sunday none.
WORKDAY = {8: 4.0, 9: 7.0, 10: 6.0, 11: 4.0, 13: 5.0, 14: 3.0, 15: 1.0}


def slips(random: Random, mean: float) -> int:
    """Poisson."""
    count, waited = 0, random.expovariate(1.0)
    while waited < mean:
        count, waited = count + 1, waited + random.expovariate(1.0)
    return count


def day_of(random: Random, day: date) -> dict[Hour, float]:
    busy = {5: 1 / 3, 6: 0.0}.get(day.weekday(), 1.0) * random.uniform(0.7, 1.3)
    return {(day, hour): slips(random, mean * busy) * SLIP_MM for hour, mean in WORKDAY.items()}


def past(random: Random, days: int) -> dict[Hour, float]:
    use: dict[Hour, float] = {}
    for n in range(1, days + 1):
        use |= day_of(random, TODAY - timedelta(days=n))
    return {hour: mm for hour, mm in use.items() if mm}


def really_empty(random: Random, left_mm: float) -> datetime:
    day = TODAY
    while True:
        for (_, hour), mm in sorted(day_of(random, day).items()):
            left_mm -= mm
            if left_mm <= 0:
                return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE) + timedelta(hours=1)
        day += timedelta(days=1)


def test_four_times_of_five_it_is_not_empty_before_the_early_end_and_the_likely_one_is_the_middle() -> None:
    later, sooner, runs = 0, 0, 60
    for seed in range(runs):
        random = Random(seed)
        end = PaperCurve(past(random, DAYS), TODAY, ZONE).end_of(50_000, MORNING)
        assert end is not None
        assert end.early is not None
        assert end.likely is not None
        empty = really_empty(random, 50_000)
        later += empty >= end.early
        sooner += empty <= end.likely
    # As far as so few runs can tell: two deviations to each side. Of 400 runs it is 80 and 48 of a hundred.
    assert 0.69 <= later / runs <= 0.91
    assert 0.37 <= sooner / runs <= 0.63


def test_a_weekend_on_which_nobody_comes_is_known() -> None:
    """On Friday afternoon the roll that lasts a day more lasts until Monday."""
    friday = datetime(2026, 11, 27, 16, tzinfo=ZONE)
    use = {
        (friday.date() - timedelta(days=n), 10): 5_000.0
        for n in range(1, DAYS + 1)
        if (friday.date() - timedelta(days=n)).weekday() < 5
    }
    end = PaperCurve(use, friday.date(), ZONE).end_of(4_000, friday)
    assert end is not None
    assert end.likely == datetime(2026, 11, 30, 11, tzinfo=ZONE)
    assert end.early == end.likely


def test_days_that_differ_bring_the_early_end_further_forward() -> None:
    days = [TODAY - timedelta(days=n) for n in range(1, DAYS + 1)]
    even = PaperCurve({(day, 10): 2_000.0 for day in days}, TODAY, ZONE).end_of(20_500, MORNING)
    uneven = PaperCurve({(day, 10): 4_000.0 * (day.day % 2) for day in days}, TODAY, ZONE).end_of(20_500, MORNING)
    assert even is not None
    assert uneven is not None
    assert even.early == even.likely
    assert uneven.early is not None
    assert uneven.likely is not None
    assert uneven.likely - uneven.early >= timedelta(days=1)


@pytest.mark.parametrize(("days", "known"), [(DAYS_LEAST - 1, False), (DAYS_LEAST, True)])
def test_of_few_days_nothing_is_foretold(days: int, known: bool) -> None:
    use = {(TODAY - timedelta(days=n), 9): 900.0 for n in range(1, days + 1)}
    assert (PaperCurve(use, TODAY, ZONE).end_of(10_000, MORNING) is not None) is known


def test_a_kiosk_that_nobody_uses_has_no_end_in_sight() -> None:
    use = {(TODAY - timedelta(days=n), 9): 1.0 for n in range(1, DAYS)}
    end = PaperCurve(use, TODAY, ZONE).end_of(1_000 * HORIZON.days, MORNING)
    assert end is not None
    assert end.likely is None
    assert PaperCurve({}, TODAY, ZONE).end_of(1_000, MORNING) is None


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


def test_what_the_counter_loses_is_kept_by_the_citys_hour(at: Bench) -> None:
    at.clock.time_of_day = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
    at.kiosk.supplies.roll_changed(80_000)
    at.printer.become(paper_mm=79_820)
    at.printer.become(paper_mm=79_640)
    at.clock.advance(3_600)
    at.printer.become(paper_mm=79_460)
    # The sensor of the roll's end corrects the counter.
    at.printer.become(paper_mm=4_000)
    assert at.store.paper_use.all() == {(date(2026, 11, 25), 0): 360.0, (date(2026, 11, 25), 1): 180.0}


def test_after_some_days_the_roll_has_an_early_and_a_likely_end(at: Bench) -> None:
    at.kiosk.supplies.roll_changed(80_000)
    left = 80_000.0
    for day in range(6):
        for _ in range(2 + 5 * (day % 2)):
            left -= 1_000
            at.printer.become(paper_mm=left)
        at.clock.advance(86_400)
    paper = at.kiosk.supplies.paper()
    assert paper.ends_at is not None
    assert paper.ends_early_at is not None
    assert at.clock.now() + timedelta(days=8) < paper.ends_early_at < paper.ends_at


def test_use_that_is_older_than_the_curve_is_forgotten(at: Bench) -> None:
    at.kiosk.supplies.roll_changed(80_000)
    at.printer.become(paper_mm=79_000)
    at.clock.advance(86_400 * (DAYS + 1))
    at.printer.become(paper_mm=78_000)
    assert len(at.store.paper_use.all()) == 1
