"""The field staff's pages, by touch: badge and PIN, states, roll, tests, outbox, out of service and back, the visit."""

from datetime import date

import pytest

from protocol import badges
from protocol.peripherals import PrintOutcome, ScanKind
from rehearsal.citizen import Citizen
from rehearsal.devices import Scan
from rehearsal.gallery.way import Way, domicile_review
from rehearsal.hands import Hands, NotThere
from rehearsal.kiosk import BADGE, BADGE_KEY, PIN, STAFF_ID
from rehearsal.storage import FaultyStorage
from tests.screens.staff.staff_kit import actions, open_device, sign_in

METRES = 1000.0


def test_badge_and_pin_open_the_overview(on_duty: Hands) -> None:
    assert on_duty.place == "STAFF"
    assert on_duty.unseen("Budi Santoso") == []


def test_a_badge_alone_opens_nothing(kiosk: Hands) -> None:
    Citizen(kiosk).hold_badge()
    assert kiosk.place == "STAFF_PIN"
    with pytest.raises(NotThere, match="no way forward"):
        kiosk.forward()


def test_a_wrong_pin_is_reported_and_forgotten(kiosk: Hands) -> None:
    sign_in(kiosk, "000000")
    assert kiosk.place == "STAFF_PIN"
    assert kiosk.unseen(kiosk.text("staff.problem.wrong_pin")) == []
    assert kiosk.page.entry.text == ""


def test_a_pin_is_never_shown(kiosk: Hands) -> None:
    Citizen(kiosk).hold_badge()
    kiosk.type(PIN)
    assert not kiosk.sees(PIN)


FOREIGN = badges.issue(STAFF_ID, date(2100, 12, 31), b"\x07" * 32)


@pytest.mark.parametrize(
    ("badge", "problem"),
    [
        pytest.param(FOREIGN, "bad_badge", id="of another city"),
        pytest.param(BADGE.replace(STAFF_ID, "pengawas-9"), "bad_badge", id="forged"),
        pytest.param(BADGE.replace(".4", ".5", 1), "bad_badge", id="its day altered"),
        pytest.param(f"EKB1.{STAFF_ID}.99999.{'A' * 86}", "bad_badge", id="made up"),
        pytest.param(badges.issue(STAFF_ID, date(2026, 11, 1), bytes(BADGE_KEY)), "expired", id="expired"),
        pytest.param(badges.issue("sari", date(2100, 12, 31), bytes(BADGE_KEY)), "not_listed", id="not listed"),
    ],
)
def test_a_badge_that_opens_nothing_is_refused_before_a_pin_is_asked_for(
    kiosk: Hands, badge: str, problem: str
) -> None:
    Citizen(kiosk).hold_badge(badge)
    assert kiosk.place == "HOME"
    kiosk.must_see(kiosk.text(f"staff.problem.{problem}"))
    assert kiosk.kiosk.staff.on_duty is None


def test_a_refused_badge_takes_nobody_from_the_pin(kiosk: Hands) -> None:
    Citizen(kiosk).hold_badge()
    Citizen(kiosk).hold_badge(FOREIGN)
    assert kiosk.place == "STAFF_PIN"
    kiosk.must_see(kiosk.text("staff.problem.bad_badge"))
    kiosk.type(PIN)
    kiosk.forward()
    kiosk.join()
    assert kiosk.place == "STAFF"


def test_during_a_visit_a_badge_disturbs_nobody(kiosk: Hands) -> None:
    kiosk.app.flow.citizen.start()
    kiosk.settle()
    Citizen(kiosk).hold_badge()
    assert kiosk.place == "SERVICES"


def test_the_overview_tells_the_state_of_each_device_as_it_changes(on_duty: Hands) -> None:
    on_duty.rehearsal.printer.become("UNAVAILABLE", "COVER_OPEN")
    on_duty.settle()
    assert on_duty.unseen(on_duty.text("staff.condition.cover_open")) == []
    on_duty.rehearsal.printer.become()
    on_duty.settle()
    assert not on_duty.sees(on_duty.text("staff.condition.cover_open"))


def test_a_new_roll_is_counted_in_millimetres(on_duty: Hands) -> None:
    on_duty.tap(on_duty.text("staff.change_roll"))
    on_duty.page.entry.clear()
    on_duty.type("80")
    on_duty.forward()
    assert (on_duty.place, on_duty.app.flow.place.detail) == ("STAFF_DEVICE", "printer")
    assert on_duty.kiosk.supplies.paper().millimetres == 80 * METRES
    assert on_duty.unseen(on_duty.text("staff.paper_of", m="80", full="80")) == []
    assert ("roll_changed", "80 m") in actions(on_duty)


