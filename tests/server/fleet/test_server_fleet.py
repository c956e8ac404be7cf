"""Enrolment, heartbeats, alarms, visits, staff: what makes a fleet of kiosks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from protocol import badges
from protocol.components import Availability, Condition
from protocol.field.roles import StaffRole
from protocol.messages import EnrolRequest, EnrolResponse, Heartbeat
from server.deps import Deps
from server.fleet.alarms import CLOCK_TOLERANCE, UNUSED_AFTER, AlarmKind
from server.fleet.enrolment import ATTEMPTS_PER_ADDRESS, CODE_LIFE, EnrolRefusal
from server.fleet.heartbeats import Beat
from server.fleet.listing import FleetQuery
from server.fleet.states import KioskState
from server.foundation.actors import OPERATOR
from server.foundation.clock import WorkingCalendar, load_calendar
from server.operator.seeding import TRIAL_PIN
from server.people.field_staff import StaffOutcome, roster
from server.storage import tables
from tests.server.conftest import FakeClock
from tests.server.kiosk_client import TestKiosk, component, visit
from tests.server.running import RunningServer, let_in

JAKARTA = ZoneInfo("Asia/Jakarta")
#: A Tuesday, half past two in the afternoon: an ordinary working day.
WORKING = datetime(2026, 11, 24, 14, 30, tzinfo=JAKARTA)


def request(code: str, key: bytes = bytes(32)) -> EnrolRequest:
    return EnrolRequest.model_construct(code=code, public_key=key, software="test", hardware={})


def enrolled(deps: Deps) -> str:
    answer = deps.enrolment.enrol(request(deps.enrolment.new_code(OPERATOR, "Kios").code), "10.0.0.1")
    assert isinstance(answer, EnrolResponse)
    let_in(deps, answer.kiosk_id)
    return answer.kiosk_id


def beat(deps: Deps, kiosk_id: str, **changes: object) -> None:
    now = deps.clock.now().isoformat()
    base = TestKiosk("http://nowhere").heartbeat(last_touch_at=now, device_time=now)
    deps.heartbeats.take([Beat(kiosk_id, Heartbeat.model_validate({**base, **changes}))])


def alarms(deps: Deps, kiosk_id: str) -> set[str]:
    view = deps.presence.kiosk(kiosk_id)
    assert view is not None
    return {alarm.kind for alarm in view.alarms}


# --- enrolment -----------------------------------------------------------------------------------------------------


def test_a_code_enrols_one_kiosk_with_a_part_of_its_own(server: RunningServer) -> None:
    first, second = server.kiosk("Satu"), server.kiosk("Dua")
    assert first.enrolment and second.enrolment
    assert first.enrolment.kiosk_part != second.enrolment.kiosk_part
    assert first.enrolment.city.name == "Kota Uji"


def test_a_code_is_used_once(deps: Deps) -> None:
    code = deps.enrolment.new_code(OPERATOR, "Kios").code
    deps.enrolment.enrol(request(code, b"a" * 32), "10.0.0.1")
    assert deps.enrolment.enrol(request(code, b"b" * 32), "10.0.0.1") is EnrolRefusal.CODE_REFUSED


def test_the_same_key_may_ask_again_when_the_answer_was_lost(deps: Deps) -> None:
    code = deps.enrolment.new_code(OPERATOR, "Kios").code
    first, again = (deps.enrolment.enrol(request(code, b"a" * 32), "10.0.0.1") for _ in range(2))
    assert isinstance(first, EnrolResponse) and isinstance(again, EnrolResponse)
    assert first.kiosk_id == again.kiosk_id


def test_of_eight_that_race_for_a_code_one_wins(deps: Deps) -> None:
    code = deps.enrolment.new_code(OPERATOR, "Kios").code
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda n: deps.enrolment.enrol(request(code, bytes([n]) * 32), f"10.0.0.{n}"), range(8))
        )
    assert sum(isinstance(answer, EnrolResponse) for answer in answers) == 1


def test_eight_codes_at_once_make_eight_kiosks(deps: Deps) -> None:
    codes = [deps.enrolment.new_code(OPERATOR, f"Kios {n}").code for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda n: deps.enrolment.enrol(request(codes[n], bytes([n]) * 32), "10.0.0.1"), range(8))
        )
    parts = {answer.kiosk_part for answer in answers if isinstance(answer, EnrolResponse)}
    assert len(parts) == 8


@pytest.mark.parametrize(("late", "good"), [(CODE_LIFE - timedelta(seconds=1), True), (CODE_LIFE, False)])
def test_a_code_lives_ten_minutes(deps: Deps, clock: FakeClock, late: timedelta, good: bool) -> None:
    code = deps.enrolment.new_code(OPERATOR, "Kios").code
    clock.pass_time(seconds=late.total_seconds())
    assert isinstance(deps.enrolment.enrol(request(code), "10.0.0.1"), EnrolResponse) is good


def test_wrong_codes_must_wait_and_stop_no_honest_kiosk(deps: Deps, clock: FakeClock) -> None:
    """Neither one elsewhere nor one behind the same address."""
    tries = [deps.enrolment.enrol(request(f"WRONG{n:05}"), "10.9.9.9") for n in range(ATTEMPTS_PER_ADDRESS + 1)]
    assert tries == [EnrolRefusal.CODE_REFUSED] * ATTEMPTS_PER_ADDRESS + [EnrolRefusal.TOO_MANY_TRIES]
    for number in range(20 * ATTEMPTS_PER_ADDRESS):
        deps.enrolment.enrol(request("WRONG"), f"10.8.0.{number}")
    for address in ("10.9.9.9", "10.0.0.1"):
        code = deps.enrolment.new_code(OPERATOR, "Kios").code
        assert isinstance(deps.enrolment.enrol(request(code), address), EnrolResponse)
    assert deps.enrolment.enrol(request("WRONG"), "10.9.9.9") is EnrolRefusal.TOO_MANY_TRIES
    clock.pass_time(minutes=11)
    assert deps.enrolment.enrol(request("WRONG"), "10.9.9.9") is EnrolRefusal.CODE_REFUSED


def test_a_key_of_another_length_is_refused(deps: Deps) -> None:
    code = deps.enrolment.new_code(OPERATOR, "Kios").code
    assert deps.enrolment.enrol(request(code, bytes(31)), "10.0.0.1") is EnrolRefusal.BAD_KEY
    assert deps.enrolment.enrol(request(code, bytes(33)), "10.0.0.1") is EnrolRefusal.BAD_KEY


def test_a_wrong_code_over_the_line_is_403(sqlite_server: RunningServer) -> None:
    answer = TestKiosk(sqlite_server.base).enrol("AAAAA-AAAAA")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "code_refused")


@pytest.mark.parametrize(("name", "ring"), [("", "all"), ("x" * 201, "all"), ("Kios", "beta")])
def test_a_kiosk_needs_a_name_and_a_ring(deps: Deps, name: str, ring: str) -> None:
    with pytest.raises(ValueError, match="name"):
        deps.enrolment.new_code(OPERATOR, name, ring=ring)


# --- presence ------------------------------------------------------------------------------------------------------


def test_a_heartbeat_is_answered_with_time_interval_and_head(server: RunningServer, kiosk: TestKiosk) -> None:
    answer = kiosk.post("/v1/heartbeat", kiosk.heartbeat()).json()
    assert (answer["interval_s"], answer["feed_head"]) == (15.0, 2)


def test_a_kiosk_without_a_heartbeat_for_four_intervals_is_silent(deps: Deps, clock: FakeClock) -> None:
    kiosk_id = enrolled(deps)
    beat(deps, kiosk_id)
    clock.pass_time(seconds=60.0)
    deps.alarms.check_all()
    before = alarms(deps, kiosk_id)
    clock.pass_time(seconds=1)
    deps.alarms.check_all()
    assert (before, alarms(deps, kiosk_id)) == (set(), {AlarmKind.SILENT})
    beat(deps, kiosk_id)
    assert alarms(deps, kiosk_id) == set()


def test_a_kiosk_without_paper_is_an_alarm_until_it_has_some(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    empty = component("printer", "UNAVAILABLE", ["MEDIA_EMPTY"], {"paper_mm": 0.0})
    beat(deps, kiosk_id, components=[empty])
    assert alarms(deps, kiosk_id) == {AlarmKind.WITHOUT_PAPER}
    beat(deps, kiosk_id)
    assert alarms(deps, kiosk_id) == set()


def test_a_kiosk_that_cannot_show_a_file_of_its_pack_is_an_alarm_until_another_pack_comes(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    content = component("content", "READY", ["FILE_BROKEN"]) | {"detail": "surat/kk.png"}
    beat(deps, kiosk_id, components=[content])
    assert alarms(deps, kiosk_id) == {AlarmKind.BROKEN_CONTENT}
    assert [row.detail for row in deps.listing.alarms(standing=True).rows] == ["surat/kk.png"]
    beat(deps, kiosk_id)
    assert alarms(deps, kiosk_id) == set()


def test_a_form_that_fails_is_an_alarm_with_its_service_until_it_is_mended(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    failed = {**component("forms", "READY", ["FORM_FAULT"]), "detail": "pindah: IndexError session/growth.py:12"}
    beat(deps, kiosk_id, components=[failed])
    (alarm,) = deps.listing.alarms(standing=True).rows
    assert (alarm.kind, alarm.detail) == (AlarmKind.FORM_FAULT, failed["detail"])
    beat(deps, kiosk_id)
    assert alarms(deps, kiosk_id) == set()


@pytest.mark.parametrize(
    ("off", "alarm"),
    [
        (CLOCK_TOLERANCE, set()),
        (CLOCK_TOLERANCE + timedelta(seconds=1), {AlarmKind.WRONG_CLOCK}),
        (-CLOCK_TOLERANCE - timedelta(seconds=1), {AlarmKind.WRONG_CLOCK}),
    ],
)
def test_a_kiosk_whose_clock_is_wrong_is_an_alarm_until_it_is_set(
    deps: Deps, clock: FakeClock, off: timedelta, alarm: set[AlarmKind]
) -> None:
    kiosk_id = enrolled(deps)
    beat(deps, kiosk_id, device_time=(clock.time + off).isoformat())
    assert alarms(deps, kiosk_id) == alarm
    beat(deps, kiosk_id)
    assert alarms(deps, kiosk_id) == set()


def test_one_cause_raises_one_alarm(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    for _ in range(3):
        beat(deps, kiosk_id, outbox={"waiting": 0, "parked": 1})
    assert [(row.kind, row.detail) for row in deps.listing.alarms(standing=True).rows] == [(AlarmKind.PARKED, "1")]


@pytest.mark.parametrize(
    ("idle", "in_service", "moment", "alarm"),
    [
        (UNUSED_AFTER, True, WORKING, False),
        (UNUSED_AFTER + timedelta(minutes=1), True, WORKING, True),
        (UNUSED_AFTER + timedelta(minutes=1), False, WORKING, False),
        (UNUSED_AFTER + timedelta(minutes=1), True, WORKING.replace(hour=20), False),
        (UNUSED_AFTER + timedelta(minutes=1), True, WORKING.replace(day=22), False),
    ],
)
def test_a_kiosk_that_nobody_touches_in_working_hours_is_an_alarm(
    deps: Deps, clock: FakeClock, idle: timedelta, in_service: bool, moment: datetime, alarm: bool
) -> None:
    kiosk_id = enrolled(deps)
    clock.time = moment
    touched = (moment - idle).isoformat()
    beat(deps, kiosk_id, last_touch_at=touched, in_service=in_service, uptime_s=100_000.0)
    assert alarms(deps, kiosk_id) == ({AlarmKind.UNUSED} if alarm else set())


def test_a_change_of_a_devices_state_is_history_and_sameness_is_not(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    open_cover = component("printer", "UNAVAILABLE", ["COVER_OPEN"], {"paper_mm": 1.0})
    for components in ([component("printer")], [component("printer")], [open_cover], [component("printer")]):
        beat(deps, kiosk_id, components=components)
    states = [row.availability for row in deps.presence.component_history(kiosk_id)]
    assert states == ["READY", "UNAVAILABLE", "READY"]


def test_what_a_newer_kiosk_says_of_a_component_is_taken_as_far_as_it_is_known(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    beat(deps, kiosk_id, components=[component("printer", "ASLEEP", ["MEDIA_LOW", "RIBBON_WORN"])])
    view = deps.presence.kiosk(kiosk_id)
    assert view is not None
    (printer,) = view.components
    assert printer.availability is Availability.UNKNOWN
    assert printer.conditions == (Condition.MEDIA_LOW, "RIBBON_WORN")
    assert isinstance(printer.conditions[0], Condition)
    (change,) = deps.presence.component_history(kiosk_id)
    assert (change.availability, change.conditions) == ("UNKNOWN", ["MEDIA_LOW", "RIBBON_WORN"])


def test_a_visit_is_kept_once(server: RunningServer, kiosk: TestKiosk) -> None:
    reported = visit(note="Rol diganti")
    assert [kiosk.post("/v1/visits", reported).status_code for _ in range(2)] == [204, 204]
    (kept,) = server.deps.presence.visits(kiosk.id)
    assert (kept.staff_name, kept.note) == ("Budi Santoso", "Rol diganti")


def test_a_command_goes_to_its_kiosk_and_not_to_a_revoked_one(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    assert deps.device_commands.send(OPERATOR, kiosk_id, "restart") is not None
    deps.enrolment.revoke(OPERATOR, kiosk_id)
    assert deps.device_commands.send(OPERATOR, kiosk_id, "restart") is None


def test_an_acknowledged_alarm_stays_open(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    beat(deps, kiosk_id, outbox={"waiting": 0, "parked": 2})
    (alarm,) = deps.listing.alarms(standing=True).rows
    assert [deps.alarms.acknowledge(OPERATOR, alarm.id) for _ in range(2)] == [True, False]
    assert alarms(deps, kiosk_id) == {AlarmKind.PARKED}


# --- staff ---------------------------------------------------------------------------------------------------------


def test_whoever_is_put_off_leaves_every_kiosks_roster(server: RunningServer, kiosk: TestKiosk) -> None:
    staff = server.deps.staff
    assert staff.add(OPERATOR, "petugas-x", "Joko", "314159") in (StaffOutcome.DONE, StaffOutcome.EXISTS)
    staff.set_active(OPERATOR, "petugas-x", True)
    staff.set_active(OPERATOR, "petugas-x", False)
    rosters = [
        {one["id"] for one in event["data"]["staff"]}
        for event in kiosk.get("/v1/feed?after=0").json()["events"]
        if event["type"] == "staff"
    ]
    assert "petugas-x" in rosters[-2]
    assert "petugas-x" not in rosters[-1]


def test_helpers_stand_apart_on_the_roster(deps: Deps) -> None:
    assert deps.staff.add(OPERATOR, "pendamping-1", "Wulan", "314159", StaffRole.HELPER) is StaffOutcome.DONE
    with deps.engine.connect() as connection:
        sent = roster(connection)
    assert [one.id for one in sent.helpers] == ["pendamping-1"]
    assert "pendamping-1" not in {one.id for one in sent.staff}


def test_a_badge_is_signed_by_the_city(deps: Deps) -> None:
    token = deps.staff.badge(OPERATOR, "petugas-1", date(2027, 1, 1))
    assert token is not None
    read = badges.read(token, deps.keys.badge_public, datetime(2026, 12, 1, tzinfo=UTC))
    assert (read.staff_id, read.expires) == ("petugas-1", date(2027, 1, 1))
    assert deps.staff.badge(OPERATOR, "nobody") is None


@pytest.mark.parametrize(
    ("staff_id", "name", "pin", "role", "outcome"),
    [
        ("Petugas", "Joko", "314159", "staff", StaffOutcome.BAD_ID),
        ("a" * 65, "Joko", "314159", "staff", StaffOutcome.BAD_ID),
        ("petugas-9", " ", "314159", "staff", StaffOutcome.BAD_NAME),
        ("petugas-9", "Joko", "31415", "staff", StaffOutcome.BAD_PIN),
        ("petugas-9", "Joko", "3141592", "staff", StaffOutcome.BAD_PIN),
        ("petugas-9", "Joko", "111111", "staff", StaffOutcome.BAD_PIN),
        ("petugas-9", "Joko", "123456", "staff", StaffOutcome.BAD_PIN),
        ("petugas-9", "Joko", "٣١٤١٥٩", "staff", StaffOutcome.BAD_PIN),
        ("petugas-9", "Joko", "314159", "boss", StaffOutcome.BAD_ROLE),
        ("petugas-1", "Joko", "314159", "staff", StaffOutcome.EXISTS),
    ],
)
def test_who_cannot_be_on_the_roster(
    deps: Deps, staff_id: str, name: str, pin: str, role: str, outcome: StaffOutcome
) -> None:
    assert deps.staff.add(OPERATOR, staff_id, name, pin, role) is outcome


def test_the_trial_pin_would_be_accepted() -> None:
    assert len(set(TRIAL_PIN)) > 1


# --- working days --------------------------------------------------------------------------------------------------


def at(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (at(24, 9), 0, at(24, 16)),
        (at(24, 9), 1, at(25, 16)),
        (at(24, 17), 0, at(25, 16)),
        (at(27, 9), 1, at(30, 16)),
        (at(28, 9), 0, at(30, 16)),
        # 24 December is taken off together, 25 is a holiday, 26 and 27 are a weekend
        (at(23, 9, 12), 1, at(28, 16, 12)),
        (at(24, 9, 12), 1, at(29, 16, 12)),
    ],
)
def test_working_days_skip_weekends_and_holidays(start: datetime, days: int, due: datetime) -> None:
    assert WorkingCalendar(JAKARTA).due(start, days) == due


def test_the_citys_own_days_off_and_days_worked_count() -> None:
    own = WorkingCalendar(JAKARTA, {date(2026, 11, 25): False, date(2026, 11, 28): True})
    assert own.due(at(24, 9), 1) == at(26, 16)
    assert own.due(at(27, 9), 1) == at(28, 16)


def test_the_clock_that_stood_over_a_weekend_moves_by_working_days() -> None:
    calendar = WorkingCalendar(JAKARTA)
    assert calendar.later(at(30, 16), calendar.stood(at(27, 10), at(30, 9))) == at(1, 16, 12)


def test_a_pause_within_a_day_moves_nothing() -> None:
    calendar = WorkingCalendar(JAKARTA)
    assert calendar.later(at(30, 16), calendar.stood(at(27, 10), at(27, 15))) == at(30, 16)


def test_the_holidays_table_is_part_of_the_calendar(deps: Deps) -> None:
    with deps.engine.begin() as connection:
        connection.execute(tables.holidays.insert().values(day=date(2026, 11, 25), name="Hari jadi", working=False))
        assert not load_calendar(connection, "Asia/Jakarta").is_working_day(date(2026, 11, 25))


def test_a_revoked_kiosk_is_not_of_the_fleet(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    assert [row.id for row in deps.listing.page(FleetQuery()).rows] == [kiosk_id]
    assert deps.enrolment.revoke(OPERATOR, kiosk_id)
    assert list(deps.listing.page(FleetQuery()).rows) == []
    assert not deps.enrolment.revoke(OPERATOR, kiosk_id)


def test_a_heartbeat_of_the_past_is_silence_not_an_error(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    with deps.engine.begin() as connection:
        connection.execute(update(tables.kiosks).values(last_heartbeat_at=deps.clock.now() - timedelta(days=30)))
    deps.alarms.check_all()
    view = deps.presence.kiosk(kiosk_id)
    assert view is not None
    assert view.state is KioskState.SILENT
    with deps.engine.connect() as connection:
        assert connection.execute(select(tables.kiosks.c.last_heartbeat_at)).scalar_one().tzinfo is not None
