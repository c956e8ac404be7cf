"""A fleet's days in a time of their own: the plan is the seed's, and whatever happens nothing is lost or doubled."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.fleet.plan import CURVE, Happening, Plan, What, plan
from benchmarks.fleet.run import Fleet

MINUTE = 60.0
HOUR = 60 * MINUTE
PHOTO = 60_000


def test_one_seed_is_one_plan() -> None:
    first = plan(kiosks=60, days=2, seed=7, visits=3)
    assert plan(kiosks=60, days=2, seed=7, visits=3) == first
    assert plan(kiosks=60, days=2, seed=8, visits=3).happenings != first.happenings


def test_a_plan_has_a_days_curve_every_trouble_and_an_end_of_each_cut() -> None:
    made = plan(kiosks=120, days=2, seed=1, visits=30)
    hours = Counter(int(one.at / HOUR) % 24 for one in made.happenings if one.what is What.VISIT)
    assert sum(hours.values()) == 2 * 120 * 30
    assert hours.most_common(1)[0][0] in (8, 9, 10)
    assert set(hours) == {hour for hour, weight in enumerate(CURVE) if weight}
    counts = Counter(one.what for one in made.happenings)
    assert set(counts) == set(What)
    assert counts[What.LINE_CUT] == counts[What.LINE_BACK]
    assert counts[What.SERVER_CUT] == counts[What.SERVER_BACK]
    assert 0 < len(made.slow) < 20


#: Two kiosks' hour: the second one is behind a slow line that loses connections.
TROUBLES = Plan(
    kiosks=2,
    days=1 / 24,
    seed=11,
    slow=frozenset({1}),
    happenings=(
        Happening(2 * MINUTE, What.VISIT, 0),
        Happening(5 * MINUTE, What.LINE_CUT, 0),
        Happening(6 * MINUTE, What.VISIT, 0, PHOTO),
        Happening(7 * MINUTE, What.VISIT, 1, PHOTO),
        Happening(8 * MINUTE, What.CLOCK_JUMP, 0, -400 * 24 * 60 * MINUTE),
        Happening(9 * MINUTE, What.POWER_CUT, 0),
        Happening(15 * MINUTE, What.LINE_BACK, 0),
        Happening(20 * MINUTE, What.CHANGE, 0, 1.0),
        Happening(30 * MINUTE, What.SERVER_CUT),
        Happening(31 * MINUTE, What.VISIT, 0),
        Happening(35 * MINUTE, What.SERVER_BACK),
        Happening(50 * MINUTE, What.VISIT, 1),
    ),
)


def test_an_hour_with_every_trouble_loses_and_doubles_nothing(tmp_path: Path) -> None:
    outcome = Fleet(TROUBLES, tmp_path).run()
    assert outcome.holds, outcome.table()
    assert outcome.counts["submissions"] == outcome.counts["cases"] == 5
    at_once, over_the_stop, over_the_cut = sorted(outcome.good_s)
    assert at_once < 1
    assert 4 * MINUTE <= over_the_stop < 9 * MINUTE <= over_the_cut
    quick, slow = sorted(outcome.slow_s)
    assert 1 < quick < MINUTE
    assert slow > 8 * MINUTE


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
def test_days_are_replayed_by_their_seed(tmp_path: Path, seed: int) -> None:
    planned = plan(kiosks=20, days=1, seed=seed, visits=5)
    first, again = (Fleet(planned, tmp_path / name).run() for name in ("first", "again"))
    assert first.holds and again.holds
    assert first.counts == again.counts
