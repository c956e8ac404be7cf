"""Alarms for what a citizen would notice: a device that fails, paper and disk that run out, a kiosk that is covered."""

from datetime import datetime

import pytest

from protocol.kiosk_settings import NUMBERS
from server.deps import Deps
from server.fleet.alarms import AlarmKind
from server.fleet.components import DISK_LOW_BYTES
from server.fleet.states import KioskState
from tests.server.conftest import FakeClock
from tests.server.fleet.test_server_fleet import WORKING, alarms, beat, enrolled
from tests.server.kiosk_client import component

LOW = NUMBERS["paper_low_mm"].default


@pytest.mark.parametrize(
    ("parts", "raised"),
    [
        ([component("printer", supplies={"paper_mm": LOW})], set()),
        ([component("printer", supplies={"paper_mm": LOW - 1})], {AlarmKind.PAPER_LOW}),
        ([component("printer", "READY", ["MEDIA_LOW"])], {AlarmKind.PAPER_LOW}),
        ([component("printer", "UNAVAILABLE", ["MEDIA_EMPTY"], {"paper_mm": 0.0})], {AlarmKind.WITHOUT_PAPER}),
        ([component("printer", "UNAVAILABLE", ["MEDIA_JAMMED"])], {AlarmKind.DEVICE}),
        (
            [component("printer", "UNAVAILABLE", ["MEDIA_EMPTY", "COVER_OPEN"])],
            {AlarmKind.WITHOUT_PAPER, AlarmKind.DEVICE},
        ),
        ([component("scanner", "UNAVAILABLE")], {AlarmKind.DEVICE}),
        ([component("scanner", "UNKNOWN")], set()),
        ([component("camera", "READY", ["STALE"])], set()),
        ([component("speaker", "UNAVAILABLE", ["DISCONNECTED"])], {AlarmKind.DEVICE}),
        ([component("storage", "UNAVAILABLE", ["FAULT"])], {AlarmKind.DEVICE}),
        ([component("storage", "UNAVAILABLE", ["FULL"])], {AlarmKind.DISK_LOW}),
        ([component("lamp", "UNAVAILABLE", ["OVERHEATED"])], set()),
    ],
)
def test_what_a_component_says_is_an_alarm_until_it_says_otherwise(
    sqlite_deps: Deps, parts: list[dict[str, object]], raised: set[AlarmKind]
) -> None:
    kiosk_id = enrolled(sqlite_deps)
    beat(sqlite_deps, kiosk_id, components=parts)
    assert alarms(sqlite_deps, kiosk_id) == raised
    beat(sqlite_deps, kiosk_id)
    assert alarms(sqlite_deps, kiosk_id) == set()


def test_an_alarm_of_a_device_says_which_and_follows_what_it_is(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    for part in (component("printer", "UNAVAILABLE", ["COVER_OPEN"]), component("scanner", "UNAVAILABLE")):
        beat(deps, kiosk_id, components=[part])
    (alarm,) = deps.listing.alarms(standing=True).rows
    assert (alarm.kind, alarm.detail) == (AlarmKind.DEVICE, "scanner: UNAVAILABLE")
    assert deps.listing.alarms(standing=False).total == 1


@pytest.mark.parametrize(("free", "raised"), [(DISK_LOW_BYTES, set()), (DISK_LOW_BYTES - 1, {AlarmKind.DISK_LOW})])
def test_a_disk_is_low_before_the_kiosk_refuses_forms(sqlite_deps: Deps, free: float, raised: set[AlarmKind]) -> None:
    kiosk_id = enrolled(sqlite_deps)
    beat(sqlite_deps, kiosk_id, disk_free_bytes=int(free))
    assert alarms(sqlite_deps, kiosk_id) == raised
    assert NUMBERS["disk_reserve_bytes"].default < DISK_LOW_BYTES


@pytest.mark.parametrize(
    ("at", "in_service", "raised"),
    [
        (WORKING, True, {AlarmKind.COVERED}),
        (WORKING, False, set()),
        (WORKING.replace(hour=21), True, set()),
        (WORKING.replace(day=22), True, set()),
    ],
)
def test_a_camera_that_sees_nothing_in_working_hours_is_a_kiosk_that_is_covered(
    sqlite_deps: Deps, clock: FakeClock, at: datetime, in_service: bool, raised: set[AlarmKind]
) -> None:
    clock.time = at
    kiosk_id = enrolled(sqlite_deps)
    beat(sqlite_deps, kiosk_id, in_service=in_service, components=[component("camera", "READY", ["TOO_DARK"])])
    assert alarms(sqlite_deps, kiosk_id) == raised


def test_the_state_that_is_kept_follows_what_time_alone_brings(deps: Deps, clock: FakeClock) -> None:
    kiosk_id = enrolled(deps)
    seen = []
    for step in (
        lambda: None,
        lambda: beat(deps, kiosk_id),
        lambda: clock.pass_time(hours=1),
        lambda: beat(deps, kiosk_id),
    ):
        step()
        deps.alarms.check_all()
        view = deps.presence.kiosk(kiosk_id)
        assert view is not None
        seen.append(view.state)
    assert seen == [KioskState.WAITING, KioskState.FINE, KioskState.SILENT, KioskState.FINE]
