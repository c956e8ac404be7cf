"""Field staff: badge and PIN, pauses after wrong ones, and who is signed out."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from nacl import pwhash

from kiosk.events import VisitRecorded
from kiosk.machine.staff import FIRST_PAUSE_S, FREE_TRIES, LONGEST_PAUSE_S, SignInProblem, SignInRefused, StaffOnDuty
from kiosk.store.journal import StaffMember
from protocol import badges
from protocol.field.roles import May
from tests.kiosk.kiosk_kit import BEGIN, CITY, Bench, bench

PIN = "482913"
PIN_HASH = pwhash.argon2id.str(PIN.encode(), pwhash.argon2id.OPSLIMIT_MIN, pwhash.argon2id.MEMLIMIT_MIN).decode()


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


@pytest.fixture
def staffed(at: Bench) -> Bench:
    at.store.roster.replace([StaffMember("budi", "Budi", "staff", PIN_HASH)])
    return at


def badge(staff_id: str = "budi", expires: date = date(2026, 12, 31)) -> str:
    return badges.issue(staff_id, expires, bytes(CITY.badge))


def problem(result: StaffOnDuty | SignInRefused) -> SignInProblem:
    assert isinstance(result, SignInRefused)
    return result.problem


def test_badge_and_pin_open_and_the_visit_is_recorded(staffed: Bench) -> None:
    staff = staffed.kiosk.staff
    assert isinstance(staff.sign_in(badge(), PIN), StaffOnDuty)
    staff.record("roll_changed", "80000 mm")
    staffed.clock.advance(60)
    visit = staff.sign_out("new roll")
    assert visit is not None
    assert [(one.kind, one.detail) for one in visit.actions] == [("roll_changed", "80000 mm")]
    assert staffed.store.visits.unreported() == (visit,)
    assert staffed.of(VisitRecorded) == [VisitRecorded(visit.id)]


def test_a_badge_alone_or_of_somebody_else_opens_nothing(staffed: Bench) -> None:
    staff = staffed.kiosk.staff
    assert problem(staff.sign_in(badge(), "")) is SignInProblem.WRONG_PIN
    assert problem(staff.sign_in(badge("ani"), PIN)) is SignInProblem.NOT_LISTED
    assert problem(staff.sign_in(badge()[:-2] + "AA", PIN)) is SignInProblem.BAD_BADGE
    assert problem(staff.sign_in(badge(expires=BEGIN.date() - timedelta(days=1)), PIN)) is SignInProblem.EXPIRED
    assert staff.on_duty is None


def test_wrong_pins_make_a_growing_pause_that_ends(staffed: Bench) -> None:
    staff = staffed.kiosk.staff
    waits = []
    for _ in range(FREE_TRIES + 8):
        result = staff.sign_in(badge(), "000000")
        assert isinstance(result, SignInRefused)
        waits.append(result.wait_s)
        staffed.clock.advance(result.wait_s)
    assert waits[: FREE_TRIES + 1] == [0.0] * (FREE_TRIES - 1) + [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S]
    assert waits[-1] == LONGEST_PAUSE_S
    assert isinstance(staff.sign_in(badge(), PIN), StaffOnDuty)


def test_during_the_pause_the_right_pin_is_not_taken(staffed: Bench) -> None:
    staff = staffed.kiosk.staff
    for _ in range(FREE_TRIES):
        staff.sign_in(badge(), "000000")
    assert problem(staff.sign_in(badge(), PIN)) is SignInProblem.WAIT
    staffed.clock.advance(FIRST_PAUSE_S)
    assert isinstance(staff.sign_in(badge(), PIN), StaffOnDuty)


def test_who_is_taken_off_the_roster_is_signed_out(staffed: Bench) -> None:
    staff = staffed.kiosk.staff
    staff.sign_in(badge(), PIN)
    staffed.store.roster.replace([])
    staff.roster_changed()
    assert staff.on_duty is None


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [("helper", May.CARE, May.STOP), ("staff", May.STOP, May.GO_BACK), ("newer", May.LOOK, May.VISIT)],
)
def test_who_is_signed_in_may_what_their_role_allows(at: Bench, role: str, may: May, may_not: May) -> None:
    at.store.roster.replace([StaffMember("budi", "Budi", role, PIN_HASH)])
    staff = at.kiosk.staff
    assert not staff.may(may)
    staff.sign_in(badge(), PIN)
    assert (staff.may(may), staff.may(may_not)) == (True, False)


def locked(at: Bench) -> None:
    at.kiosk.staff.lock(True)


def taken_off(at: Bench) -> None:
    at.store.roster.replace([])
    at.kiosk.staff.roster_changed()


@pytest.mark.parametrize(("change", "refused"), [(locked, SignInProblem.LOCKED), (taken_off, SignInProblem.NOT_LISTED)])
def test_what_the_office_says_while_a_pin_is_checked_holds(
    staffed: Bench, monkeypatch: pytest.MonkeyPatch, change: Callable[[Bench], None], refused: SignInProblem
) -> None:
    check = pwhash.verify

    def slow(pin_hash: bytes, pin: bytes) -> bool:
        change(staffed)
        return bool(check(pin_hash, pin))

    monkeypatch.setattr(pwhash, "verify", slow)
    assert problem(staffed.kiosk.staff.sign_in(badge(), PIN)) is refused
    assert staffed.kiosk.staff.on_duty is None
