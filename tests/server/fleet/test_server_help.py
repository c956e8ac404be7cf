"""A call for an officer is an alarm of the fleet at once, until somebody takes it."""

import uuid
from datetime import UTC, datetime

from sqlalchemy import select

from protocol.messages import FeedType
from server.fleet.alarms import AlarmKind
from server.foundation import feed
from server.foundation.actors import Actor, Role
from server.storage.citizen_tables import help_calls
from tests.server.kiosk_client import TestKiosk
from tests.server.running import RunningServer
from tests.server.web.conftest import Office
from tests.server.web.conftest import office as office

WATCHER = Actor("watcher", Role.COMMAND)


def call(**changes: str) -> dict[str, str]:
    return {"id": str(uuid.uuid4()), "asked_at": datetime.now(UTC).isoformat(), "place": "form", **changes}


def alarms(server: RunningServer, kiosk: TestKiosk) -> list[str]:
    view = server.deps.presence.kiosk(kiosk.id)
    assert view is not None
    return [alarm.id for alarm in view.alarms if alarm.kind == AlarmKind.HELP]


def test_it_is_an_alarm_at_once_and_only_one(server: RunningServer, kiosk: TestKiosk) -> None:
    once = call()
    for message in (once, once, call()):
        assert kiosk.post("/v1/help-calls", message).status_code == 204
    assert len(alarms(server, kiosk)) == 1


def test_whoever_has_seen_it_goes_and_the_next_call_is_a_new_alarm(server: RunningServer, kiosk: TestKiosk) -> None:
    kiosk.post("/v1/help-calls", call())
    (first,) = alarms(server, kiosk)
    assert server.deps.alarms.acknowledge(WATCHER, first)
    kiosk.post("/v1/heartbeat", kiosk.heartbeat())
    assert alarms(server, kiosk) == []
    with server.deps.engine.connect() as connection:
        row = connection.execute(select(help_calls).where(help_calls.c.kiosk_id == kiosk.id)).one()
    assert row.answered_by == "watcher"
    with server.deps.engine.connect() as connection:
        reported = [event.data for event in feed.page(connection, kiosk.id, 0).events if event.type is FeedType.HELP]
    assert reported == [{"calls": [row.id]}]
    kiosk.post("/v1/help-calls", call())
    assert alarms(server, kiosk) != [first]


def test_what_is_no_call_is_refused(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    assert kiosk.post("/v1/help-calls", call(place="Budi Santoso")).status_code == 422
    assert alarms(sqlite_server, kiosk) == []


def test_the_fleet_page_says_it_in_words(office: Office) -> None:
    office.kiosk.post("/v1/help-calls", call())
    page = office.browser("pusat").get("/fleet").text
    assert "Warga memanggil petugas" in page
