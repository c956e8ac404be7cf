"""What comes down: the feed once and without gaps, packs only when they verify, commands once, and the end of trust."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from kiosk.events import CaseUpdated, SettingsChanged
from kiosk.machine.line_state import LineCondition
from kiosk.store.packs import InstalledPack
from protocol.messages import FeedType
from runtime.workers import SystemClock
from server.deps import Deps
from server.fleet.alarms import AlarmKind
from server.foundation import bus, feed
from server.foundation.actors import OPERATOR, Actor, Role
from server.open_city.notices import NoticeOutcome
from server.settings import ServerSettings
from server.storage import tables
from sync.down.feed import CURSOR
from sync.down.packs import KEPT, PackDuty
from tests.kiosk.kiosk_kit import CITY, pack_bytes
from tests.server.running import RunningServer, running
from tests.sync.line_kit import OnLine, city_server, enrolled, kiosk_on_line, publish, stored, until
from tests.sync.processes import free_port
from tests.sync.scripted import CuttingRelay


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with city_server(tmp_path / "server") as one:
        yield one


@pytest.fixture
def made(server: RunningServer, tmp_path: Path) -> Iterator[OnLine]:
    on_line = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    yield on_line
    on_line.stop()


def tell(deps: Deps, kiosk_id: str, kind: FeedType, data: dict[str, object]) -> int:
    with deps.engine.begin() as connection:
        number = feed.append(connection, kiosk_id, kind, data, deps.clock.now())
    deps.bus.publish_now(bus.feed_topic(kiosk_id))
    return number


def cursor(made: OnLine) -> int:
    return int(made.at.store.marks.get(CURSOR, 0))


def test_settings_come_live_and_are_applied_once(server: RunningServer, made: OnLine) -> None:
    made.line.start()
    until(lambda: made.line.state().online)
    number = tell(server.deps, made.enrolment.kiosk_id, FeedType.SETTINGS, {"idle_s": 120})
    until(lambda: cursor(made) == number)
    until(lambda: made.at.of(SettingsChanged))
    assert made.at.kiosk.settings.number("idle_s") == 120
    assert len(made.at.of(SettingsChanged)) == 1


def test_an_officer_on_the_way_is_reported_at_the_kiosk(server: RunningServer, made: OnLine) -> None:
    made.line.start()
    calls = made.at.kiosk.help_calls
    calls.call("form")
    until(lambda: (call := calls.current()) is not None and call.reported)
    view = server.deps.presence.kiosk(made.enrolment.kiosk_id)
    assert view is not None
    (alarm,) = [alarm.id for alarm in view.alarms if alarm.kind == AlarmKind.HELP]
    server.deps.alarms.acknowledge(Actor("watcher", Role.COMMAND), alarm)
    until(lambda: (call := calls.current()) is not None and call.coming)


def test_a_case_that_an_officer_moves_is_reported_at_the_kiosk(made: OnLine) -> None:
    made.line.start()
    saved = made.send()
    until(made.all_acknowledged)
    until(lambda: made.at.of(CaseUpdated))
    receipt = made.at.store.receipts.get(saved.code)
    assert receipt is not None
    # What the office wrote is asked for, and never kept.
    assert receipt.steps and all("note" not in step for step in receipt.steps)


def test_a_case_of_another_kiosk_is_reported_too_for_somebody_may_look_at_it(
    server: RunningServer, made: OnLine
) -> None:
    at = datetime.now(UTC).isoformat()
    state = {"tracking_code": "K7M29QXF4TRC", "service": "letter", "service_name": {}, "agency_name": {}}
    state |= {"state": "ready", "updated_at": at, "received_at": at}
    made.line.start()
    tell(server.deps, made.enrolment.kiosk_id, FeedType.CASE, state)
    until(lambda: CaseUpdated("K7M29QXF4TRC") in made.at.of(CaseUpdated))
    assert made.at.store.receipts.get("K7M29QXF4TRC") is None


def test_an_event_of_a_type_that_is_not_known_here_is_passed_over(server: RunningServer, made: OnLine) -> None:
    """Of a newer server, in a page and live: what comes after it still arrives."""

    def tell_news() -> None:
        number = tell(server.deps, made.enrolment.kiosk_id, FeedType.SETTINGS, {"wind": "north"})
        with server.deps.engine.begin() as connection:
            connection.execute(update(tables.feed).where(tables.feed.c.n == number).values(type="weather"))

    tell_news()
    made.line.start()
    for idle_s in (100, 110):
        tell(server.deps, made.enrolment.kiosk_id, FeedType.SETTINGS, {"idle_s": idle_s})
        until(lambda idle_s=idle_s: made.at.kiosk.settings.number("idle_s") == idle_s)
        tell_news()


def test_what_cannot_be_read_does_not_stop_the_feed(server: RunningServer, made: OnLine) -> None:
    tell(server.deps, made.enrolment.kiosk_id, FeedType.STAFF, {"staff": "nobody"})
    ani = {"id": "ani", "name": "Ani", "pin_hash": "x"}
    wulan = {"id": "wulan", "name": "Wulan", "role": "staff", "pin_hash": "x"}
    tell(server.deps, made.enrolment.kiosk_id, FeedType.STAFF, {"staff": [ani], "helpers": [wulan]})
    tell(server.deps, made.enrolment.kiosk_id, FeedType.STAFF, {"staff": [ani, ani]})
    number = tell(server.deps, made.enrolment.kiosk_id, FeedType.SETTINGS, {"idle_s": 120, "volume": None})
    made.line.start()
    until(lambda: cursor(made) == number)
    until(lambda: made.at.kiosk.settings.number("idle_s") == 120)
    # Who is among the helpers is one, whatever else is said.
    assert {member.id: member.role for member in made.at.store.roster.all()} == {"ani": "staff", "wulan": "helper"}


def test_g10_a_command_is_done_once_and_survives_a_restart(server: RunningServer, tmp_path: Path, made: OnLine) -> None:
    command = {"id": "0190f3a0-0000-7000-8000-0000000000aa", "name": "out_of_service"}
    made.line.start()
    tell(server.deps, made.enrolment.kiosk_id, FeedType.COMMAND, command)
    until(lambda: not made.at.kiosk.in_service)
    until(lambda: not made.at.store.commands.unreported())
    made.at.kiosk.back_in_service()
    number = tell(server.deps, made.enrolment.kiosk_id, FeedType.COMMAND, command)
    until(lambda: cursor(made) == number)
    assert made.at.kiosk.in_service


def test_the_office_has_all_refused_items_sent_again(server: RunningServer, made: OnLine) -> None:
    """Parked by a server that refused them for a reason that is mended now."""
    codes = [made.send(photo=None).code for _ in range(3)]
    for seq in (1, 2, 3):
        assert made.at.store.outbox.park(seq, "no such form")
    made.line.start()
    until(lambda: made.line.state().online)
    command = server.deps.device_commands.send(OPERATOR, made.enrolment.kiosk_id, "retry_parked")
    until(lambda: result_of(server.deps, command))
    until(made.all_acknowledged)
    assert sorted(row.tracking_code for row in stored(server.deps)) == sorted(codes)
    assert result_of(server.deps, command) == (True, "3 again")


def test_a_command_of_a_newer_server_is_answered(server: RunningServer, made: OnLine) -> None:
    made.line.start()
    command = server.deps.device_commands.send(OPERATOR, made.enrolment.kiosk_id, "dance")  # type: ignore[arg-type]
    until(lambda: result_of(server.deps, command))
    assert result_of(server.deps, command) == (False, "unknown here")


def result_of(deps: Deps, command: str | None) -> tuple[bool, str] | None:
    commands = tables.commands.c
    with deps.engine.connect() as connection:
        row = connection.execute(
            select(commands.result_ok, commands.result_message).where(
                commands.id == command, commands.result_at.is_not(None)
            )
        ).first()
    return None if row is None else (row.result_ok, row.result_message)


def test_an_expired_command_is_not_done(server: RunningServer, made: OnLine) -> None:
    late = (server.deps.clock.now() - timedelta(minutes=1)).isoformat()
    command = {"id": "0190f3a0-0000-7000-8000-0000000000ab", "name": "out_of_service", "expires_at": late}
    number = tell(server.deps, made.enrolment.kiosk_id, FeedType.COMMAND, command)
    made.line.start()
    until(lambda: cursor(made) == number)
    assert made.at.kiosk.in_service


def test_a_revoked_kiosk_is_refused_and_keeps_what_it_has(server: RunningServer, made: OnLine) -> None:
    made.line.start()
    until(lambda: made.line.state().online)
    assert server.deps.enrolment.revoke(OPERATOR, made.enrolment.kiosk_id)
    made.send()
    until(lambda: made.line.state().condition is LineCondition.REVOKED)
    assert made.at.store.outbox.counts().waiting == 1
    assert stored(server.deps) == []


def test_the_feed_comes_back_after_the_server_was_gone(tmp_path: Path) -> None:
    port = free_port()
    with city_server(tmp_path / "server", port=port) as server:
        made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
        made.line.start()
        until(lambda: made.line.state().online)
    saved = made.send()
    until(lambda: made.line.state().condition is LineCondition.OFFLINE)
    with city_server(tmp_path / "server", port=port) as server:
        number = tell(server.deps, made.enrolment.kiosk_id, FeedType.SETTINGS, {"idle_s": 120})
        made.line.retry_now()
        until(lambda: cursor(made) >= number and made.all_acknowledged())
        assert [row.tracking_code for row in stored(server.deps)] == [saved.code]
        made.stop()


@pytest.mark.parametrize("cuts", [[1, 300, 900], [1_500, 2_500, 5_000, 9_000], [20_000, 70_000, 70_001, 200_000]])
def test_g7_a_line_that_is_cut_at_any_byte_loses_and_doubles_nothing(tmp_path: Path, cuts: list[int]) -> None:
    with city_server(tmp_path / "server") as server:
        port = int(server.base.rpartition(":")[2])
        with CuttingRelay(port, []).running() as relay:
            made = kiosk_on_line(tmp_path / "kiosk", enrolled(server, address=f"http://127.0.0.1:{relay.port}"))
            relay.cuts += cuts
            codes = [made.send(bytes(range(256)) * 3_000).code for _ in range(3)]
            made.line.start()

            def arrived() -> bool:
                made.line.retry_now()
                return made.all_acknowledged()

            until(arrived)
            made.stop()
        assert [row.tracking_code for row in stored(server.deps)] == codes
        assert all(row.complete for row in stored(server.deps))
        assert relay.cuts == []


class FarClock(SystemClock):
    def __init__(self, off: timedelta) -> None:
        self._off = off

    def now(self):  # type: ignore[no-untyped-def]
        return super().now() + self._off


@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_that_is_years_off_changes_nothing(server: RunningServer, tmp_path: Path, years: int) -> None:
    clock = FarClock(timedelta(days=365 * years))
    made = kiosk_on_line(tmp_path / "far", enrolled(server), clock=clock)
    saved = made.send()
    made.line.start()
    until(made.all_acknowledged)
    until(lambda: made.at.store.packs.newest_first())
    assert [row.tracking_code for row in stored(server.deps)] == [saved.code]
    assert abs(made.at.kiosk.clock.now() - SystemClock().now()) < timedelta(minutes=1)
    made.stop()


# --- packs ---------------------------------------------------------------------------------------------------------


def duty(made: OnLine, folder: Path, ring: str = "all") -> PackDuty:
    return PackDuty(made.at.kiosk, made.line._client(), folder, ring=ring, tuf_root=made.enrolment.tuf_root)


def server_folder(server: RunningServer) -> Path:
    return server.deps.settings.data / "packs"


def test_a_pack_waits_for_room(server: RunningServer, made: OnLine, tmp_path: Path) -> None:
    taking = duty(made, tmp_path / "packs")
    assert taking.update() == ""
    before = {path.name for path in (tmp_path / "packs" / "packs").iterdir()}
    number = publish(server.deps)
    made.at.disk.bytes_free = int(made.at.kiosk.settings.number("disk_reserve_bytes")) + 1_000
    assert "the disk has no room" in taking.update()
    assert {path.name for path in (tmp_path / "packs" / "packs").iterdir()} == before
    made.at.disk.bytes_free *= 2
    assert taking.update() == ""
    assert made.at.store.packs.newest_first()[0].version == number


def test_a_pack_for_another_ring_is_not_taken(server: RunningServer, made: OnLine, tmp_path: Path) -> None:
    publish(server.deps, rings=("test",))
    assert duty(made, tmp_path / "p").update() == ""
    assert made.at.kiosk.catalogue.version == 1


def test_a_pack_of_another_city_is_refused(made: OnLine, tmp_path: Path) -> None:
    packs = duty(made, tmp_path / "p")
    with pytest.raises(ValueError, match="another city"):
        packs._read(pack_bytes(7, city="Kota Lain"), 7)


def test_a_pack_whose_inside_says_another_number_is_refused(made: OnLine, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="version 7"):
        duty(made, tmp_path / "p")._read(pack_bytes(7), 8)


def test_an_altered_kept_pack_gives_way_to_the_one_before(made: OnLine, tmp_path: Path) -> None:
    folder = tmp_path / "kept" / "packs"
    folder.mkdir(parents=True)
    for version in (5, 6):
        content = pack_bytes(version)
        (folder / f"pack-{version}.zip").write_bytes(content if version == 5 else content[:-1] + b"\1")
        digest = hashlib.sha256(content).hexdigest()
        made.at.store.packs.add(InstalledPack(version, digest, len(content), made.at.kiosk.clock.now()))
    assert duty(made, tmp_path / "kept").load_kept() == 5
    assert made.at.kiosk.catalogue.version == 5


def test_only_the_newest_packs_are_kept(server: RunningServer, made: OnLine, tmp_path: Path) -> None:
    for _ in range(3):
        publish(server.deps)
        assert duty(made, tmp_path / "p").update() == ""
    assert len(list((tmp_path / "p" / "packs").iterdir())) == len(made.at.store.packs.newest_first()) == KEPT


def test_before_the_first_pack_the_signed_list_is_empty_and_accepted(tmp_path: Path) -> None:
    """A new city's first targets file names nothing: no problem, no pack, and the first one that comes is taken."""
    with running(ServerSettings(data=tmp_path / "server", port=0, city=CITY.name)) as server:
        made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
        packs = duty(made, tmp_path / "p")
        targets = json.loads((server_folder(server) / "metadata" / "1.targets.json").read_bytes())
        assert targets["signed"]["targets"] == {}
        assert (packs.update(), made.at.store.packs.newest_first()) == ("", ())
        number = publish(server.deps)
        assert (packs.update(), made.at.kiosk.catalogue.version) == ("", number)
        made.at.close()


def test_a_notice_shows_until_the_office_ends_it(server: RunningServer, made: OnLine) -> None:
    made.line.start()
    end = server.deps.clock.now() + timedelta(days=1)
    assert server.deps.notices.send(OPERATOR, {"id": "Tutup pukul 15"}, end) is NoticeOutcome.DONE
    shown = until(made.at.kiosk.notices.current)
    assert [one.text.get("id") for one in shown] == ["Tutup pukul 15"]
    (row,) = server.deps.notices.rows()
    assert server.deps.notices.end(OPERATOR, row.id) is NoticeOutcome.DONE
    until(lambda: not made.at.kiosk.notices.current())
    assert made.at.store.notices.current(made.at.kiosk.clock.now()) == ()
