"""What would be lost with a kiosk that nobody hears stands in its alarm."""

from datetime import datetime

import pytest
from sqlalchemy import select

from server.deps import Deps
from server.fleet.at_stake import AtStake
from server.storage import tables
from tests.server.conftest import FakeClock
from tests.server.fleet.test_server_alarms import fall_silent
from tests.server.fleet.test_server_fleet import beat, enrolled

OLDEST = "2026-11-20T03:04:05+00:00"


@pytest.mark.parametrize(
    ("outbox", "items", "oldest"),
    [
        ({"waiting": 7, "parked": 2, "oldest_at": OLDEST}, 9, datetime.fromisoformat(OLDEST)),
        ({"waiting": 0, "parked": 0}, 0, None),
    ],
)
def test_the_alarm_of_a_silent_kiosk_names_what_would_be_lost_with_it(
    sqlite_deps: Deps, clock: FakeClock, outbox: dict[str, object], items: int, oldest: datetime | None
) -> None:
    kiosk_id = enrolled(sqlite_deps)
    beat(sqlite_deps, kiosk_id, outbox=outbox)
    heard = clock.now().replace(microsecond=0)
    fall_silent(sqlite_deps, clock)
    sqlite_deps.alarms.check_all()
    alarm = tables.alarms.c
    with sqlite_deps.engine.connect() as connection:
        detail = connection.execute(select(tables.alarms.c.detail).where(alarm.kind == "SILENT")).scalar_one()
    assert AtStake.read(detail) == AtStake(heard, items, oldest)


def test_one_that_was_never_heard_or_was_raised_before_says_nothing_of_it() -> None:
    assert AtStake.read("") is AtStake.read("2026-11-20T03:04:05+00:00") is None
