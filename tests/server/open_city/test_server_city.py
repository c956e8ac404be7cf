"""What administrators set for the whole city: days off, notices, the kiosks' settings, accounts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from protocol.kiosk_settings import OFFERED
from protocol.limits import NOTICE_CHARACTERS
from protocol.messages import FeedType
from server.deps import Deps
from server.foundation import feed
from server.foundation.actors import OPERATOR, Actor, Role
from server.foundation.clock import load_calendar
from server.open_city.city_calendar import DayOutcome
from server.open_city.notices import LONGEST, NoticeOutcome
from server.people.accounts import Accounts
from server.people.officers import OfficerOutcome
from server.people.sign_in_limits import SignInLimits
from tests.server.case_kit import enrolled_kiosk
from tests.server.conftest import FakeClock

ADMIN = Actor("admin-1", Role.ADMIN)


def events(deps: Deps, kiosk_id: str, kind: FeedType) -> list[dict[str, object]]:
    with deps.engine.connect() as connection:
        return [event.data for event in feed.page(connection, kiosk_id, 0).events if event.type is kind]


# --- days off -------------------------------------------------------------------------------------------------------


def test_a_day_off_moves_what_is_due_and_removing_it_moves_it_back(deps: Deps, clock: FakeClock) -> None:
    clock.time = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # a Monday
    tuesday = date(2026, 3, 3)

    def due() -> date:
        with deps.engine.connect() as connection:
            return load_calendar(connection, "Asia/Jakarta").due(clock.now(), 1).date()

    assert due() == tuesday
    assert deps.city_calendar.put(ADMIN, tuesday, "Hari jadi kota", working=False) is DayOutcome.DONE
    assert due() == date(2026, 3, 4)
    assert deps.city_calendar.remove(ADMIN, tuesday) is DayOutcome.DONE
    assert due() == tuesday


def test_joint_leave_names_its_decree_and_a_day_of_ones_own_stands_above_it(deps: Deps) -> None:
    christmas_eve = date(2026, 12, 24)
    (given,) = [one for one in deps.city_calendar.days(2026) if one.day == christmas_eve]
    assert (given.name, given.national) == ("Cuti Bersama Hari Raya Natal", True) and "1497/2025" in given.source
    deps.city_calendar.put(ADMIN, christmas_eve, "Layanan tetap buka", working=True)
    (own,) = [one for one in deps.city_calendar.days(2026) if one.day == christmas_eve]
    assert (own.working, own.national, own.source) == (True, False, "")


def test_a_national_holiday_can_be_worked(deps: Deps, clock: FakeClock) -> None:
    clock.time = datetime(2026, 8, 10, tzinfo=UTC)
    independence = date(2026, 8, 17)
    deps.city_calendar.put(ADMIN, independence, "Layanan tetap buka", working=True)
    with deps.engine.connect() as connection:
        assert load_calendar(connection, "Asia/Jakarta").is_working_day(independence)
    (day,) = [one for one in deps.city_calendar.days(2026) if one.day == independence]
    assert (day.name, day.working, day.national) == ("Layanan tetap buka", True, False)


@pytest.mark.parametrize(
    ("day", "name", "outcome"),
    [
        (None, "Libur", DayOutcome.BAD_DAY),
        (date(2032, 1, 1), "Libur", DayOutcome.BAD_DAY),
        (date(2026, 12, 1), " ", DayOutcome.BAD_NAME),
        (date(2026, 12, 1), "a" * 201, DayOutcome.BAD_NAME),
        (date(2031, 12, 31), "a" * 200, DayOutcome.DONE),
    ],
)
def test_a_day_needs_a_date_in_reach_and_a_name(
    deps: Deps, clock: FakeClock, day: date | None, name: str, outcome: DayOutcome
) -> None:
    clock.time = datetime(2026, 3, 2, tzinfo=UTC)
    assert deps.city_calendar.put(ADMIN, day, name, working=False) is outcome


# --- notices --------------------------------------------------------------------------------------------------------


def test_a_notice_is_reported_to_every_kiosk_and_ended_with_the_same_text(deps: Deps, clock: FakeClock) -> None:
    kiosk = enrolled_kiosk(deps)
    until = clock.now() + timedelta(days=3)
    assert deps.notices.send(ADMIN, {"id": "Tutup pukul 15", "en": " "}, until) is NoticeOutcome.DONE
    (row,) = deps.notices.rows()
    assert deps.notices.end(ADMIN, row.id) is NoticeOutcome.DONE
    assert [deps.notices.end(ADMIN, one) for one in (row.id, "no such")] == [NoticeOutcome.NOT_FOUND] * 2
    reported = events(deps, kiosk.id, FeedType.NOTICE)
    assert [one["text"] for one in reported] == [{"id": "Tutup pukul 15"}] * 2
    assert [one["until"] for one in reported] == [until.isoformat(), clock.now().isoformat()]


def test_a_kiosk_that_joins_later_shows_what_stands(deps: Deps, clock: FakeClock) -> None:
    deps.notices.send(ADMIN, {"id": "Selesai"}, clock.now() + timedelta(hours=1))
    clock.pass_time(hours=2)
    deps.notices.send(ADMIN, {"id": "Berlaku"}, clock.now() + timedelta(days=1))
    deps.kiosk_settings.change(ADMIN, {"idle_s": 60.0})
    kiosk = enrolled_kiosk(deps)
    assert [one["text"] for one in events(deps, kiosk.id, FeedType.NOTICE)] == [{"id": "Berlaku"}]
    assert events(deps, kiosk.id, FeedType.SETTINGS) == [{"idle_s": 60.0}]


@pytest.mark.parametrize(
    ("text", "ahead", "outcome"),
    [
        ({"en": "Closed at 3"}, timedelta(days=1), NoticeOutcome.TEXT_MISSING),
        ({"id": "a" * (NOTICE_CHARACTERS + 1)}, timedelta(days=1), NoticeOutcome.TEXT_TOO_LONG),
        ({"id": "a" * NOTICE_CHARACTERS}, LONGEST, NoticeOutcome.DONE),
        ({"id": "Tutup"}, LONGEST + timedelta(seconds=1), NoticeOutcome.BAD_END),
        ({"id": "Tutup"}, timedelta(0), NoticeOutcome.BAD_END),
    ],
)
def test_a_notice_at_its_limits(
    deps: Deps, clock: FakeClock, text: dict[str, str], ahead: timedelta, outcome: NoticeOutcome
) -> None:
    assert deps.notices.send(ADMIN, text, clock.now() + ahead) is outcome


# --- the kiosks' settings -------------------------------------------------------------------------------------------


def test_settings_go_to_every_kiosk_whole(deps: Deps) -> None:
    kiosk = enrolled_kiosk(deps)
    assert deps.kiosk_settings.change(ADMIN, {"idle_s": 120.0, "volume": 0.5}) == ()
    assert deps.kiosk_settings.change(ADMIN, {"idle_s": 120.0, "volume": None}) == ()
    assert events(deps, kiosk.id, FeedType.SETTINGS) == [{"idle_s": 120.0, "volume": 0.5}, {"idle_s": 120.0}]


def test_what_changes_nothing_is_shown_to_nobody(deps: Deps) -> None:
    kiosk = enrolled_kiosk(deps)
    assert deps.kiosk_settings.change(ADMIN, dict.fromkeys(OFFERED)) == ()
    assert events(deps, kiosk.id, FeedType.SETTINGS) == []


@pytest.mark.parametrize(("value", "wrong"), [(30, ()), (29.9, ("idle_s",)), (900, ()), (900.1, ("idle_s",))])
def test_a_setting_at_its_limits(deps: Deps, value: float, wrong: tuple[str, ...]) -> None:
    assert deps.kiosk_settings.change(ADMIN, {"idle_s": value}) == wrong


def test_a_setting_that_kiosks_do_not_know_is_refused(deps: Deps) -> None:
    assert deps.kiosk_settings.change(ADMIN, {"disk_reserve_bytes": 0.0}) == ("disk_reserve_bytes",)


# --- accounts -------------------------------------------------------------------------------------------------------


def test_a_new_officer_signs_in_until_put_off(deps: Deps) -> None:
    accounts = Accounts(deps.units, deps.passwords, SignInLimits(deps.keys.vault))
    outcome, password = deps.officers.add(ADMIN, "wati", "Wati", "officer", "kelurahan")
    assert outcome is OfficerOutcome.DONE
    token = accounts.sign_in("wati", password).token
    officer = accounts.find(token)
    assert officer is not None and officer.agency_id == "kelurahan"
    assert deps.officers.set_active(ADMIN, officer.id, False) is OfficerOutcome.DONE
    assert accounts.find(token) is None
    assert accounts.sign_in("wati", password).token == ""


def test_a_new_password_ends_the_old_one_and_its_sessions(deps: Deps) -> None:
    accounts = Accounts(deps.units, deps.passwords, SignInLimits(deps.keys.vault))
    _, old = deps.officers.add(ADMIN, "wati", "Wati", "command", None)
    token = accounts.sign_in("wati", old).token
    officer = accounts.find(token)
    assert officer is not None
    outcome, new = deps.officers.new_password(ADMIN, officer.id)
    assert outcome is OfficerOutcome.DONE
    assert accounts.find(token) is None
    assert (accounts.sign_in("wati", old).token, bool(accounts.sign_in("wati", new).token)) == ("", True)


@pytest.mark.parametrize(
    ("user", "name", "role", "agency", "outcome"),
    [
        ("Wati", "Wati", "officer", "kelurahan", OfficerOutcome.BAD_USER_NAME),
        ("w", "Wati", "officer", "kelurahan", OfficerOutcome.BAD_USER_NAME),
        ("a" * 65, "Wati", "officer", "kelurahan", OfficerOutcome.BAD_USER_NAME),
        ("a" * 64, "Wati", "officer", "kelurahan", OfficerOutcome.DONE),
        ("wati", "", "officer", "kelurahan", OfficerOutcome.BAD_NAME),
        ("wati", "a" * 201, "officer", "kelurahan", OfficerOutcome.BAD_NAME),
        ("wati", "Wati", "boss", "kelurahan", OfficerOutcome.BAD_ROLE),
        ("wati", "Wati", "officer", None, OfficerOutcome.BAD_AGENCY),
        ("wati", "Wati", "supervisor", "hantu", OfficerOutcome.BAD_AGENCY),
        ("wati", "Wati", "admin", "kelurahan", OfficerOutcome.BAD_AGENCY),
        ("kelurahan", "Wati", "officer", "kelurahan", OfficerOutcome.EXISTS),
    ],
)
def test_who_can_be_added(
    deps: Deps, user: str, name: str, role: str, agency: str | None, outcome: OfficerOutcome
) -> None:
    assert deps.officers.add(ADMIN, user, name, role, agency)[0] is outcome


def test_an_officer_who_moves_to_another_agency_signs_in_anew(deps: Deps) -> None:
    accounts = Accounts(deps.units, deps.passwords, SignInLimits(deps.keys.vault))
    _, password = deps.officers.add(ADMIN, "wati", "Wati", "officer", "kelurahan")
    token = accounts.sign_in("wati", password).token
    officer = accounts.find(token)
    assert officer is not None
    assert deps.officers.change(ADMIN, officer.id, "Wati S", "supervisor", "kominfo") is OfficerOutcome.DONE
    assert accounts.find(token) is None
    moved = accounts.find(accounts.sign_in("wati", password).token)
    assert moved is not None and (moved.name, moved.role, moved.agency_id) == ("Wati S", Role.SUPERVISOR, "kominfo")


@pytest.mark.parametrize(
    ("officer", "name", "role", "agency", "outcome"),
    [
        ("admin-1", "Saya", "command", None, OfficerOutcome.ONESELF),
        ("nobody", "Wati", "command", None, OfficerOutcome.NOT_FOUND),
        ("nobody", " ", "command", None, OfficerOutcome.BAD_NAME),
        ("nobody", "Wati", "boss", None, OfficerOutcome.BAD_ROLE),
        ("nobody", "Wati", "officer", None, OfficerOutcome.BAD_AGENCY),
    ],
)
def test_what_an_account_cannot_be_changed_to(
    deps: Deps, officer: str, name: str, role: str, agency: str | None, outcome: OfficerOutcome
) -> None:
    assert deps.officers.change(ADMIN, officer, name, role, agency) is outcome


def test_nobody_puts_themselves_off(deps: Deps) -> None:
    assert deps.officers.set_active(Actor("me", Role.ADMIN), "me", False) is OfficerOutcome.ONESELF


def test_somebody_who_is_not_there_cannot_be_changed(deps: Deps) -> None:
    assert deps.officers.set_active(OPERATOR, "nobody", True) is OfficerOutcome.NOT_FOUND
    assert deps.officers.new_password(OPERATOR, "nobody") == (OfficerOutcome.NOT_FOUND, "")