@pytest.mark.parametrize("metres", ["0", "999"])
def test_a_roll_that_cannot_be_is_refused(on_duty: Hands, metres: str) -> None:
    on_duty.tap(on_duty.text("staff.change_roll"))
    on_duty.page.entry.clear()
    on_duty.type(metres)
    on_duty.forward()
    assert on_duty.place == "STAFF_PAPER"
    assert on_duty.page.problem


def test_printer_scanner_and_camera_are_tested(on_duty: Hands) -> None:
    open_device(on_duty, "printer")
    on_duty.tap(on_duty.text("staff.test.print"))
    assert on_duty.unseen(on_duty.text("staff.test.printed")) == []
    on_duty.back()
    open_device(on_duty, "scanner")
    on_duty.rehearsal.scanner.scan(Scan(ScanKind.NIK_CARD, "3578014107900001", nik="3578014107900001"))
    on_duty.settle()
    assert on_duty.unseen(on_duty.text("staff.scan.nik_card")) == []
    assert not on_duty.sees("3578014107900001")
    on_duty.back()
    open_device(on_duty, "camera")
    on_duty.tap(on_duty.text("staff.test.shoot"))
    on_duty.join()
    assert on_duty.unseen(on_duty.text("staff.test.shot", width=960, height=720)) == []
    assert [kind for kind, _ in actions(on_duty)] == ["test_slip", "scanner_test", "camera_test"]


def test_paper_is_cut_and_a_cleaning_card_drawn_through(on_duty: Hands) -> None:
    open_device(on_duty, "printer")
    on_duty.tap(on_duty.text("staff.printer.cut"))
    assert on_duty.unseen(on_duty.text("staff.printer.cut_test")) == []
    on_duty.tap(on_duty.text("staff.printer.clean"))
    assert on_duty.unseen(on_duty.text("staff.printer.head_cleaned")) == []
    lengths = [len(slip.lines) for slip, _ in on_duty.rehearsal.printer.slips[-2:]]
    assert lengths[0] < lengths[1]
    assert [kind for kind, _ in actions(on_duty)] == ["cut_test", "head_cleaned"]


def test_a_card_before_the_camera_cannot_be_read_on_its_test_page(on_duty: Hands) -> None:
    """What is shown has too few dots for a line of print: the finest detail of the camera's own picture is gone."""
    open_device(on_duty, "camera")
    seen, own = on_duty.page.source(), on_duty.rehearsal.camera.latest()
    letters_in_a_line = 60
    assert seen.width < letters_in_a_line < own.width
    assert len(seen.rgba) == seen.width * seen.height * 4
    assert on_duty.page.source() is seen


def test_a_camera_whose_code_fails_fails_its_test(on_duty: Hands) -> None:
    on_duty.rehearsal.camera.broken = True
    open_device(on_duty, "camera")
    on_duty.tap(on_duty.text("staff.test.shoot"))
    on_duty.join()
    assert on_duty.unseen(on_duty.text("photo.problem.no_frame")) == []
    assert actions(on_duty) == [("camera_test", "NO_FRAME")]


def test_a_pin_that_cannot_be_checked_is_asked_for_again(kiosk: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_token: str, _pin: str) -> None:
        raise OSError("the store is gone")

    Citizen(kiosk).hold_badge()
    monkeypatch.setattr(kiosk.kiosk.staff, "sign_in", fail)
    kiosk.type(PIN)
    kiosk.forward()
    kiosk.join()
    kiosk.must_see(kiosk.text("staff.problem.unchecked"))
    assert not kiosk.page.busy


def test_a_device_that_lacks_something_says_so_when_it_is_checked(on_duty: Hands) -> None:
    on_duty.rehearsal.camera.become("UNAVAILABLE", "DISCONNECTED")
    on_duty.settle()
    open_device(on_duty, "camera")
    on_duty.tap(on_duty.text("staff.test.check_one"))
    on_duty.join()
    lacks = on_duty.text("staff.test.lacks", what="UNAVAILABLE")
    on_duty.must_see(f"{on_duty.text('staff.component.camera')}: {lacks}")
    assert ("self_test", "camera: UNAVAILABLE") in actions(on_duty)


def test_a_printer_without_paper_fails_its_test(on_duty: Hands) -> None:
    on_duty.rehearsal.printer.outcome = PrintOutcome.NOT_PRINTED
    open_device(on_duty, "printer")
    on_duty.tap(on_duty.text("staff.test.print"))
    assert on_duty.unseen(on_duty.text("staff.test.not_printed")) == []


