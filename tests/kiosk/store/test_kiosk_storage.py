"""A store that fails takes neither the home screen nor the heartbeat with it: what was read last stands for it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.events import ComponentChanged, InServiceChanged, StaffSignedOut
from kiosk.kiosk import STORAGE_AGAIN_S
from kiosk.machine.health import Ability, Reason
from kiosk.machine.staff import FIRST_PAUSE_S, FREE_TRIES, SignInProblem, SignInRefused, StaffDuty, StaffOnDuty
from kiosk.ports import Availability
from kiosk.store import StorageFailed, StorageProblem
from kiosk.store.journal import StaffMember
from protocol import badges
from protocol.components import STORAGE
from rehearsal.storage import FaultyStorage
from tests.kiosk.kiosk_kit import BEGIN, CITY, Bench, bench, fill
from tests.kiosk.test_kiosk_staff import PIN, PIN_HASH


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


@pytest.fixture
def storage(at: Bench) -> Iterator[FaultyStorage]:
    made = FaultyStorage(at.store)
    yield made
    made.work()


def reported(made: Bench) -> list[str]:
    """What was reported of the storage."""
    return [event.availability for event in made.of(ComponentChanged) if event.component == STORAGE]


def test_without_anything_read_before_the_snapshot_is_empty(at: Bench, storage: FaultyStorage) -> None:
    storage.fail()
    snapshot = at.kiosk.snapshot()
    assert (snapshot.waiting, snapshot.parked, snapshot.oldest_waiting_at) == (0, 0, None)
    assert (snapshot.notices, snapshot.sessions_today) == ((), 0)


def test_what_was_read_last_stands_for_what_cannot_be_read(at: Bench, storage: FaultyStorage) -> None:
    fill(at.kiosk)
    at.kiosk.send()
    at.kiosk.end()
    at.kiosk.notices.keep(1, {"id": "Tutup pukul 15"}, BEGIN + timedelta(hours=2))
    before = at.kiosk.snapshot()
    storage.fail()
    snapshot = at.kiosk.snapshot()
    assert (snapshot.waiting, snapshot.sessions_today) == (1, 1)
    assert snapshot.oldest_waiting_at == before.oldest_waiting_at is not None
    assert [notice.text.get("id") for notice in snapshot.notices] == ["Tutup pukul 15"]
    assert [service.id for service in at.kiosk.most_used()] == ["letter"]


def test_what_was_read_last_ends_with_its_day_and_its_time(at: Bench, storage: FaultyStorage) -> None:
    at.kiosk.begin("id")
    at.kiosk.end()
    at.kiosk.notices.keep(1, {"id": "Tutup pukul 15"}, BEGIN + timedelta(hours=2))
    at.kiosk.snapshot()
    storage.fail()
    at.clock.advance(86_400)
    snapshot = at.kiosk.snapshot()
    assert (snapshot.notices, snapshot.sessions_today) == ((), 0)


def test_a_read_that_fails_is_reported_once(at: Bench, storage: FaultyStorage) -> None:
    storage.fail()
    snapshots = [at.kiosk.snapshot() for _ in range(3)]
    assert {snapshot.ability for snapshot in snapshots} == {Ability.DEGRADED}
    assert Reason.STORAGE_BROKEN in snapshots[0].reasons
    assert snapshots[0].components[STORAGE].conditions == {StorageProblem.FAULT.value}
    assert reported(at) == [Availability.UNAVAILABLE]


def test_without_printer_and_line_either_the_kiosk_is_closed(at: Bench, storage: FaultyStorage) -> None:
    at.printer.become("UNAVAILABLE", "NOT_REACHABLE")
    storage.fail()
    assert at.kiosk.snapshot().ability is Ability.CLOSED


def test_a_read_that_works_again_is_reported(at: Bench, storage: FaultyStorage) -> None:
    storage.fail()
    at.kiosk.snapshot()
    storage.work()
    snapshot = at.kiosk.snapshot()
    assert Reason.STORAGE_BROKEN not in snapshot.reasons
    assert reported(at) == [Availability.UNAVAILABLE, Availability.READY]


def test_a_read_that_works_says_nothing_of_what_could_not_be_written(at: Bench) -> None:
    at.kiosk.health.storage_failed(StorageProblem.FULL)
    assert Reason.DISK_FULL in at.kiosk.snapshot().reasons


def test_one_table_that_cannot_be_read_is_reported_once(at: Bench, storage: FaultyStorage) -> None:
    storage.fail("outbox")
    for _ in range(3):
        assert Reason.STORAGE_BROKEN in at.kiosk.snapshot().reasons
    assert reported(at) == [Availability.UNAVAILABLE]


@pytest.mark.parametrize("problem", [StorageProblem.FAULT, StorageProblem.FULL])
def test_what_could_not_be_written_is_tried_again(at: Bench, problem: StorageProblem) -> None:
    at.kiosk.health.storage_failed(problem)
    at.kiosk.tick()
    assert reported(at) == [Availability.UNAVAILABLE]
    at.clock.advance(STORAGE_AGAIN_S)
    at.kiosk.tick()
    assert reported(at) == [Availability.UNAVAILABLE, Availability.READY]


def test_a_storage_that_still_fails_stays_as_it_was(at: Bench, storage: FaultyStorage) -> None:
    storage.fail()
    at.kiosk.snapshot()
    for _ in range(3):
        at.clock.advance(STORAGE_AGAIN_S)
        at.kiosk.tick()
    assert reported(at) == [Availability.UNAVAILABLE]


def test_a_storage_that_works_again_is_noticed_though_nobody_reads(at: Bench, storage: FaultyStorage) -> None:
    storage.fail()
    at.kiosk.snapshot()
    storage.work()
    at.clock.advance(STORAGE_AGAIN_S)
    at.kiosk.tick()
    assert reported(at) == [Availability.UNAVAILABLE, Availability.READY]


def test_a_disk_without_room_is_not_tried(at: Bench) -> None:
    at.kiosk.health.storage_failed(StorageProblem.FULL)
    at.disk.bytes_free = 0
    at.clock.advance(STORAGE_AGAIN_S)
    at.kiosk.tick()
    assert reported(at) == [Availability.UNAVAILABLE]


def test_a_damaged_database_waits_for_the_next_start(at: Bench) -> None:
    at.kiosk.health.storage_failed(StorageProblem.CORRUPT)
    at.clock.advance(STORAGE_AGAIN_S)
    at.kiosk.tick()
    assert Reason.STORAGE_BROKEN in at.kiosk.health.reasons()


def test_paper_is_counted_though_it_cannot_be_written_down(at: Bench, storage: FaultyStorage) -> None:
    storage.fail()
    at.kiosk.supplies.roll_changed(50_000)
    assert at.kiosk.snapshot().paper.millimetres == 50_000
    assert Reason.STORAGE_BROKEN in at.kiosk.health.reasons()


@pytest.fixture
def staff(at: Bench) -> StaffDuty:
    """Budi is on the list that came from the server."""
    at.store.roster.replace([StaffMember("budi", "Budi", "staff", PIN_HASH)])
    at.kiosk.staff.roster_changed()
    return at.kiosk.staff


BADGE = badges.issue("budi", date(2026, 3, 4), bytes(CITY.badge))


def test_who_signs_out_is_signed_out_though_the_visit_cannot_be_kept(
    at: Bench, staff: StaffDuty, storage: FaultyStorage
) -> None:
    staff.sign_in(BADGE, PIN)
    assert staff.staff_id == "budi"
    storage.fail()
    assert staff.sign_out() is None
    assert staff.staff_id is None
    assert Reason.STORAGE_BROKEN in at.kiosk.health.reasons()
    assert len(at.of(StaffSignedOut)) == 1


@pytest.mark.parametrize("reading", [True, False])
def test_who_comes_to_mend_it_is_let_in(at: Bench, staff: StaffDuty, storage: FaultyStorage, reading: bool) -> None:
    break_it(storage, reading)
    assert staff.check_badge(BADGE) == "budi"
    assert isinstance(staff.sign_in(BADGE, PIN), StaffOnDuty)
    assert staff.staff_id == "budi"
    assert Reason.STORAGE_BROKEN in at.kiosk.health.reasons()


@pytest.mark.parametrize("reading", [True, False])
def test_wrong_pins_are_counted_though_they_cannot_be_written_down(
    staff: StaffDuty, storage: FaultyStorage, reading: bool
) -> None:
    break_it(storage, reading)
    refused = [staff.sign_in(BADGE, "000000") for _ in range(FREE_TRIES)]
    assert [each.wait_s for each in refused if isinstance(each, SignInRefused)] == [0.0] * (FREE_TRIES - 1) + [
        FIRST_PAUSE_S
    ]
    again = staff.sign_in(BADGE, PIN)
    assert isinstance(again, SignInRefused)
    assert again.problem is SignInProblem.WAIT


def test_wrong_pins_that_were_written_down_count_while_it_cannot_be_read(
    staff: StaffDuty, storage: FaultyStorage
) -> None:
    for _ in range(FREE_TRIES - 1):
        staff.sign_in(BADGE, "000000")
    storage.fail()
    refused = staff.sign_in(BADGE, "000000")
    assert isinstance(refused, SignInRefused)
    assert refused.wait_s == FIRST_PAUSE_S


def test_who_is_not_on_the_list_is_not_let_in_either(staff: StaffDuty, storage: FaultyStorage) -> None:
    storage.fail()
    stranger = badges.issue("ani", date(2026, 3, 4), bytes(CITY.badge))
    assert staff.check_badge(stranger) == SignInRefused(SignInProblem.NOT_LISTED)


@pytest.mark.parametrize("reading", [True, False])
def test_it_can_be_put_out_of_service_and_back(at: Bench, storage: FaultyStorage, reading: bool) -> None:
    break_it(storage, reading)
    at.kiosk.out_of_service()
    assert not at.kiosk.in_service
    at.kiosk.back_in_service()
    assert at.kiosk.in_service
    assert [event.in_service for event in at.of(InServiceChanged)] == [False, True]
    assert Reason.STORAGE_BROKEN in at.kiosk.health.reasons()


def test_what_is_parked_stays_so_and_is_known(at: Bench, storage: FaultyStorage) -> None:
    fill(at.kiosk)
    at.kiosk.send()
    assert at.store.outbox.park(1, "unknown_form")
    before = at.kiosk.outbox.parked()
    assert [item.kiosk_seq for item in before] == [1]
    storage.fail_writing()
    with pytest.raises(StorageFailed):
        at.kiosk.outbox.try_again(1)
    storage.fail()
    assert at.kiosk.outbox.parked() == before
    storage.work()
    assert at.kiosk.outbox.try_again(1)
    assert at.kiosk.outbox.parked() == ()


def break_it(storage: FaultyStorage, reading: bool) -> None:
    """Nothing can be written, or not even ``reading`` works."""
    if reading:
        storage.fail()
    else:
        storage.fail_writing()
