"""The line against the real server: up, down, live."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.cases.case import Case, CaseProblem, CaseProblemKind
from kiosk.events import Received, SlipDue
from kiosk.machine.line_state import LineCondition
from server.storage import tables
from tests.kiosk.kiosk_kit import PHOTO
from tests.server.running import RunningServer
from tests.sync.line_kit import OnLine, city_server, count, enrolled, kiosk_on_line, publish, stored, until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with city_server(tmp_path / "server") as running:
        yield running


@pytest.fixture
def made(server: RunningServer, tmp_path: Path) -> Iterator[OnLine]:
    on_line = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    on_line.line.start()
    yield on_line
    on_line.stop()


def online(made: OnLine) -> OnLine:
    until(lambda: made.line.state().condition is LineCondition.ONLINE)
    return made


def test_what_is_sent_is_a_case_at_the_server(server: RunningServer, made: OnLine) -> None:
    saved = online(made).send()
    until(made.all_acknowledged)
    (row,) = stored(server.deps)
    assert (row.id, row.tracking_code, row.complete) == (saved.id, saved.code, True)
    assert count(server.deps, tables.cases) == 1


def test_the_slip_says_received_with_the_servers_time(made: OnLine) -> None:
    saved = online(made).send()
    until(lambda: made.at.of(Received))
    made.at.kiosk.tick()
    (due,) = until(lambda: made.at.of(SlipDue))
    receipt = made.at.store.receipts.get(saved.code)
    assert receipt is not None
    assert due.received_at == receipt.received_at is not None


def test_a_photo_arrives_as_it_was(server: RunningServer, made: OnLine) -> None:
    saved = online(made).send()
    until(made.all_acknowledged)
    kiosk = made.enrolment.kiosk_id
    (attachment,) = made.at.store.outbox.attachments_of(1)
    opened = server.deps.attachments.open(kiosk, saved.id, attachment.sha256)
    assert opened is not None
    assert opened.data == PHOTO


def test_a_long_photo_goes_in_chunks(server: RunningServer, made: OnLine) -> None:
    photo = bytes(range(256)) * 12_000
    online(made).send(photo)
    until(made.all_acknowledged)
    (row,) = stored(server.deps)
    assert row.complete


def test_the_case_of_a_code_is_reported(made: OnLine) -> None:
    saved = online(made).send()
    until(made.all_acknowledged)
    reported: list[Case | CaseProblem] = []
    made.at.kiosk.cases.look_up(saved.code, reported.append)
    until(lambda: reported)
    (case,) = reported
    assert isinstance(case, Case)
    assert (case.code, case.fresh) == (saved.code, True)


def test_a_code_that_nobody_gave_out_is_unknown(made: OnLine) -> None:
    reported: list[Case | CaseProblem] = []
    online(made).at.kiosk.cases.look_up(made.at.kiosk.codes.mint(), reported.append)
    until(lambda: reported)
    assert reported == [CaseProblem(CaseProblemKind.UNKNOWN_CODE)]


def test_the_pack_in_force_is_taken(server: RunningServer, made: OnLine) -> None:
    until(lambda: made.at.store.packs.newest_first())
    assert made.at.kiosk.catalogue.version == 1
    number = publish(server.deps, form_version="4")
    until(lambda: made.at.kiosk.catalogue.version == number)
    assert made.at.kiosk.catalogue.services[0].form_version == "4"


def test_heartbeats_tell_the_kiosks_state(server: RunningServer, made: OnLine) -> None:
    online(made)
    made.at.printer.become("UNAVAILABLE", "MEDIA_EMPTY")

    def conditions() -> dict[str, list[str]]:
        """Of each component, once any was reported to the server."""
        with server.deps.engine.connect() as connection:
            (row,) = connection.execute(tables.kiosks.select()).all()
        reported = {one["component"]: one["conditions"] for one in row.components}
        return reported if any(reported.values()) else {}

    assert until(conditions)["printer"] == ["MEDIA_EMPTY"]
