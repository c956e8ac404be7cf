"""The kiosk's program from a real server: fetched by what is new, ordered while idle, taken back, and years later."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from kiosk.events import RestartAsked
from kiosk.store.packs import InstalledPack
from launcher.disk import RealDisk
from launcher.slots import BAD, GOOD, INSTALLED, TRYING, Order, Slots, State
from launcher.trial import Choice
from server.fleet.releases.releases import of_folder
from server.fleet.releases.states import ReleaseState
from server.foundation.actors import OPERATOR
from server.storage import tables
from sync.down.as_one import KEPT_FOR, back_as_one, may_run, note
from sync.down.programs import IDLE, LINE, ProgramDuty, troubles
from tests.kiosk.kiosk_kit import fill
from tests.server.fleet.test_server_releases import folder_of
from tests.server.running import RunningServer
from tests.sync.line_kit import OPTIONS, OnLine, city_server, enrolled, kiosk_on_line, until
from tests.sync.tuf_kit import FolderFetcher, Years, city_of_years


@dataclass
class Updated:
    """A kiosk with a launcher's folder, whose program is not really started."""

    server: RunningServer
    made: OnLine
    duty: ProgramDuty
    slots: Slots
    folder: Path

    def release(self, version: str, **more: bytes) -> int:
        """A release that every kiosk may take now."""
        folder = folder_of(self.folder / version, version, **more)
        deps = self.server.deps
        number = deps.releases.publish(of_folder(folder), version, OPERATOR)
        with deps.engine.begin() as connection:
            connection.execute(update(tables.releases).values(state=ReleaseState.DONE))
        return number

    def restarts(self, *, good: bool = True) -> int:
        """As the launcher does it; the number of what runs then."""
        choice = Choice(self.slots)
        slot = choice.next()
        if self.slots.state().phase == TRYING:
            if good:
                choice.good()
            else:
                slot = choice.bad("does not come up").back_to
        return self.slots.number(slot)

    def takes(self, number: int | None, *, good: bool = True) -> int:
        self.duty.wanted(number)
        assert self.duty.look() == ""
        self.duty.turn()
        return self.restarts(good=good)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One for all: each test has a kiosk of its own and releases further ones."""
    with city_server(tmp_path_factory.mktemp("server")) as one:
        yield one


@pytest.fixture
def updated(server: RunningServer, tmp_path: Path) -> Iterator[Updated]:
    made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    folder = tmp_path / "programs"
    duty = ProgramDuty(made.at.kiosk, made.line._client(), tmp_path / "kiosk", folder, tuf_root=made.enrolment.tuf_root)
    yield Updated(server, made, duty, Slots(RealDisk(), folder), tmp_path / "builds")
    made.stop()


def test_a_release_is_fetched_ordered_and_runs(updated: Updated) -> None:
    number = updated.release("1.0")
    assert updated.takes(number) == number
    program = updated.slots.root / updated.slots.current() / "kiosk"
    # Its owner runs it; others are the umask's matter.
    assert (program.read_text(), program.stat().st_mode & 0o100) == ("program 1.0", 0o100)
    assert updated.duty.state().number == number


def test_of_the_next_release_only_the_new_bytes_are_fetched_and_they_go_on_after_a_break(updated: Updated) -> None:
    updated.takes(updated.release("1.0", **{"old.so": b"o" * 50_000}))
    number = updated.release("2.0", **{"old.so": b"o" * 50_000, "new.so": b"n" * 90_000})
    asked: list[tuple[str, int]] = []
    whole = updated.duty._bytes

    def breaking(sha256: str, offset: int) -> Iterator[bytes]:
        asked.append((sha256, offset))
        chunks = whole(sha256, offset)
        yield next(chunks)
        if len(asked) <= 1:
            raise ConnectionError("the line is gone")
        yield from chunks

    updated.duty._filler._fetch = breaking
    updated.duty.wanted(number)
    assert "the line is gone" in updated.duty.look()
    assert updated.takes(number) == number
    assert [offset for _, offset in asked if offset] == [65_536]
    assert len({sha256 for sha256, _ in asked}) == 2, "new.so and the program itself"


def test_nothing_is_ordered_while_somebody_uses_the_kiosk_or_has_just_gone(
    updated: Updated, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[RestartAsked] = []
    updated.made.at.bus.subscribe(lambda event: heard.append(event) if isinstance(event, RestartAsked) else None)
    number = updated.release("1.0")
    fill(updated.made.at.kiosk)
    updated.duty.wanted(number)
    updated.duty.turn()
    assert (updated.slots.order(), heard) == (Order(), [])
    updated.made.at.kiosk.end()
    updated.duty.turn()
    assert updated.slots.order() == Order()
    monkeypatch.setattr("sync.down.programs.IDLE", timedelta(0))
    updated.duty.turn()
    assert (updated.slots.order().number, len(heard)) == (number, 1)


def test_what_was_paused_or_taken_back_while_it_waited_is_not_ordered(updated: Updated) -> None:
    updated.duty.wanted(updated.release("1.0"))
    updated.duty.look()
    updated.duty.wanted(None)
    updated.duty.turn()
    assert updated.slots.order() == Order()


def test_what_the_launcher_went_back_from_is_not_taken_again_and_is_told(updated: Updated) -> None:
    first = updated.release("1.0")
    updated.takes(first)
    second = updated.release("2.0")
    assert updated.takes(second, good=False) == first
    told = updated.duty.state()
    assert (told.number, told.bad, told.reason) == (first, second, "does not come up")
    updated.duty.turn()
    assert updated.slots.order() == Order()


def test_while_a_release_is_tried_the_way_back_is_left_alone(updated: Updated) -> None:
    updated.takes(updated.release("1.0"))
    updated.slots.keep(State(TRYING, 1, updated.slots.current()))
    updated.duty.wanted(updated.release("2.0"))
    updated.duty.turn()
    assert updated.slots.number(updated.slots.spare()) == 0
    assert updated.duty.state().trying


def test_a_server_alone_cannot_lead_back_to_an_older_release_the_signed_list_can(updated: Updated) -> None:
    first = updated.release("1.0")
    updated.takes(first)
    second = updated.release("2.0")
    updated.takes(second)
    assert updated.takes(first) == second
    updated.server.deps.releases.take_back(second, OPERATOR)
    assert updated.takes(first) == first


def test_when_the_only_release_is_taken_back_the_installed_program_runs(updated: Updated) -> None:
    number = updated.release("1.0")
    updated.takes(number)
    updated.server.deps.releases.take_back(number, OPERATOR)
    updated.duty.wanted(None)
    updated.duty.look()
    updated.duty.turn()
    assert updated.slots.order().slot == INSTALLED
    assert (updated.restarts(), updated.slots.state().phase) == (0, GOOD)


def test_a_file_that_was_altered_at_the_server_is_not_taken(updated: Updated) -> None:
    number = updated.release("altered")
    path = updated.server.deps.releases.files.path(hashlib.sha256(b"program altered").hexdigest())
    assert path is not None
    path.write_bytes(b"program Altered")
    updated.duty.wanted(number)
    assert "is not what was signed" in updated.duty.look()
    assert updated.slots.number(updated.slots.spare()) == 0


def test_without_room_beyond_the_reserve_nothing_is_fetched(updated: Updated) -> None:
    number = updated.release("1.0")
    # More than any disk has.
    updated.made.at.kiosk.settings.number = lambda name: 1e18  # type: ignore[method-assign]
    updated.duty.wanted(number)
    assert "no room" in updated.duty.look()
    assert not (updated.slots.root / "parts").exists()


def test_the_whole_line_takes_a_release_by_itself(tmp_path: Path) -> None:
    with city_server(tmp_path / "server") as server, ExitStack() as at_the_end:
        programs = tmp_path / "programs"
        options = replace(OPTIONS, programs=programs)
        made = kiosk_on_line(tmp_path / "kiosk", enrolled(server), options=options)
        at_the_end.callback(made.stop)
        made.line.start()
        slots = Slots(RealDisk(), programs)
        number = server.deps.releases.publish(of_folder(folder_of(tmp_path / "1.0")), "1.0", OPERATOR)

        def ordered() -> bool:
            made.line.retry_now()
            made.line._report_now()
            return slots.order().number == number

        until(ordered)
        assert slots.whole(slots.order().slot)
        assert server.deps.releases.counts(number).offered == 1


# --- the way back -------------------------------------------------------------------------------------------------


def test_pack_and_settings_go_back_with_the_program_and_what_was_sent_does_not(updated: Updated) -> None:
    at, store = updated.made.at, updated.made.at.store
    now = at.kiosk.clock.now()
    store.settings.replace({"idle_warning_s": 40, "sealing_keys": ["old"]})
    store.packs.add(InstalledPack(1, "0" * 64, 1, now))
    note(store, now=now, runs=4, next_one=5, pack=1)
    store.settings.replace({"idle_warning_s": 90, "sealing_keys": ["new"]})
    store.packs.add(InstalledPack(2, "0" * 64, 1, now))
    saved = updated.made.send()
    assert not back_as_one(store, now=now, runs=5), "the new one runs"
    assert back_as_one(store, now=now, runs=4)
    assert store.settings.all() == {"idle_warning_s": 40, "sealing_keys": ["new"]}
    assert [may_run(store, pack) for pack in (1, 2, 3)] == [True, False, True]
    assert store.outbox.counts().waiting == 1 and store.receipts.get(saved.code) is not None
    assert not back_as_one(store, now=now, runs=4), "once"


def test_after_a_week_only_the_program_goes_back(updated: Updated) -> None:
    store, now = updated.made.at.store, updated.made.at.kiosk.clock.now()
    store.settings.replace({"idle_warning_s": 40})
    note(store, now=now, runs=4, next_one=5, pack=1)
    store.settings.replace({"idle_warning_s": 90})
    assert not back_as_one(store, now=now + KEPT_FOR + timedelta(seconds=1), runs=4)
    assert store.settings.all() == {"idle_warning_s": 90}


# --- over the years -----------------------------------------------------------------------------------------------


@pytest.fixture
def years(tmp_path: Path) -> Iterator[tuple[Years, ProgramDuty]]:
    with city_of_years(tmp_path) as one:
        kiosk = one.made.at.kiosk
        duty = ProgramDuty(
            kiosk, one.made.line._client(), tmp_path / "k", tmp_path / "programs", tuf_root=one.made.enrolment.tuf_root
        )
        duty._fetcher = FolderFetcher(one.deps)  # type: ignore[assignment]
        duty._filler._fetch = lambda sha256, offset: iter(
            [(one.deps.settings.data / "packs" / "programs" / sha256).read_bytes()[offset:]]
        )
        yield one, duty


def _publish(years: Years, version: str) -> int:
    folder = folder_of(years.usb / version, version)
    return years.deps.releases.publish(of_folder(folder), version, OPERATOR)


def test_four_hundred_days_offline_and_two_roots_later_the_newest_release_is_there_in_one_visit(
    years: tuple[Years, ProgramDuty], tmp_path: Path
) -> None:
    city, duty = years
    city.pass_days(100)
    city.renew_root()
    _publish(city, "1.0")
    city.pass_days(200)
    city.renew_root()
    _publish(city, "2.0")
    newest = _publish(city, "3.0")
    city.pass_days(100)
    city.made.at.kiosk.clock.learn(city.clock.now())
    duty.wanted(newest)
    assert duty.look() == ""
    assert duty._slots.number("a") == newest


def test_expired_metadata_leave_the_program_as_it_is(years: tuple[Years, ProgramDuty]) -> None:
    city, duty = years
    number = _publish(city, "1.0")
    city.pass_days(3_700, in_service=False)
    city.made.at.kiosk.clock.learn(city.clock.now())
    duty.wanted(number)
    assert "ExpiredMetadataError" in duty.look()
    assert duty._slots.current() == "" and duty._slots.state().phase != BAD
    assert duty.turn() is not None, "it is tried again later"
    assert city.made.at.kiosk.snapshot().in_service


def test_a_kiosk_without_a_line_says_so_among_its_troubles(updated: Updated) -> None:
    assert LINE in troubles(updated.made.at.kiosk)
    assert timedelta(minutes=1) < IDLE
