"""Slips: what they say, and which of them is a copy."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.cases.case import Case, CaseStateName
from kiosk.events import Received, SlipPrinted
from kiosk.ports import PrintOutcome
from kiosk.store import StorageFailed, StorageProblem
from kiosk.text import Text
from protocol.pictograms import character
from tests.kiosk.kiosk_kit import BEGIN, CITY, NAME, NIK, Bench, bench, catalogue, sent, service_document


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


def test_a_slip_says_where_the_submission_is(at: Bench) -> None:
    saved = sent(at)
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
    saved = sent(made)
    made.kiosk.slips.print(saved.code)
    lines = made.printer.jobs[-1][0].lines
    assert lines.index(character("house")) == lines.index("BUKTI") - 1
    assert lines.index(f"{character('kiosk')} → {character('collect')}") == lines.index("Tunggu kabar") + 1
    made.close()


def test_a_slip_without_the_servers_answer_is_honest(at: Bench) -> None:
    sent(at)
    at.clock.advance(2)
    at.kiosk.tick()
    ((slip, _),) = at.printer.jobs
    assert "slip.stored|id" in slip.all_text
    assert "slip.received" not in slip.all_text


def copies(at: Bench) -> list[bool]:
    """For each slip that the printer was given, whether as a copy."""
    return [copy for _, copy in at.printer.jobs]


def test_a_print_that_is_asked_to_be_a_copy_is_one(at: Bench) -> None:
    saved = sent(at)
    assert at.kiosk.slips.print(saved.code, copy=True)
    assert copies(at) == [True]


@pytest.mark.parametrize("outcome", [PrintOutcome.PRINTED, PrintOutcome.PROBABLY_PRINTED, PrintOutcome.UNKNOWN])
def test_a_second_print_is_a_copy_without_being_asked(at: Bench, outcome: PrintOutcome) -> None:
    saved = sent(at)
    at.printer.outcome = outcome
    at.kiosk.slips.print(saved.code)
    at.kiosk.slips.print(saved.code)
    assert copies(at) == [False, True]
    assert [reported.copy for reported in at.of(SlipPrinted)] == [False, True]


def test_a_second_print_is_a_copy_after_a_restart(at: Bench) -> None:
    saved = sent(at)
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
    saved = sent(at)
    at.printer.outcome, at.printer.paper_mm = PrintOutcome.NOT_PRINTED, paper_mm
    at.kiosk.slips.print(saved.code)
    at.kiosk.slips.print(saved.code)
    assert copies(at) == [False, copy]


def test_a_copy_of_which_nothing_came_out_is_followed_by_a_copy(at: Bench) -> None:
    saved = sent(at)
    at.kiosk.slips.print(saved.code)
    at.printer.outcome, at.printer.paper_mm = PrintOutcome.NOT_PRINTED, 0.0
    at.kiosk.slips.print(saved.code)
    at.kiosk.slips.print(saved.code)
    assert copies(at) == [False, True, True]


def test_what_cannot_be_written_down_is_printed_as_a_copy(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = sent(at)

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
    saved = sent(at)
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


@pytest.mark.parametrize("ours", [True, False], ids=["sent here", "sent elsewhere"])
def test_the_slip_of_a_decided_case_says_what_the_office_wrote(at: Bench, ours: bool) -> None:
    code = sent(at).code if ours else "K7M29QXF0001"
    decided = replace(case_of(code), state=CaseStateName.REJECTED, note="Foto tidak terbaca.")
    assert at.kiosk.slips.print_case(decided, "id", "Ajukan lagi")
    asked = replace(decided, state=CaseStateName.QUESTION)
    assert at.kiosk.slips.print_case(asked, "id", "Jawab")
    said = ["Foto tidak terbaca." in slip.all_text for slip, _ in at.printer.jobs[-2:]]
    assert said == [True, False]


def test_no_slip_holds_a_nik_or_a_name(at: Bench) -> None:
    saved = sent(at)
    at.kiosk.slips.print(saved.code)
    assert NIK not in at.printer.jobs[0][0].all_text
    assert NAME not in at.printer.jobs[0][0].all_text


def test_a_slip_that_could_not_be_printed_is_reported(at: Bench) -> None:
    saved = sent(at)
    at.printer.outcome = PrintOutcome.NOT_PRINTED
    at.kiosk.slips.print(saved.code)
    assert at.of(SlipPrinted) == [SlipPrinted(saved.code, "NOT_PRINTED", frozenset(), copy=False)]


def test_the_code_of_another_kiosk_has_no_slip_here(at: Bench) -> None:
    assert not at.kiosk.slips.print("K7M200000000")
