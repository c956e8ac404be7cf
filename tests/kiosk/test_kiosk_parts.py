"""Health and its degrade table, paper, staff, slips, search, settings, the corrected clock, cases."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from nacl import pwhash

from kiosk.cases.case import Case, CaseProblem, CaseProblemKind, CaseStateName
from kiosk.catalogue.catalogue import Catalogue
from kiosk.catalogue.service import PackBroken, read_service
from kiosk.events import PaperChanged, Received, Scanned, SlipPrinted, VisitRecorded
from kiosk.machine.health import Ability, Reason
from kiosk.machine.high_water import CorrectedClock
from kiosk.machine.staff import FIRST_PAUSE_S, FREE_TRIES, LONGEST_PAUSE_S, SignInProblem, SignInRefused, StaffOnDuty
from kiosk.machine.supplies import ROLL_MM_LEAST, ROLL_MM_MOST
from kiosk.ports import PrintOutcome
from kiosk.session.outcomes import Saved
from kiosk.store import StorageFailed, StorageProblem
from kiosk.store.documents import StoredDocument
from kiosk.store.journal import StaffMember
from kiosk.text import Text
from kiosk.text_keys import TEXT_KEYS
from protocol import badges
from protocol.messages import CasePublicState
from protocol.pictograms import character
from tests.kiosk.kiosk_kit import BEGIN, CITY, NAME, NIK, Bench, bench, catalogue, fill, service_document

PIN = "482913"
PIN_HASH = pwhash.argon2id.str(PIN.encode(), pwhash.argon2id.OPSLIMIT_MIN, pwhash.argon2id.MEMLIMIT_MIN).decode()


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


def send(made: Bench) -> Saved:
    fill(made.kiosk)
    result = made.kiosk.send()
    assert isinstance(result, Saved)
    return result


# --- health --------------------------------------------------------------------------------------------------------


def test_lost_devices_degrade_and_do_not_close(at: Bench) -> None:
    at.printer.become("UNAVAILABLE", "NOT_REACHABLE")
    at.scanner.become("UNAVAILABLE", "DISCONNECTED")
    assert at.kiosk.health.ability() is Ability.DEGRADED
    assert at.kiosk.health.reasons() == (Reason.NO_PRINTER, Reason.NO_SCANNER, Reason.NO_LINE)


@pytest.mark.parametrize("condition", ["MEDIA_EMPTY", "COVER_OPEN", "MEDIA_JAMMED", "CUTTER_ERROR"])
def test_a_ready_printer_that_cannot_print_is_lost(at: Bench, condition: str) -> None:
    at.printer.become("READY", condition)
    assert not at.kiosk.health.can_print()


def test_low_paper_still_prints(at: Bench) -> None:
    at.printer.become("READY", "MEDIA_LOW")
    assert at.kiosk.health.can_print()


def test_an_unknown_device_is_not_usable_and_a_busy_one_is(at: Bench) -> None:
    at.camera.become("UNKNOWN")
    assert not at.kiosk.health.can_photograph()
    at.camera.become("BUSY")
    assert at.kiosk.health.can_photograph()


@pytest.mark.parametrize(("free", "possible"), [(704_000_000, True), (703_999_999, False)])
def test_below_the_reserve_of_the_disk_no_service_is_begun(at: Bench, free: int, possible: bool) -> None:
    at.disk.bytes_free = free
    ability = at.kiosk.service_ability(at.kiosk.catalogue.services[0])
    assert ability.possible is possible
    assert at.kiosk.health.ability() is Ability.DEGRADED


def test_only_without_printer_line_and_storage_nothing_can_be_done(at: Bench) -> None:
    at.disk.bytes_free = 0
    assert at.kiosk.health.ability() is Ability.DEGRADED
    at.printer.become("UNAVAILABLE", "NOT_REACHABLE")
    assert at.kiosk.health.ability() is Ability.CLOSED
    at.disk.bytes_free = 704_000_000
    assert at.kiosk.health.ability() is Ability.DEGRADED


def test_out_of_service_survives_a_restart(tmp_path: Path) -> None:
    first = bench(tmp_path)
    first.kiosk.out_of_service()
    first.close()
    second = bench(tmp_path)
    assert not second.kiosk.in_service
    assert second.kiosk.health.reasons()[0] is Reason.OUT_OF_SERVICE
    second.close()


def test_a_change_is_in_the_history_once(at: Bench) -> None:
    at.printer.become("UNAVAILABLE", "MEDIA_EMPTY")
    at.printer.become("UNAVAILABLE", "MEDIA_EMPTY")
    history = [one for one in at.store.history.latest() if one.conditions == ("MEDIA_EMPTY",)]
    assert len(history) == 1


def test_a_form_that_cannot_be_opened_is_not_offered(tmp_path: Path) -> None:
    made = bench(tmp_path, pack=catalogue(form="<no form/>"))
    ability = made.kiosk.service_ability(made.kiosk.catalogue.services[0])
    assert ability.blocked == (Reason.FORM_BROKEN,)
    made.close()


# --- paper ---------------------------------------------------------------------------------------------------------


def test_paper_is_counted_and_kept(tmp_path: Path) -> None:
    first = bench(tmp_path)
    first.kiosk.supplies.roll_changed(80_000)
    first.printer.become(paper_mm=79_640)
    first.close()
    second = bench(tmp_path)
    assert second.kiosk.supplies.paper().millimetres == 79_640
    assert second.printer.known == [(80_000, 4_000, 79_640)]
    second.close()


def test_the_end_of_the_roll_is_predicted(at: Bench) -> None:
    at.kiosk.supplies.roll_changed(80_000)
    at.clock.advance(3_600 * 10)
    at.printer.become(paper_mm=40_000)
    paper = at.kiosk.supplies.paper()
    assert paper.ends_at == at.clock.now() + timedelta(hours=10)
    assert paper.slips_left == 222
    assert at.of(PaperChanged)[-1].millimetres == 40_000


def test_the_printer_gets_the_offices_limit_for_low_paper(at: Bench) -> None:
    at.kiosk.settings.store_new({"paper_low_mm": 9_000, "paper_roll_mm": 50_000})
    at.kiosk.settings.reload()
    assert at.printer.known[-1] == (50_000, 9_000, None)


@pytest.mark.parametrize("length", [ROLL_MM_LEAST - 1, ROLL_MM_MOST + 1])
def test_a_roll_of_an_impossible_length_is_refused(at: Bench, length: float) -> None:
    with pytest.raises(ValueError, match="a roll is"):
        at.kiosk.supplies.roll_changed(length)


# --- staff ---------------------------------------------------------------------------------------------------------


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
    assert problem(staff.sign_in(badge(expires=BEGIN.date() - timedelta(days=1)), PIN)) is SignInProblem.BAD_BADGE
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


# --- slips ---------------------------------------------------------------------------------------------------------


def test_a_slip_says_where_the_submission_is(at: Bench) -> None:
    saved = send(at)
    at.store.receipts.received(saved.code, BEGIN, waiting_state="stored_here", state="received")
    at.bus.publish(Received(saved.code, BEGIN))
    ((slip, copy),) = at.printer.jobs
    assert not copy
    assert f"{CITY.tracking_base}/t/{saved.code}" in slip.lines
    assert at.kiosk.codes.display(saved.code) in slip.all_text
    assert "slip.received|id|time=02-03-2026 15.00" in slip.all_text
    assert "slip.stored" not in slip.all_text


def test_a_slip_shows_the_service_and_its_steps(tmp_path: Path) -> None:
    drawn = service_document().standard.model_dump() | {"procedure_pictograms": ["kiosk", "collect"]}
    made = bench(tmp_path / "drawn", pack=catalogue(services=(service_document(icon="house", standard=drawn),)))
    saved = send(made)
    made.kiosk.slips.print(saved.code)
    lines = made.printer.jobs[-1][0].lines
    assert lines.index(character("house")) == lines.index("BUKTI") - 1
    assert lines.index(f"{character('kiosk')} → {character('collect')}") == lines.index("Tunggu kabar") + 1
    made.close()


def test_a_slip_without_the_servers_answer_is_honest(at: Bench) -> None:
    send(at)
    at.clock.advance(2)
    at.kiosk.tick()
    ((slip, _),) = at.printer.jobs
    assert "slip.stored|id" in slip.all_text
    assert "slip.received" not in slip.all_text


def copies(at: Bench) -> list[bool]:
    """For each slip that the printer was given, whether as a copy."""
    return [copy for _, copy in at.printer.jobs]


def test_a_print_that_is_asked_to_be_a_copy_is_one(at: Bench) -> None:
    saved = send(at)
    assert at.kiosk.slips.print(saved.code, copy=True)
    assert copies(at) == [True]


@pytest.mark.parametrize("outcome", [PrintOutcome.PRINTED, PrintOutcome.PROBABLY_PRINTED, PrintOutcome.UNKNOWN])
def test_a_second_print_is_a_copy_without_being_asked(at: Bench, outcome: PrintOutcome) -> None:
    saved = send(at)
    at.printer.outcome = outcome
    at.kiosk.slips.print(saved.code)
    at.kiosk.slips.print(saved.code)
    assert copies(at) == [False, True]
    assert [reported.copy for reported in at.of(SlipPrinted)] == [False, True]


def test_a_second_print_is_a_copy_after_a_restart(at: Bench) -> None:
    saved = send(at)
    at.kiosk.slips.print(saved.code)
    at.close()
    again = bench(at.folder)
    again.kiosk.slips.print(saved.code)
    again.close()
    assert copies(again) == [True]


@pytest.mark.parametrize(("paper_mm", "copy"), [(0.0, False), (3.0, True), (None, True)])
def test_after_a_print_of_which_nothing_came_out_the_next_is_the_first(
    at: Bench, paper_mm: float | None, copy: bool
) -> None:
    saved = send(at)
    at.printer.outcome, at.printer.paper_mm = PrintOutcome.NOT_PRINTED, paper_mm
    at.kiosk.slips.print(saved.code)
    at.kiosk.slips.print(saved.code)
    assert copies(at) == [False, copy]


def test_a_copy_of_which_nothing_came_out_is_followed_by_a_copy(at: Bench) -> None:
    saved = send(at)
    at.kiosk.slips.print(saved.code)
    at.printer.outcome, at.printer.paper_mm = PrintOutcome.NOT_PRINTED, 0.0
    at.kiosk.slips.print(saved.code)
    at.kiosk.slips.print(saved.code)
    assert copies(at) == [False, True, True]


def test_what_cannot_be_written_down_is_printed_as_a_copy(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = send(at)

    def full(name: str, value: object) -> None:
        raise StorageFailed(StorageProblem.FULL, "no space")

    monkeypatch.setattr(at.store.marks, "set", full)
    at.kiosk.slips.print(saved.code)
    assert copies(at) == [True]


def case_of(code: str) -> Case:
    return Case(
        code=code,
        service="domisili",
        service_name=Text({"id": "Surat Keterangan Domisili"}),
        agency_name=Text({"id": "Kelurahan"}),
        state=CaseStateName.IN_REVIEW,
        updated_at=BEGIN,
        received_at=BEGIN,
    )


def test_who_comes_back_after_a_power_cut_gets_the_first_slip(at: Bench) -> None:
    saved = send(at)
    at.close()
    again = bench(at.folder)
    assert again.kiosk.slips.print_case(case_of(saved.code), "id", "Tunggu")
    assert again.kiosk.slips.print_case(case_of(saved.code), "id", "Tunggu")
    again.close()
    assert copies(again) == [False, True]


def test_the_slip_of_another_kiosks_case_is_a_copy_and_leaves_nothing_here(at: Bench) -> None:
    code = "K7M29QXF0001"
    assert at.kiosk.slips.print_case(case_of(code), "id", "Tunggu kabar")
    slip, copy = at.printer.jobs[-1]
    assert copy
    assert "Tunggu kabar" in slip.all_text
    assert at.kiosk.slips.content(code) is None
    assert [(reported.code, reported.copy) for reported in at.of(SlipPrinted)] == [(code, True)]


def test_no_slip_holds_a_nik_or_a_name(at: Bench) -> None:
    saved = send(at)
    at.kiosk.slips.print(saved.code)
    assert NIK not in at.printer.jobs[0][0].all_text
    assert NAME not in at.printer.jobs[0][0].all_text


def test_a_slip_that_could_not_be_printed_is_reported(at: Bench) -> None:
    saved = send(at)
    at.printer.outcome = PrintOutcome.NOT_PRINTED
    at.kiosk.slips.print(saved.code)
    assert at.of(SlipPrinted) == [SlipPrinted(saved.code, "NOT_PRINTED", frozenset(), copy=False)]


def test_the_code_of_another_kiosk_has_no_slip_here(at: Bench) -> None:
    assert not at.kiosk.slips.print("K7M200000000")


# --- cases, scans, search, settings, clock -------------------------------------------------------------------------


def test_without_the_line_a_kiosk_tells_what_it_remembers(at: Bench) -> None:
    saved = send(at)
    reported: list[Case | CaseProblem] = []
    at.kiosk.cases.look_up(at.kiosk.codes.display(saved.code), reported.append)
    at.kiosk.cases.look_up(at.kiosk.codes.mint(), reported.append)
    at.kiosk.cases.look_up("no code", reported.append)
    case, unknown, nothing = reported
    assert isinstance(case, Case)
    assert (case.state, case.fresh) == (CaseStateName.STORED_HERE, False)
    assert (unknown, nothing) == (CaseProblem(CaseProblemKind.NO_LINE), CaseProblem(CaseProblemKind.NOT_A_CODE))


def test_a_scanned_code_with_a_wrong_check_character_is_no_code(at: Bench) -> None:
    class Scan:
        symbology, text, kind, nik, url, code, at = "QR", "x", "SLIP", None, None, "K7M200000000", BEGIN

    at.scanner.listeners[0](Scan())
    assert at.of(Scanned)[0].code is None


def services() -> Catalogue:
    return catalogue(
        services=(
            service_document(),
            service_document(
                "birth",
                name={"id": "Akta kelahiran", "en": "Birth certificate"},
                summary={"id": "Mencatat anak yang baru lahir"},
                keywords={"id": ["bayi", "lahir"]},
                life_events=["birth"],
            ),
        )
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kelahiran", "birth"),
        ("kelahirn", "birth"),
        ("klahiran", "birth"),
        ("birth", "birth"),
        ("BAYI", "birth"),
        ("domi", "letter"),
        ("residense", "letter"),
        ("pindahan", "letter"),
        ("serat", "letter"),
    ],
)
def test_search_forgives(query: str, found: str) -> None:
    assert services().search(query, "id")[0].id == found


@pytest.mark.parametrize("query", ["", "   ", "!!!", "zzzzzz", "x" * 500])
def test_search_finds_nothing_where_there_is_nothing(query: str) -> None:
    assert services().search(query, "id") == ()


def test_services_by_agency_and_life_event() -> None:
    found = services()
    assert [(group.agency.id, len(group.services)) for group in found.by_agency] == [("civil", 2)]
    assert [(group.event.id, [one.id for one in group.services]) for group in found.by_life_event] == [
        ("moving", ["letter"]),
        ("birth", ["birth"]),
    ]


@pytest.mark.parametrize("files", [{}, {"pack.json": b"{"}, {"pack.json": b"[]"}, {"pack.json": b'{"version": "x"}'}])
def test_a_broken_pack_says_so(files: dict[str, bytes]) -> None:
    with pytest.raises(PackBroken):
        Catalogue.read(files)


@pytest.mark.parametrize(
    ("change", "reported"),
    [({"stages": []}, "service letter: stages"), ({"name": {"en": "Letter"}}, "service letter: name")],
)
def test_a_service_that_is_not_as_the_protocol_has_it_says_where(change: dict[str, Any], reported: str) -> None:
    document = service_document("letter").model_dump(mode="json")
    with pytest.raises(PackBroken, match=reported):
        read_service(document | change)
    assert read_service(document | {"of_a_newer_server": 1}).id == "letter"


def test_a_case_has_every_state_that_the_server_tells_and_one_of_its_own() -> None:
    assert {*CaseStateName} == {*CasePublicState, CaseStateName.STORED_HERE}


def test_a_document_of_the_city_that_an_older_program_kept_counts_as_none(at: Bench) -> None:
    at.store.documents.put(StoredDocument("budget", 1, BEGIN, {"year": 2026, "lines": []}))
    assert at.kiosk.open_city.budget() is None


def test_the_most_used_services_come_first(at: Bench) -> None:
    at.kiosk.install(services())
    at.store.usage.add_service("birth")
    assert [one.id for one in at.kiosk.most_used()] == ["birth", "letter"]


@pytest.mark.parametrize(
    ("value", "used"), [(29, 30), (30, 30), (900, 900), (901, 900), ("x", 90), (True, 90), (None, 90)]
)
def test_a_setting_keeps_within_its_limits(at: Bench, value: object, used: float) -> None:
    at.kiosk.settings.store_new({"idle_s": value})
    at.kiosk.settings.reload()
    assert at.kiosk.settings.number("idle_s") == used


def test_time_does_not_go_back_behind_what_the_server_reported(at: Bench) -> None:
    at.kiosk.clock.learn(BEGIN + timedelta(hours=1))
    at.clock.time_of_day = BEGIN - timedelta(days=3650)
    again = CorrectedClock(at.clock, at.store)
    assert again.now() == BEGIN + timedelta(hours=1)


def test_sessions_are_counted_by_local_day(at: Bench) -> None:
    at.kiosk.begin("id")
    at.kiosk.begin("id")
    assert at.kiosk.snapshot().sessions_today == 2
    at.clock.time_of_day = BEGIN.replace(hour=17)
    assert at.kiosk.snapshot().sessions_today == 0


def test_every_text_key_is_a_dotted_name() -> None:
    assert len(TEXT_KEYS) > 40
    assert all("." in key and key == key.lower() for key in TEXT_KEYS)