def park_one(hands: Hands) -> None:
    """A citizen sends; the server does not take it."""
    way = Way(hands)
    domicile_review(way)
    way.session.finish_review()
    way.session.agree()
    hands.kiosk.send()
    hands.go_home()
    store = hands.rehearsal.store
    waiting = range(1, hands.kiosk.outbox.counts().waiting + len(store.outbox.parked()) + 1)
    parked = [store.outbox.park(number, "unknown_form: domisili 1") for number in reversed(waiting)]
    assert any(parked)


def test_a_parked_item_is_shown_with_its_reason_and_tried_again(kiosk: Hands) -> None:
    park_one(kiosk)
    sign_in(kiosk)
    before = kiosk.kiosk.outbox.counts().parked
    kiosk.tap(kiosk.text("staff.open_outbox"))
    assert kiosk.unseen("unknown_form: domisili 1") == []
    code = kiosk.kiosk.codes.display(kiosk.kiosk.outbox.parked()[0].code)
    kiosk.tap(kiosk.text("staff.try_again", code=code))
    assert kiosk.kiosk.outbox.counts().parked == before - 1
    assert kiosk.rehearsal.line.retries >= 1
    assert "parked_again" in [kind for kind, _ in actions(kiosk)]


def test_all_parked_items_are_tried_again_with_one_touch(kiosk: Hands) -> None:
    park_one(kiosk)
    park_one(kiosk)
    sign_in(kiosk)
    parked = kiosk.kiosk.outbox.counts().parked
    kiosk.tap(kiosk.text("staff.open_outbox"))
    kiosk.tap(kiosk.text("staff.all_again"))
    assert kiosk.kiosk.outbox.counts().parked == 0
    assert kiosk.unseen(kiosk.text("staff.parked_none")) == []
    assert kiosk.rehearsal.line.retries >= 1
    assert ("parked_again", str(parked)) in actions(kiosk)


def test_a_parked_item_that_cannot_be_put_back_stays_parked_and_it_is_said(kiosk: Hands) -> None:
    park_one(kiosk)
    sign_in(kiosk)
    kiosk.tap(kiosk.text("staff.open_outbox"))
    before = kiosk.kiosk.outbox.parked()
    storage = FaultyStorage(kiosk.rehearsal.store)
    storage.fail_writing()
    try:
        kiosk.tap(kiosk.text("staff.try_again", code=kiosk.kiosk.codes.display(before[0].code)))
        assert kiosk.place == "STAFF_OUTBOX"
        kiosk.must_see(kiosk.text("staff.not_stored"))
        assert kiosk.kiosk.outbox.parked() == before
        assert "parked_again" not in [kind for kind, _ in actions(kiosk)]
    finally:
        storage.work()
    kiosk.tap(kiosk.text("staff.try_again", code=kiosk.kiosk.codes.display(before[0].code)))
    assert kiosk.unseen(kiosk.text("staff.not_stored")) != []
    assert len(kiosk.kiosk.outbox.parked()) == len(before) - 1


def test_the_outbox_is_tried_at_once(on_duty: Hands) -> None:
    on_duty.tap(on_duty.text("staff.open_outbox"))
    before = on_duty.rehearsal.line.retries
    on_duty.forward()
    assert on_duty.rehearsal.line.retries == before + 1


def test_out_of_service_and_back(on_duty: Hands) -> None:
    on_duty.tap(on_duty.text("staff.out_of_service"))
    on_duty.forward()
    assert on_duty.place == "OUT_OF_SERVICE"
    sign_in(on_duty)
    on_duty.tap(on_duty.text("staff.in_service"))
    on_duty.forward()
    assert on_duty.place == "HOME"


def test_the_visit_is_recorded_when_they_leave(on_duty: Hands) -> None:
    on_duty.tap(on_duty.text("staff.out_of_service"))
    on_duty.tap(on_duty.text("staff.in_service"))
    on_duty.forward()
    assert on_duty.kiosk.staff.on_duty is None
    visit = on_duty.rehearsal.store.visits.unreported()[-1]
    assert visit.staff_id == STAFF_ID
    assert [action.kind for action in visit.actions] == ["out_of_service", "in_service"]


def test_who_forgets_to_leave_is_signed_out(on_duty: Hands) -> None:
    on_duty.wait(301)
    assert on_duty.place == "HOME"
    assert on_duty.kiosk.staff.on_duty is None
