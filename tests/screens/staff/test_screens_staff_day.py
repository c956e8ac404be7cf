"""A technician's day by touch, and a thief's."""

from datetime import date

import pytest

from kiosk.events import RestartAsked
from kiosk.machine.line_state import LineCondition
from kiosk.machine.staff import FREE_TRIES
from kiosk.store.journal import StaffMember
from kiosk.store.packs import InstalledPack
from protocol import badges
from protocol.field.orders import SETTING
from protocol.line.releases import ProgramState
from protocol.peripherals import ScanKind
from rehearsal.citizen import Citizen
from rehearsal.devices import Scan
from rehearsal.hands import Hands, NotThere
from rehearsal.kiosk import BADGE, BADGE_KEY, PIN, STAFF_ID
from screens.navigation.staff import CLEANING_S
from screens.staff.touch_pad import QUIET_S
from tests.screens.staff.staff_kit import actions, come_in, open_device, sign_in


@pytest.fixture
def supervisor(kiosk: Hands) -> Hands:
    """Signed in; afterwards a technician again."""
    return as_role(kiosk, "supervisor")


def as_role(hands: Hands, role: str) -> Hands:
    roster, member = hands.rehearsal.store.roster, hands.rehearsal.store.roster.get(STAFF_ID)
    assert member is not None
    roster.replace([StaffMember(member.id, member.name, role, member.pin_hash)])
    come_in(hands)
    roster.replace([member])
    return hands


def wipe(hands: Hands, *, but_right_of: float = 1.0) -> None:
    """A finger goes over the panel in rows."""
    stage = hands.stage
    rows = hands.page._test.rows
    for row in range(rows):
        y = stage.height * (row + 0.5) / rows
        hands.draw((1, y), (stage.width * but_right_of - 1, y))


def test_a_technicians_day(kiosk: Hands) -> None:
    rehearsal = kiosk.rehearsal
    kiosk.kiosk.settings.store_new({SETTING: [{"number": 41, "task": "Bersihkan kaca"}]})
    kiosk.kiosk.settings.reload()
    rehearsal.printer.become("UNAVAILABLE", "MEDIA_EMPTY")
    sign_in(kiosk)
    # What is to be done next leads to where it is done.
    kiosk.tap(kiosk.text("staff.to_do.change_roll"))
    rehearsal.printer.become("READY")
    kiosk.forward()
    kiosk.tap(kiosk.text("staff.test.print"))
    kiosk.must_see(kiosk.text("staff.test.printed"))
    kiosk.back()
    open_device(kiosk, "touch")
    kiosk.forward()
    wipe(kiosk)
    assert kiosk.place == "STAFF_DEVICE"
    assert not kiosk.app.flow.staff.machine.touch_verdict().dead
    kiosk.back()
    kiosk.tap(kiosk.text("staff.visit"))
    kiosk.tap(kiosk.text("staff.visit.kind.restock"))
    kiosk.tap(kiosk.text("staff.step.locks"))
    kiosk.tap(kiosk.text("staff.visit.order", number=41))
    kiosk.tap(kiosk.text("staff.visit.write"))
    kiosk.type("rapi")
    kiosk.forward()
    kiosk.must_see("rapi")
    kiosk.tap(kiosk.text("staff.visit.take"), exactly=True)
    kiosk.forward()
    kiosk.join()
    kiosk.must_see(kiosk.text("staff.visit.has_photo"))
    kiosk.forward()
    printed = len(rehearsal.printer.slips)
    kiosk.forward()
    kiosk.join()
    slip = rehearsal.printer.slips[-1][0].all_text
    # The rehearsed line never spoke to a server: nobody can vouch for the clock, and so not for the kiosk.
    kiosk.must_see(kiosk.text("staff.report.not_ready"))
    assert len(rehearsal.printer.slips) == printed + 2
    assert kiosk.text("staff.report.not_ready") in slip
    kiosk.back()
    kiosk.forward()
    visit = rehearsal.store.visits.unreported()[-1]
    told = [(action.kind, action.detail) for action in visit.actions]
    assert visit.note == "rapi"
    assert rehearsal.store.reports.has(visit.id)
    assert [kind for kind, _ in told][:3] == ["roll_changed", "test_slip", "touch_test"]
    assert ("visit_kind", "restock") in told
    assert [detail for kind, detail in told if kind == "checked"] == ["roll_changed", "test_slip", "locks"]
    assert ("order_done", "41") in told
    assert dict(told)["readiness"] in slip


