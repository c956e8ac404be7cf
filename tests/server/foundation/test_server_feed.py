"""The feed: no gap whoever writes, live as it happens, applied once."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from sqlalchemy import select

from protocol.messages import EnrolRequest, EnrolResponse, FeedType
from server.deps import Deps
from server.foundation import feed
from server.foundation.actors import OPERATOR
from server.storage import tables
from tests.server.kiosk_client import TestKiosk
from tests.server.running import RunningServer, let_in

WRITERS = 8
EVENTS_EACH = 25


def enrolled(deps: Deps, name: str = "Kios") -> str:
    """A kiosk's id, without a network."""
    code = deps.enrolment.new_code(OPERATOR, name).code
    request = EnrolRequest.model_validate({"code": code, "public_key": b"A" * 43 + b"=", "software": "test"})
    answer = deps.enrolment.enrol(request, "10.0.0.1")
    assert isinstance(answer, EnrolResponse)
    let_in(deps, answer.kiosk_id)
    return answer.kiosk_id


def write(deps: Deps, kiosk_id: str, number: int) -> None:
    with deps.engine.begin() as connection:
        feed.append(connection, kiosk_id, FeedType.SETTINGS, {"number": number}, datetime.now(UTC))


def test_g10_a_reader_beside_eight_writers_misses_nothing(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    with deps.engine.connect() as connection:
        start = feed.page(connection, kiosk_id, 0).head
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        while True:
            last_look = done.is_set()
            with deps.engine.connect() as connection:
                page = feed.page(connection, kiosk_id, seen[-1] if seen else start)
            seen.extend(event.n for event in page.events)
            if last_look and not page.events:
                return

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda number: write(deps, kiosk_id, number), range(WRITERS * EVENTS_EACH)))
    done.set()
    reader.join()
    assert seen == list(range(start + 1, start + 1 + WRITERS * EVENTS_EACH))


def test_g10_an_event_of_a_transaction_that_fails_leaves_no_gap(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    with deps.engine.connect() as connection:
        head = feed.page(connection, kiosk_id, 0).head
    with pytest.raises(RuntimeError), deps.engine.begin() as connection:
        feed.append(connection, kiosk_id, FeedType.SETTINGS, {}, datetime.now(UTC))
        raise RuntimeError
    write(deps, kiosk_id, 1)
    with deps.engine.connect() as connection:
        assert [event.n for event in feed.page(connection, kiosk_id, head).events] == [head + 1]


def test_a_page_ends_at_its_limit_and_tells_the_head(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    for number in range(5):
        write(deps, kiosk_id, number)
    with deps.engine.connect() as connection:
        page = feed.page(connection, kiosk_id, 0, limit=3)
    assert [event.n for event in page.events] == [1, 2, 3]
    assert page.head > 3


def test_an_unknown_kiosk_has_no_feed(deps: Deps) -> None:
    with pytest.raises(feed.NoSuchKiosk):
        write(deps, "00000000-0000-4000-8000-000000000000", 1)


def test_events_of_one_kiosk_are_not_anothers(deps: Deps) -> None:
    first, second = enrolled(deps, "Satu"), enrolled(deps, "Dua")
    with deps.engine.connect() as connection:
        before = feed.page(connection, second, 0).head
    write(deps, first, 1)
    with deps.engine.connect() as connection:
        assert feed.page(connection, second, 0).head == before


def test_a_new_kiosk_begins_with_the_roster_and_the_pack(server: RunningServer, kiosk: TestKiosk) -> None:
    events = kiosk.get("/v1/feed?after=0").json()["events"]
    assert [event["type"] for event in events[:2]] == ["staff", "pack"]
    assert [event["n"] for event in events] == list(range(1, len(events) + 1))


def test_the_live_feed_repeats_what_was_and_goes_on_with_what_comes(server: RunningServer, kiosk: TestKiosk) -> None:
    path = "/v1/feed/live?after=1"
    headers = kiosk.signed_headers("GET", path)
    with requests.get(server.base + path, headers=headers, stream=True, timeout=30) as stream:
        lines = stream.iter_lines(decode_unicode=True)
        assert next_event(lines)["type"] == "pack"
        envelope = kiosk.envelope(server.service())
        TestKiosk(server.base, kiosk.key, enrolment=kiosk.enrolment).send(envelope)
        event = next_event(lines)
        while event["type"] != "case":
            event = next_event(lines)
    assert event["data"]["tracking_code"] == envelope.code


@pytest.mark.parametrize("after", ["-1", "x", str(2**31)])
def test_a_cursor_that_cannot_be_is_422(sqlite_server: RunningServer, after: str) -> None:
    kiosk = sqlite_server.kiosk()
    assert kiosk.get(f"/v1/feed?after={after}").status_code == 422


def test_a_cursor_beyond_the_head_gives_nothing(server: RunningServer, kiosk: TestKiosk) -> None:
    assert kiosk.get("/v1/feed?after=1000000").json()["events"] == []


def test_an_applied_cursor_only_rises_and_not_above_the_head(server: RunningServer, kiosk: TestKiosk) -> None:
    kept = []
    for cursor in (2, 1, 1_000_000):
        assert kiosk.post("/v1/feed/applied", {"cursor": cursor}).status_code == 204
        with server.deps.engine.connect() as connection:
            column = select(tables.kiosks.c.feed_applied).where(tables.kiosks.c.id == kiosk.id)
            kept.append(connection.execute(column).scalar_one())
    assert kept == [2, 2, 2]


def test_g10_a_commands_first_result_stays(server: RunningServer, kiosk: TestKiosk) -> None:
    command = server.deps.device_commands.send(OPERATOR, kiosk.id, "test_slip")
    for ok in (True, False):
        kiosk.post("/v1/feed/applied", {"cursor": 1, "results": [{"id": command, "ok": ok, "message": "x"}]})
    with server.deps.engine.connect() as connection:
        result = select(tables.commands.c.result_ok).where(tables.commands.c.id == command)
        assert connection.execute(result).scalar_one() is True


def next_event(lines: Any) -> dict[str, Any]:
    for line in lines:
        if line.startswith("data:"):
            return dict(json.loads(line.removeprefix("data:")))
    raise AssertionError("the stream ended")
