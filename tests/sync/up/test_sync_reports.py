"""Ratings reach the server once, wait for an older one, and never hold up what matters more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.session.help_calls import STALE_S
from kiosk.store.reports import ReportKind
from server.storage.citizen_tables import help_calls, ratings
from sync.client import Answer, Outcome
from sync.up.reports import RATINGS, ReportDelivery
from tests.kiosk.kiosk_kit import Bench, bench
from tests.server.running import RunningServer
from tests.sync.line_kit import city_server, count, enrolled, kiosk_on_line, until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with city_server(tmp_path / "server") as running:
        yield running


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path / "kiosk")
    yield made
    made.close()


class OneAnswer:
    """A client whose server always answers the same."""

    def __init__(self, outcome: Outcome, code: str = "") -> None:
        self.outcome = outcome
        self.code = code
        self.paths: list[str] = []

    def post(self, path: str, json_body: bytes) -> Answer:
        self.paths.append(path)
        return Answer(self.outcome, code=self.code)


def test_a_rating_made_without_a_line_arrives_when_it_is_back(server: RunningServer, tmp_path: Path) -> None:
    made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    for score in (1, 4):
        made.at.kiosk.ratings.rate(made.at.kiosk.catalogue.services[0], score)
    made.line.start()
    until(lambda: count(server.deps, ratings) == 2)
    until(lambda: not made.at.store.reports.waiting(ReportKind.RATING, 10))
    made.stop()


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.NOT_FOUND,
        Outcome.UNREACHABLE,
        Outcome.SLOWED,
        Outcome.REVOKED,
        Outcome.WAITING,
        Outcome.FOREIGN,
        Outcome.REJECTED,
    ],
)
def test_what_the_server_cannot_take_now_is_kept(at: Bench, outcome: Outcome) -> None:
    at.kiosk.ratings.rate(at.kiosk.catalogue.services[0], 3)
    client = OneAnswer(outcome)
    answer = ReportDelivery(at.store, client, at.kiosk.clock).deliver()  # type: ignore[arg-type]
    assert answer is not None and answer.outcome is outcome
    assert client.paths == [RATINGS]
    assert len(at.store.reports.waiting(ReportKind.RATING, 10)) == 1


def test_what_it_will_never_take_is_not_sent_for_ever(at: Bench) -> None:
    at.kiosk.ratings.rate(at.kiosk.catalogue.services[0], 3)
    ReportDelivery(at.store, OneAnswer(Outcome.REJECTED, "invalid"), at.kiosk.clock).deliver()  # type: ignore[arg-type]
    assert at.store.reports.waiting(ReportKind.RATING, 10) == ()


def test_a_call_for_help_reaches_the_office_and_the_kiosk_knows(server: RunningServer, tmp_path: Path) -> None:
    made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    made.line.start()
    until(lambda: made.line.state().online)
    made.at.kiosk.help_calls.call("form")
    until(lambda: (current := made.at.kiosk.help_calls.current()) is not None and current.reported)
    assert count(server.deps, help_calls) == 1
    made.stop()


def test_a_call_that_helps_nobody_any_more_is_not_sent(at: Bench) -> None:
    at.kiosk.help_calls.call("form")
    at.clock.advance(STALE_S)
    client = OneAnswer(Outcome.OK)
    ReportDelivery(at.store, client, at.kiosk.clock).deliver()  # type: ignore[arg-type]
    assert client.paths == []
    assert at.store.reports.waiting(ReportKind.HELP_CALL, 10) == ()
