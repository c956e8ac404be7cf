"""What the city publishes reaches a kiosk by itself, only signed, only newer, and stays when the line goes."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.events import DocumentChanged
from kiosk.machine.room import WRITTEN
from protocol.documents import DOCUMENT_BYTES, Budget, sign
from server.foundation.actors import OPERATOR
from server.open_city.budget import read_budget
from server.open_city.transparency import TransparencyReport
from sync.client import Answer, Outcome
from sync.down.documents import DocumentDelivery
from tests.kiosk.kiosk_kit import BEGIN, CITY, Bench, bench
from tests.server.running import RunningServer
from tests.sync.line_kit import city_server, enrolled, kiosk_on_line, until

KEY = bytes(CITY.badge)
PUBLIC = bytes(CITY.badge.verify_key)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with city_server(tmp_path / "server") as running:
        yield running


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path / "kiosk")
    yield made
    made.close()


def budget(planned: int) -> dict[str, Any]:
    return {"year": 2026, "lines": [{"name": {"id": "Jalan"}, "planned_rupiah": planned, "spent_rupiah": 1}]}


class Documents:
    """A server that answers with what it is given; counts how often it was asked."""

    def __init__(self, version: int, body: Any, key: bytes = KEY, name: str = "budget") -> None:
        text = json.dumps(body)
        signature = sign(name, version, BEGIN, text, key)
        self.asked = 0
        self._answer = json.dumps(
            {
                "name": name,
                "version": version,
                "made_at": BEGIN.isoformat(),
                "body": text,
                "signature": base64.b64encode(signature).decode(),
            }
        ).encode()

    def request(self, method: str, path: str, *, limit: int) -> Answer:
        self.asked += 1
        return Answer(Outcome.OK, 200, self._answer)


def fetch(at: Bench, server: Documents, announced: int, times: int = 1) -> None:
    delivery = DocumentDelivery(at.kiosk.open_city, at.kiosk.room, server, PUBLIC)  # type: ignore[arg-type]
    delivery.announced({"budget": announced})
    for _ in range(times):
        delivery.fetch()


def test_a_budget_reaches_a_running_kiosk_and_stays_without_a_line(server: RunningServer, tmp_path: Path) -> None:
    made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    made.line.start()
    until(lambda: made.line.state().online)
    published = read_budget("2026", "Perda", "Jalan;1000;250")
    assert isinstance(published, Budget)
    server.deps.budget.publish(OPERATOR, published)
    until(lambda: made.at.kiosk.open_city.budget())
    made.line.stop()
    found = made.at.kiosk.open_city.budget()
    assert found is not None
    assert (found.year, found.lines[0].name.get("id"), found.lines[0].part) == (2026, "Jalan", 0.25)
    made.at.close()


def test_times_reach_it_too(server: RunningServer, tmp_path: Path) -> None:
    made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    made.line.start()
    report: TransparencyReport = server.deps.transparency
    report.publish()
    until(lambda: made.at.kiosk.open_city.transparency())
    made.stop()


def test_it_is_asked_for_once(at: Bench) -> None:
    server = Documents(3, budget(10))
    fetch(at, server, 3, times=3)
    assert server.asked == 1
    assert len(at.of(DocumentChanged)) == 1


@pytest.mark.parametrize(("below", "asked"), [(0, 1), (1, 0)])
def test_it_waits_for_room_and_is_not_asked_for_in_vain(at: Bench, below: int, asked: int) -> None:
    server = Documents(3, budget(10))
    at.disk.bytes_free = int(at.kiosk.settings.number("disk_reserve_bytes")) + WRITTEN * DOCUMENT_BYTES - below
    fetch(at, server, 3)
    assert server.asked == asked
    at.disk.bytes_free *= 2
    fetch(at, server, 3)
    assert server.asked == 1
    assert at.kiosk.open_city.budget() is not None


def test_an_older_version_changes_nothing(at: Bench) -> None:
    fetch(at, Documents(3, budget(10)), 3)
    fetch(at, Documents(2, budget(99)), 4)
    found = at.kiosk.open_city.budget()
    assert found is not None
    assert found.planned_rupiah == 10


@pytest.mark.parametrize(
    "server",
    [
        Documents(3, budget(10), key=b"\x01" * 32),
        Documents(3, budget(10), name="transparency"),
        Documents(3, {"lines": "none"}),
        Documents(3, []),
    ],
    ids=["not-signed", "another", "unreadable", "no-object"],
)
def test_what_cannot_be_used_is_left_and_not_asked_for_again(at: Bench, server: Documents) -> None:
    fetch(at, server, 3, times=3)
    assert server.asked == 1
    assert at.kiosk.open_city.budget() is None


def test_it_outlives_a_restart(tmp_path: Path) -> None:
    made = bench(tmp_path / "kiosk")
    fetch(made, Documents(3, budget(10)), 3)
    made.close()
    again = bench(tmp_path / "kiosk")
    found = again.kiosk.open_city.budget()
    assert found is not None
    assert found.made_at - BEGIN < timedelta(seconds=1)
    again.close()
