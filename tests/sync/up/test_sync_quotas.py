"""A kiosk whose quota at the server is used up: everything stays with it, and what is not about it goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from kiosk.store.reports import ReportKind
from server.deps import Deps
from server.fleet.alarms import AlarmKind
from server.fleet.quotas import Allowance, QuotaSettings
from server.storage import tables
from server.storage.citizen_tables import ratings
from tests.server.running import RunningServer
from tests.sync.line_kit import OnLine, city_server, count, enrolled, kiosk_on_line, stored, until

ONE_A_DAY = Allowance(burst=1, an_hour=1 / 24)


@contextmanager
def on_line(tmp_path: Path, **quotas: Allowance) -> Iterator[tuple[OnLine, RunningServer]]:
    with city_server(tmp_path / "server", quotas=QuotaSettings(**quotas)) as server:
        made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
        try:
            yield made, server
        finally:
            made.stop()


def over_quota(server: RunningServer, made: OnLine) -> bool:
    view = server.deps.presence.kiosk(made.enrolment.kiosk_id)
    return view is not None and AlarmKind.OVER_QUOTA in {alarm.kind for alarm in view.alarms}


def heard(deps: Deps) -> object:
    with deps.engine.connect() as connection:
        return connection.execute(select(tables.kiosks.c.last_heartbeat_at)).scalar_one()


def test_submissions_over_the_quota_wait_at_the_kiosk_and_are_not_parked(tmp_path: Path) -> None:
    with on_line(tmp_path, submissions=ONE_A_DAY) as (made, server):
        for _ in range(3):
            made.send(photo=None)
        made.line.start()
        until(lambda: over_quota(server, made))
        until(lambda: made.at.store.outbox.counts().waiting == 2)
        assert (made.at.store.outbox.counts().parked, len(stored(server.deps))) == (0, 1)
        alive = heard(server.deps)
        until(lambda: heard(server.deps) != alive, "heartbeats go on")


def test_one_citizen_over_the_quota_holds_nobody_up(tmp_path: Path) -> None:
    with on_line(tmp_path, nik=ONE_A_DAY) as (made, server):
        first, second = made.send(photo=None), made.send(photo=None)
        made.line.start()
        until(lambda: over_quota(server, made))
        until(lambda: made.at.store.outbox.counts().waiting == 1)
        assert made.at.store.outbox.counts().parked == 0
        assert made.line.state().online
        assert {row.tracking_code for row in stored(server.deps)} < {first.code, second.code}


def test_what_waited_goes_when_the_quota_is_there_again(tmp_path: Path) -> None:
    with on_line(tmp_path, submissions=Allowance(burst=1, an_hour=36_000)) as (made, server):
        codes = [made.send(photo=None).code for _ in range(3)]
        made.line.start()

        def all_there() -> bool:
            made.line.retry_now()
            return made.all_acknowledged()

        until(all_there)
        assert sorted(row.tracking_code for row in stored(server.deps)) == sorted(codes)


def test_ratings_over_the_quota_wait_without_holding_up_heartbeats_or_calls(tmp_path: Path) -> None:
    with on_line(tmp_path, ratings=ONE_A_DAY) as (made, server):
        service = made.at.kiosk.catalogue.services[0]
        made.at.kiosk.ratings.rate(service, 3)
        made.line.start()
        until(lambda: count(server.deps, ratings) == 1)
        made.at.kiosk.ratings.rate(service, 4)
        until(lambda: over_quota(server, made))
        alive = heard(server.deps)
        until(lambda: heard(server.deps) != alive, "heartbeats go on")
        made.at.kiosk.help_calls.call("home")
        until(lambda: (call := made.at.kiosk.help_calls.current()) is not None and call.reported)
        assert len(made.at.store.reports.waiting(ReportKind.RATING, 10)) == 1
