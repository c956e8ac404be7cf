"""The outbox carried to the city on a stick: taken in once, answered per item, and acknowledged back to the kiosk."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from nacl.signing import SigningKey
from sqlalchemy import select, update

from devices.stick import SimulatedStick, Stick, StickFault
from kiosk.store.outbox import OutboxState
from kiosk.submissions.carrying import Carrying
from protocol.limits import CHUNK_BYTES
from protocol.messages import ItemStatus
from protocol.outbox.exports import ExportFault, ExportRefused
from protocol.peripherals import StickOutcome
from server.app import build_deps, close_deps
from server.fleet.alarms import AlarmKind
from server.fleet.at_stake import AtStake
from server.foundation.actors import OPERATOR
from server.operator.operations import OperationRefused, carry_out
from server.settings import ServerSettings
from server.storage import tables
from server.submissions import outbox_import
from server.submissions.intake import Sender
from server.submissions.outbox_import import ImportReport, KioskShutOut, UnknownKiosk
from sync.up.items import item
from tests.kiosk.kiosk_kit import PHOTO
from tests.server.running import RunningServer
from tests.sync.line_kit import OnLine, city_server, count, enrolled, kiosk_on_line, stored, until

LONG = b"\xff\xd8\xff\xe0" + bytes(2 * CHUNK_BYTES)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with city_server(tmp_path_factory.mktemp("server")) as one:
        yield one


@pytest.fixture
def made(server: RunningServer, tmp_path: Path) -> Iterator[OnLine]:
    one = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    yield one
    one.stop()


def carried(made: OnLine, folder: Path) -> Path:
    """The file that a stick holds afterwards."""
    stick = SimulatedStick(folder)
    stick.insert()
    outcome, _ = Carrying(made.at.store, made.at.kiosk.clock, Stick(stick), lambda: made.line).save()
    assert outcome is StickOutcome.SAVED
    (path,) = folder.iterdir()
    return path


def take(server: RunningServer, path: Path) -> ImportReport:
    with path.open("rb") as file:
        return server.deps.outbox_import.take(OPERATOR, file)


def mine(server: RunningServer, made: OnLine) -> list[object]:
    return [row for row in stored(server.deps) if row.kiosk_id == made.enrolment.kiosk_id]


def test_what_was_carried_is_taken_in_once_with_its_pictures(
    server: RunningServer, made: OnLine, tmp_path: Path
) -> None:
    codes = [made.send(photo).code for photo in (PHOTO, None, LONG)]
    path = carried(made, tmp_path / "stick")
    report = take(server, path)
    assert (report.new, report.known, report.attachments, report.not_taken) == (3, 0, 2, 0)
    rows = mine(server, made)
    assert [row.tracking_code for row in rows] == codes
    assert all(row.complete for row in rows)
    again = take(server, path)
    assert (again.new, again.known, again.attachments, again.not_taken) == (0, 3, 0, 0)
    assert [tuple(row) for row in mine(server, made)] == [tuple(row) for row in rows]


def test_the_kiosk_that_comes_back_finds_duplicates_and_what_it_had_parked_is_acknowledged(
    server: RunningServer, made: OnLine, tmp_path: Path
) -> None:
    for _ in range(2):
        made.send(None)
    assert made.at.store.outbox.park(1, "a fault of the server's")
    report = take(server, carried(made, tmp_path / "stick"))
    assert report.counts == {ItemStatus.STORED: 2}
    made.line.start()
    until(lambda: _all_acknowledged(made))
    assert len(mine(server, made)) == 2


def _all_acknowledged(made: OnLine) -> bool:
    kept = [made.at.store.outbox.get(seq) for seq in (1, 2)]
    return all(one is not None and one.state is OutboxState.ACKNOWLEDGED for one in kept)


def test_a_picture_that_had_come_half_way_by_the_line_goes_on_from_there(
    server: RunningServer, made: OnLine, tmp_path: Path
) -> None:
    made.send(LONG)
    path = carried(made, tmp_path / "stick")
    envelope = made.at.store.outbox.get(1)
    assert envelope is not None
    (photo,) = made.at.store.outbox.attachments_of(1)
    content = made.at.store.outbox.attachment_bytes(photo.sha256) or b""
    kiosk_id, store = made.enrolment.kiosk_id, server.deps.attachments
    sender = Sender(kiosk_id, made.enrolment.kiosk_part)
    assert server.deps.intake.take(sender, [item(envelope, [photo])]).answers[0].missing == (photo.sha256,)
    assert store.append(kiosk_id, photo.sha256, 0, len(content), content[:1_000]).offset == 1_000
    assert take(server, path).attachments == 1
    assert store.sealed(kiosk_id, photo.sha256) == content


def test_an_import_that_ends_in_the_middle_is_taken_up_again(
    server: RunningServer, made: OnLine, tmp_path: Path
) -> None:
    for photo in (None, LONG, None):
        made.send(photo)
    path, failing = carried(made, tmp_path / "stick"), server.deps.failpoints.actions

    def dies() -> None:
        raise KeyboardInterrupt

    for point in ("submissions.written", "submissions.committed", "attachment.synced"):
        failing[point] = dies
        with pytest.raises(KeyboardInterrupt):
            take(server, path)
        del failing[point]
    report = take(server, path)
    assert (report.new, report.known, report.attachments) == (0, 3, 1)
    assert all(row.complete for row in mine(server, made)) and len(mine(server, made)) == 3


def test_the_alarm_of_a_silent_kiosk_says_less_once_its_outbox_was_carried_in(
    server: RunningServer, made: OnLine, tmp_path: Path
) -> None:
    deps, kiosk_id = server.deps, made.enrolment.kiosk_id
    made.send(None)
    heard = deps.clock.now() - 2 * deps.alarms.silent_after
    silent = {"last_heartbeat_at": heard, "outbox_waiting": 5, "outbox_parked": 1, "outbox_oldest_at": heard}
    with deps.engine.begin() as connection:
        connection.execute(update(tables.kiosks).where(tables.kiosks.c.id == kiosk_id).values(silent))
    deps.alarms.check(kiosk_id)
    assert at_stake(server, kiosk_id) == 6
    take(server, carried(made, tmp_path / "stick"))
    assert at_stake(server, kiosk_id) == 0


def at_stake(server: RunningServer, kiosk_id: str) -> int:
    """Items that its alarm names."""
    alarm = tables.alarms.c
    with server.deps.engine.connect() as connection:
        detail = connection.execute(
            select(alarm.detail).where(
                alarm.kiosk_id == kiosk_id, alarm.kind == AlarmKind.SILENT, alarm.cleared_at.is_(None)
            )
        ).scalar_one()
    stake = AtStake.read(detail)
    assert stake is not None
    return stake.items


def flipped(data: bytes) -> bytes:
    return data[:-30] + bytes([data[-30] ^ 1]) + data[-29:]


def refused(server: RunningServer, data: bytes) -> ExportFault:
    with pytest.raises(ExportRefused) as found:
        server.deps.outbox_import.take(OPERATOR, io.BytesIO(data))
    return found.value.fault


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (flipped, ExportFault.DAMAGED),
        (lambda data: data[: len(data) // 2], ExportFault.DAMAGED),
        (lambda _: b"%PDF-1.7 not this", ExportFault.NOT_AN_EXPORT),
        (lambda _: b"", ExportFault.NOT_AN_EXPORT),
    ],
)
def test_a_file_that_is_not_whole_changes_nothing_and_says_why(
    server: RunningServer,
    made: OnLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[bytes], bytes],
    fault: ExportFault,
) -> None:
    # So that the first item could have been taken before the end is read.
    monkeypatch.setattr(outbox_import, "BATCH_ITEMS", 1)
    for _ in range(2):
        made.send(None)
    data = carried(made, tmp_path / "stick").read_bytes()
    before = count(server.deps, tables.submissions)
    assert refused(server, change(data)) is fault
    assert count(server.deps, tables.submissions) == before


def test_a_file_of_another_city_or_of_an_unknown_kiosk_changes_nothing(
    server: RunningServer, made: OnLine, tmp_path: Path
) -> None:
    made.send(None)
    path = carried(made, tmp_path / "stick")
    elsewhere = build_deps(ServerSettings(data=tmp_path / "elsewhere", city="Kota Lain"))
    with path.open("rb") as file, pytest.raises(ExportRefused) as found:
        elsewhere.outbox_import.take(OPERATOR, file)
    assert found.value.fault is ExportFault.OTHER_CITY
    assert count(elsewhere, tables.submissions) == 0
    close_deps(elsewhere)
    with server.deps.engine.begin() as connection:
        connection.execute(
            update(tables.kiosks).where(tables.kiosks.c.id == made.enrolment.kiosk_id).values(approved_at=None)
        )
    with pytest.raises(UnknownKiosk):
        take(server, path)


def test_a_file_in_another_kiosks_name_is_forged(server: RunningServer, made: OnLine, tmp_path: Path) -> None:
    made.send(None)
    path = carried(made, tmp_path / "stick")
    with server.deps.engine.begin() as connection:
        other = bytes(SigningKey.generate().verify_key)
        connection.execute(
            update(tables.kiosks).where(tables.kiosks.c.id == made.enrolment.kiosk_id).values(public_key=other)
        )
    assert refused(server, path.read_bytes()) is ExportFault.FORGED


def test_a_kiosk_that_was_shut_out_is_heard_for_what_it_wrote_before(
    server: RunningServer, made: OnLine, tmp_path: Path
) -> None:
    made.send(None)
    before = carried(made, tmp_path / "before")
    server.deps.enrolment.revoke(OPERATOR, made.enrolment.kiosk_id, "stolen")
    after = carried(made, tmp_path / "after")
    with pytest.raises(KioskShutOut):
        take(server, after)
    assert take(server, before).new == 1
    view = server.deps.presence.kiosk(made.enrolment.kiosk_id)
    assert view is not None and list(view.alarms) == [], "it is nobody's to look after any more"


def test_the_operators_command_says_what_came_of_it(server: RunningServer, made: OnLine, tmp_path: Path) -> None:
    made.send(None)
    path = carried(made, tmp_path / "stick")
    assert carry_out(server.deps, "import-export", {"file": str(path)})["new"] == "1"
    assert carry_out(server.deps, "import-export", {"file": str(path)})["already here"] == "1"
    path.write_bytes(flipped(path.read_bytes()))
    with pytest.raises(OperationRefused, match="damaged"):
        carry_out(server.deps, "import-export", {"file": str(path)})
    with pytest.raises(OperationRefused, match="cannot be read"):
        carry_out(server.deps, "import-export", {"file": str(tmp_path / "nowhere.ekios")})


@pytest.mark.parametrize("fault", [StickFault.FULL, StickFault.PULLED_OUT])
def test_a_stick_that_fails_leaves_the_outbox_as_it_was(made: OnLine, tmp_path: Path, fault: StickFault) -> None:
    made.send(LONG)
    stick = SimulatedStick(tmp_path / "stick")
    stick.insert(fault)
    carrying = Carrying(made.at.store, made.at.kiosk.clock, Stick(stick), lambda: made.line)
    assert carrying.save()[0] is not StickOutcome.SAVED
    assert carrying.last() is None
    assert made.at.store.outbox.counts().waiting == 1
    stick.insert()
    assert carrying.save() == (StickOutcome.SAVED, 1)
    last = carrying.last()
    assert last is not None and last.items == 1 and made.at.kiosk.clock.now() - last.at < timedelta(minutes=1)


def test_the_log_tells_who_took_it_in(server: RunningServer, made: OnLine, tmp_path: Path) -> None:
    made.send(None)
    take(server, carried(made, tmp_path / "stick"))
    log = tables.audit_log.c
    with server.deps.engine.connect() as connection:
        entry = connection.execute(
            select(log.details).where(log.action == "outbox.import", log.object == f"kiosk:{made.enrolment.kiosk_id}")
        ).scalar_one()
    assert entry["stored"] == 1
