"""The city's figures: counted once for many who ask, and anew for whoever bears no older ones."""

from datetime import timedelta

from server.deps import Deps
from server.open_city.overview import RECENT
from tests.server.conftest import FakeClock

WALL = timedelta(seconds=5)


def test_figures_are_counted_anew_once_they_are_older_than_the_asker_bears(sqlite_deps: Deps, clock: FakeClock) -> None:
    overview = sqlite_deps.overview
    first = overview.recent(WALL)
    assert overview.recent(WALL) is first
    clock.time += WALL
    assert overview.recent() is first
    second = overview.recent(WALL)
    assert second is not first and overview.recent() is second
    clock.time += RECENT
    assert overview.recent() is not second