def test_a_thiefs_day(kiosk: Hands) -> None:
    """Nothing that is held up or typed leads further than the PIN, and not even there without a badge of this city."""
    thief, key = Citizen(kiosk), bytes(BADGE_KEY)
    forged = BADGE[:-2] + ("AA" if not BADGE.endswith("AA") else "BB")
    expired, foreign = (
        badges.issue(STAFF_ID, date(2026, 11, 23), key),
        badges.issue(STAFF_ID, date(2099, 1, 1), b"\x09" * 32),
    )
    for badge in (forged, expired, foreign, f"EKB1.{STAFF_ID}.99999.", "EKB1."):
        thief.hold_badge(badge)
        assert kiosk.place == "HOME"
    # A stolen badge opens the keypad, and each wrong PIN costs more.
    thief.hold_badge()
    for _ in range(FREE_TRIES):
        kiosk.type("000000")
        kiosk.forward()
        kiosk.join()
        assert kiosk.place == "STAFF_PIN"
    kiosk.type(PIN)
    kiosk.forward()
    kiosk.join()
    assert kiosk.place == "STAFF_PIN"
    assert kiosk.kiosk.staff.on_duty is None
    kiosk.rehearsal.store.roster.set_failures(STAFF_ID, 0)
    kiosk.rehearsal.clock.advance(600)
    # The note of what was refused is gone with the next page, and nothing of the staff's is left in sight.
    kiosk.back()
    assert kiosk.place == "HOME"
    assert not kiosk.sees(STAFF_ID)


def test_while_the_panel_is_wiped_neither_fingers_nor_keys_count_and_then_they_do(on_duty: Hands) -> None:
    on_duty.tap(on_duty.text("staff.cleaning"))
    assert on_duty.place == "STAFF_CLEANING"
    on_duty.must_see(str(round(CLEANING_S)))
    for x in (10, 200, 530):
        for y in (10, 400, 950):
            on_duty.touch(x, y)
    # Were there a way back, neither a finger nor its key would take it.
    on_duty.page.back = "x"
    on_duty.settle()
    on_duty.back()
    on_duty.app.keypad.pressed(27, [])
    on_duty.rehearsal.scanner.scan(Scan(ScanKind.UNKNOWN, "8991234567890"))
    on_duty.settle()
    assert on_duty.place == "STAFF_CLEANING"
    on_duty.wait(CLEANING_S - 8)
    assert on_duty.place == "STAFF_CLEANING"
    on_duty.wait(8)
    assert on_duty.place == "STAFF"
    on_duty.tap(on_duty.text("staff.faults"))
    assert on_duty.place == "STAFF_MACHINE"
    assert actions(on_duty) == [("cleaned", "")]


def test_a_dead_zone_is_found_named_and_said_on_the_overview(on_duty: Hands) -> None:
    open_device(on_duty, "touch")
    on_duty.forward()
    wipe(on_duty, but_right_of=0.6)
    assert on_duty.place == "STAFF_TOUCH"
    # Whose finger finds no more is let go without a touch.
    on_duty.rehearsal.clock.advance(QUIET_S)
    on_duty.page._look(0)
    on_duty.settle()
    assert on_duty.place == "STAFF_DEVICE"
    assert on_duty.sees(on_duty.text("staff.zone.right"))
    assert not on_duty.sees(on_duty.text("staff.zone.left"))
    on_duty.back()
    on_duty.must_see(on_duty.text("staff.to_do.touch"))


def test_the_touch_test_is_ended_by_its_key(on_duty: Hands) -> None:
    open_device(on_duty, "touch")
    on_duty.forward()
    on_duty.tap(on_duty.text("staff.touch.finish"))
    assert on_duty.place == "STAFF_DEVICE"


def test_the_lines_page_tells_where_the_server_is_and_measures_it(on_duty: Hands) -> None:
    open_device(on_duty, "line")
    on_duty.join()
    on_duty.must_see("https://ekios.surabaya.example", "10.20.4.17")
    on_duty.tap(on_duty.text("staff.line.measure"))
    on_duty.must_see(on_duty.text("staff.line.speed", ms="42", kb="640"))
    on_duty.rehearsal.line.condition = LineCondition.OFFLINE
    on_duty.tap(on_duty.text("staff.line.measure"))
    on_duty.must_see(on_duty.text("staff.line.no_answer"))
    on_duty.tap(on_duty.text("staff.open_outbox"))
    assert on_duty.place == "STAFF_OUTBOX"


