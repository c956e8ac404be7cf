"""Whatever the line, the clocks and the power do, in whatever order: each submission is there once, and none is lost."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import count as numbers
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from kiosk.store.outbox import OutboxState
from server.foundation.failpoints import Failpoints
from server.storage import tables
from sync.up.envelopes import SET_ASIDE_S
from tests.kiosk.kiosk_kit import PHOTO
from tests.server.running import NO_QUOTAS, RunningServer
from tests.soaking import SOAK
from tests.sync.guarantees.weather import Fate, StormyKiosk
from tests.sync.line_kit import city_server, enrolled

#: Places where the kiosk may lose its power, and where the server may fail.
KIOSK_POINTS = (
    "send.before_commit",
    "send.after_commit",
    "outbox.before_post",
    "outbox.after_post",
    "outbox.before_acknowledge",
    "outbox.after_acknowledge",
    "attachment.after_patch",
    "attachment.before_acknowledge",
)
SERVER_POINTS = ("submissions.opened", "submissions.written", "submissions.committed", "attachment.synced")
YEARS = 3_650
_NUMBERS = numbers()


class ServerFails(RuntimeError):
    """Somewhere in the middle."""


class Line(RuleBasedStateMachine):
    server: RunningServer
    failpoints: Failpoints

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="ekios-machine-")
        enrolment = enrolled(self.server, f"Kios {next(_NUMBERS)}")
        self.kiosk = StormyKiosk(Path(self._folder.name), enrolment)

    @rule(photo=st.booleans())
    def send(self, photo: bool) -> None:
        self.kiosk.send(PHOTO if photo else None)

    @rule(fates=st.lists(st.sampled_from(Fate), max_size=4))
    def turn(self, fates: list[Fate]) -> None:
        self.kiosk.weather.fates[:] = fates
        self.kiosk.turn()

    @rule(index=st.integers(0, 9))
    def late_ones_arrive(self, index: int) -> None:
        self.kiosk.weather.arrive(index)

    @rule(point=st.sampled_from(KIOSK_POINTS))
    def power_cut_at(self, point: str) -> None:
        self.kiosk.dies_at = point

    @rule()
    def power_cut_now(self) -> None:
        self.kiosk.restart()

    @rule(point=st.sampled_from(SERVER_POINTS))
    def server_fails_at(self, point: str) -> None:
        def fail() -> None:
            del self.failpoints.actions[point]
            raise ServerFails

        self.failpoints.actions[point] = fail

    @rule(days=st.sampled_from((-YEARS, -1, 0, 1, YEARS)))
    def clock_jumps(self, days: int) -> None:
        self.kiosk.clock.off = timedelta(days=days)

    @rule(seconds=st.sampled_from((10.0, SET_ASIDE_S + 1)))
    def time_passes(self, seconds: float) -> None:
        self.kiosk.pass_time(seconds)

    @invariant()
    def each_is_there_once_and_acknowledged_only_when_it_is_whole(self) -> None:
        rows = self._rows()
        assert len({row.id for row in rows}) == len(rows)
        whole = {row.id for row in rows if row.complete}
        here = self.kiosk.envelopes()
        assert {one.id for one in here if one.state is OutboxState.ACKNOWLEDGED} <= whole
        assert {row.id for row in rows} <= {one.id for one in here}
        assert {one.tracking_code for one in here} >= set(self.kiosk.promised)
        assert all(one.state is not OutboxState.PARKED for one in here)

    def teardown(self) -> None:
        try:
            self._heal()
            here, rows = self.kiosk.envelopes(), self._rows()
            assert all(one.state is OutboxState.ACKNOWLEDGED for one in here)
            assert [row.id for row in rows] == [one.id for one in here]
            assert all(row.complete for row in rows)
            assert self._cases() == len(rows)
        finally:
            self.kiosk.stop()
            self._folder.cleanup()

    def _heal(self) -> None:
        self.kiosk.dies_at = ""
        self.kiosk.weather.fates.clear()
        self.failpoints.actions.clear()
        while self.kiosk.weather.late:
            self.kiosk.weather.arrive(0)
        for _ in range(6):
            self.kiosk.pass_time(SET_ASIDE_S + 1)
            self.kiosk.turn()

    def _rows(self) -> list[Any]:
        sent = tables.submissions.c
        with self.server.deps.engine.connect() as connection:
            query = select(tables.submissions).where(sent.kiosk_id == self.kiosk.enrolment.kiosk_id)
            return list(connection.execute(query.order_by(sent.kiosk_seq)).all())

    def _cases(self) -> int:
        codes = [one.tracking_code for one in self.kiosk.envelopes()]
        case = tables.cases.c.tracking_code
        with self.server.deps.engine.connect() as connection:
            return len(connection.scalars(select(case).where(case.in_(codes))).all())


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, Failpoints]]:
    failpoints = Failpoints()
    with city_server(tmp_path_factory.mktemp("city"), failpoints=failpoints, quotas=NO_QUOTAS) as server:
        yield server, failpoints


@pytest.mark.longer_in_soak
def test_g2_whatever_happens_on_the_way_each_submission_is_there_once(city: tuple[RunningServer, Failpoints]) -> None:
    class Here(Line):
        server, failpoints = city

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=500 if SOAK else 4,
            stateful_step_count=30 if SOAK else 12,
            deadline=None,
            # Shrinking takes minutes; a short run shows what failed as it was found.
            phases=tuple(Phase) if SOAK else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