def test_the_release_that_runs_is_told_and_the_one_it_went_back_from(on_duty: Hands) -> None:
    on_duty.rehearsal.line.release = ProgramState(number=7, trying=True, bad=6, reason="not alive")
    try:
        open_device(on_duty, "versions")
        on_duty.must_see("rilis 7, sedang dicoba")
        on_duty.must_see("rilis 6: not alive")
    finally:
        on_duty.rehearsal.line.release = ProgramState(number=0)


@pytest.mark.parametrize("page", ["storage", "clock", "versions"])
def test_storage_clock_and_versions_tell_their_facts(on_duty: Hands, page: str) -> None:
    open_device(on_duty, page)
    on_duty.must_see({"storage": "50.000 MB", "clock": "Asia/Jakarta", "versions": "0.1.0"}[page])


def test_the_last_faults_are_told_with_their_times_and_without_anybodys_data(on_duty: Hands) -> None:
    on_duty.rehearsal.printer.become("UNAVAILABLE", "COVER_OPEN")
    on_duty.wait(60)
    on_duty.rehearsal.printer.become()
    on_duty.rehearsal.camera.become("UNAVAILABLE", "DISCONNECTED")
    on_duty.tap(on_duty.text("staff.faults"))
    camera, printer = on_duty.text("staff.component.camera"), on_duty.text("staff.component.printer")
    newest = list(dict.fromkeys(text for text in on_duty.texts() if text.startswith((camera, printer))))
    assert newest[0].startswith(camera)
    assert on_duty.text("staff.condition.cover_open") in newest[1]


def test_only_a_supervisor_goes_back_a_pack_and_is_asked_twice(supervisor: Hands) -> None:
    store, line = supervisor.rehearsal.store, supervisor.rehearsal.line
    version = supervisor.kiosk.pack_in_force.version
    for number in (version, version - 1):
        store.packs.add(InstalledPack(number, "0" * 64, 1, supervisor.rehearsal.clock.now()))
    try:
        open_device(supervisor, "versions")
        supervisor.tap(supervisor.text("staff.versions.take"))
        supervisor.tap(supervisor.text("staff.versions.back"))
        assert line.packs_asked == ["newest"]
        supervisor.tap(supervisor.text("staff.versions.yes_back"))
        assert line.packs_asked == ["newest", "before"]
        supervisor.back()
        supervisor.forward()
        come_in(supervisor)
        open_device(supervisor, "versions")
        with pytest.raises(NotThere):
            supervisor.find(supervisor.text("staff.versions.back"))
        supervisor.app.flow.staff.machine.go_back_to_pack_before()
        assert line.packs_asked == ["newest", "before"]
    finally:
        for number in (version, version - 1):
            store.packs.forget(number)


def test_a_helper_cares_for_the_kiosk_and_decides_nothing(kiosk: Hands) -> None:
    as_role(kiosk, "helper")
    kiosk.must_see(kiosk.text("staff.change_roll"), kiosk.text("staff.cleaning"))
    for key in ("staff.out_of_service", "staff.power", "staff.visit", "staff.report"):
        assert not kiosk.sees(kiosk.text(key))
    staff = kiosk.app.flow.staff
    staff.context.toggle_service()
    staff.machine.restart()
    assert kiosk.kiosk.in_service
    assert not staff.context.try_all_again()
    assert staff.context.make_report() is None
    assert not staff.machine.shut_down()
    assert kiosk.kiosk.staff.on_duty is not None


def test_restart_and_shut_down_are_asked_twice_and_record_the_visit_first(kiosk: Hands) -> None:
    asked: list[bool] = []
    stop = kiosk.kiosk.bus.subscribe(
        lambda event: asked.append(kiosk.kiosk.staff.on_duty is None) if isinstance(event, RestartAsked) else None
    )
    come_in(kiosk)
    kiosk.tap(kiosk.text("staff.power"))
    kiosk.tap(kiosk.text("staff.power.restart"), exactly=True)
    assert asked == []
    kiosk.tap(kiosk.text("staff.power.restart_yes"))
    stop()
    assert asked == [True]
    assert kiosk.place == "HOME"
    for works in (True, False):
        kiosk.rehearsal.power.works = works
        before = kiosk.rehearsal.power.asked
        come_in(kiosk)
        kiosk.tap(kiosk.text("staff.power"))
        kiosk.tap(kiosk.text("staff.power.off"), exactly=True)
        kiosk.tap(kiosk.text("staff.power.off_yes"))
        kiosk.join()
        assert kiosk.rehearsal.power.asked == before + 1
        assert kiosk.sees(kiosk.text("staff.power.failed")) is not works
        assert kiosk.rehearsal.store.visits.unreported()[-1].actions[-1].kind == "shut_down"
        kiosk.go_home()
