"""The printer as the kiosk sees it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from devices.frame import Availability, ComponentState, Condition, FakeClock
from devices.frame.hotplug import LOOK_EVERY
from devices.printer import JobPhase, Printer, PrinterSettings, PrintOutcome, PrintResult, build_printer
from devices.printer.emulator import EmulatorSettings, Fault, PrinterEmulator
from devices.printer.queue import MAX_QUEUED, MAX_REMEMBERED, Begun
from devices.printer.slips.paper import NEAR_END_MM
from tests.devices.printer.printer_bench import CODE, Bench, Waiting, example_slip, make_bench


def test_a_slip_goes_out_and_its_result_comes_back(running_printer: Printer, emulator: PrinterEmulator) -> None:
    done = Waiting()
    running_printer.print(example_slip(), job_id="job-1", done=done)
    assert done.result().outcome is PrintOutcome.PRINTED
    assert CODE in emulator.slips[-1].text


def test_a_builder_can_be_printed_as_it_is(running_printer: Printer, emulator: PrinterEmulator) -> None:
    done = Waiting()
    running_printer.print(running_printer.new_slip().title("Halo"), job_id="job-1", done=done)
    assert done.result().outcome is PrintOutcome.PRINTED
    assert "Halo" in emulator.slips[-1].text


def test_the_phases_of_a_job_are_reported_in_order(bench: Bench) -> None:
    phases: list[JobPhase] = []
    results: list[PrintResult] = []
    bench.printer.print(example_slip(), job_id="job-1", done=results.append, progress=phases.append)
    bench.printer.worker.step()
    assert phases == [JobPhase.QUEUED, JobPhase.SENDING, JobPhase.PRINTING]


def test_it_is_ready_once_the_printer_answered(bench: Bench) -> None:
    assert bench.printer.state().availability is Availability.UNKNOWN
    bench.printer.worker.step()
    assert bench.printer.state().availability is Availability.READY


def test_it_is_busy_while_it_prints(bench: Bench) -> None:
    seen: list[ComponentState] = []
    bench.printer.subscribe(seen.append)
    bench.print()
    assert [state.availability for state in seen] == [Availability.BUSY, Availability.READY]


@pytest.mark.parametrize(
    ("fault", "condition"),
    [
        (Fault.PAPER_OUT, Condition.MEDIA_EMPTY),
        (Fault.COVER_OPEN, Condition.COVER_OPEN),
        (Fault.OVERHEATED, Condition.OVERHEATED),
        (Fault.OFFLINE, Condition.OFFLINE),
        (Fault.SILENT, Condition.NOT_RESPONDING),
        (Fault.GARBAGE, Condition.NOT_RESPONDING),
        (Fault.BUSY, Condition.NOT_RESPONDING),
        (Fault.UNPLUGGED, Condition.NOT_REACHABLE),
    ],
)
def test_it_watches_the_printer_between_jobs(bench: Bench, fault: Fault, condition: Condition) -> None:
    bench.core.set_fault(fault, True)
    bench.printer.worker.step()
    state = bench.printer.state()
    assert (state.availability, state.conditions) == (Availability.UNAVAILABLE, {condition})


def test_it_is_back_by_itself(bench: Bench) -> None:
    bench.core.set_fault(Fault.UNPLUGGED, True)
    bench.printer.worker.step()
    bench.core.set_fault(Fault.UNPLUGGED, False)
    bench.printer.worker.step()
    assert bench.printer.state().availability is Availability.READY


def test_plugging_in_ends_the_pause_after_failures(tmp_path: Path) -> None:
    bench = make_bench(hotplug_folders=(tmp_path,))
    watch = bench.printer.hotplug
    assert watch is not None
    watch.worker.step()
    bench.core.set_fault(Fault.UNPLUGGED, True)
    bench.printer.worker.step()
    assert bench.printer.worker.failures == 1
    (tmp_path / "usb-printer").touch()
    bench.clock.advance(LOOK_EVERY)
    watch.worker.step()
    assert bench.printer.worker.failures == 0


def test_each_job_opens_the_line_anew(bench: Bench) -> None:
    bench.print(job_id="job-1")
    bench.print(job_id="job-2")
    assert bench.loopback.opened == 2


def test_a_second_print_of_a_job_is_a_copy_without_being_asked(bench: Bench) -> None:
    bench.print()
    bench.print()
    assert ["COPY" in slip.text for slip in bench.core.slips] == [False, True]


def test_a_print_that_is_asked_to_be_a_copy_is_one(bench: Bench) -> None:
    bench.print(copy=True)
    assert "COPY" in bench.core.slips[0].text


def test_a_job_of_which_nothing_was_sent_is_no_copy(bench: Bench) -> None:
    bench.core.set_fault(Fault.COVER_OPEN, True)
    assert bench.print().paper_mm == 0
    bench.core.set_fault(Fault.COVER_OPEN, False)
    bench.print()
    assert ["COPY" in slip.text for slip in bench.core.slips] == [False]


def test_jobs_are_remembered_up_to_a_limit() -> None:
    begun = Begun()
    for number in range(MAX_REMEMBERED + 1):
        begun.add(f"job-{number}")
    assert len(begun) == MAX_REMEMBERED
    assert "job-0" not in begun
    assert "job-1" in begun


def test_the_queue_takes_its_limit_and_refuses_one_more(bench: Bench) -> None:
    results: list[PrintResult] = []
    for number in range(MAX_QUEUED + 1):
        bench.printer.print(example_slip(), job_id=f"job-{number}", done=results.append)
    assert [(r.job_id, r.outcome) for r in results] == [(f"job-{MAX_QUEUED}", PrintOutcome.NOT_PRINTED)]
    while len(results) <= MAX_QUEUED:
        bench.printer.worker.step()
    assert len(bench.core.slips) == MAX_QUEUED


def test_stopping_answers_the_jobs_that_wait(bench: Bench) -> None:
    results: list[PrintResult] = []
    bench.printer.print(example_slip(), job_id="job-1", done=results.append)
    bench.printer.stop()
    assert [r.outcome for r in results] == [PrintOutcome.NOT_PRINTED]


def test_a_failing_listener_does_not_stop_the_printer(bench: Bench) -> None:
    def failing(_: PrintResult) -> None:
        raise RuntimeError("a bug of the listener")

    bench.printer.print(example_slip(), job_id="job-1", done=failing)
    bench.printer.worker.step()
    assert bench.print(job_id="job-2").outcome is PrintOutcome.PRINTED


def test_paper_is_counted_in_millimetres(bench: Bench) -> None:
    result = bench.print()
    assert result.paper_mm == pytest.approx(bench.core.mechanism.printed_rows / 8, abs=2.0)
    assert bench.printer.state().supplies["paper_mm"] == pytest.approx(80_000 - result.paper_mm)


def test_what_the_kiosk_remembered_of_the_roll_is_taken_over() -> None:
    bench = make_bench()
    bench.printer.know_roll(full_mm=80_000, low_mm=4_000, left_mm=41_500)
    bench.printer.worker.step()
    assert bench.printer.state().supplies == {"paper_mm": 41_500.0}


def test_the_end_of_the_roll_is_predicted_without_a_sensor() -> None:
    bench = make_bench()
    bench.printer.know_roll(full_mm=80_000, low_mm=3_000, left_mm=3_050)
    bench.printer.worker.step()
    assert bench.printer.state().conditions == frozenset()
    bench.print()
    assert bench.printer.state().conditions == {Condition.MEDIA_LOW}
    assert bench.printer.state().availability is Availability.READY


def test_a_new_limit_holds_at_once(bench: Bench) -> None:
    bench.printer.worker.step()
    bench.printer.know_roll(full_mm=80_000, low_mm=90_000)
    assert bench.printer.state().conditions == {Condition.MEDIA_LOW}
    bench.printer.know_roll(full_mm=80_000, low_mm=4_000)
    assert bench.printer.state().conditions == frozenset()


def test_the_near_end_sensor_corrects_the_count(bench: Bench) -> None:
    bench.core.set_fault(Fault.PAPER_LOW, True)
    bench.printer.worker.step()
    assert bench.printer.state().supplies == {"paper_mm": NEAR_END_MM}


def test_a_new_roll_is_counted_from_its_length(bench: Bench) -> None:
    bench.core.set_fault(Fault.PAPER_OUT, True)
    bench.printer.worker.step()
    bench.core.refill()
    bench.printer.roll_changed(50_000.0)
    assert bench.printer.state().supplies == {"paper_mm": 50_000.0}
    bench.printer.worker.step()
    assert bench.printer.state().supplies == {"paper_mm": 50_000.0}


def test_the_self_test_prints_and_tells(bench: Bench) -> None:
    heard: list[tuple[bool, str]] = []
    bench.printer.self_test(lambda good, message: heard.append((good, message)))
    bench.printer.worker.step()
    assert heard == [(True, "PRINTED: no conditions")]
    assert "TEST" in bench.core.slips[0].text


def test_the_self_test_tells_why_it_failed(bench: Bench) -> None:
    heard: list[tuple[bool, str]] = []
    bench.core.set_fault(Fault.COVER_OPEN, True)
    bench.printer.self_test(lambda good, message: heard.append((good, message)))
    bench.printer.worker.step()
    assert heard == [(False, "NOT_PRINTED: COVER_OPEN")]


def test_preflight_has_nothing_to_say_when_all_is_well(bench: Bench) -> None:
    bench.printer.worker.step()
    assert bench.printer.preflight() == ()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (PrinterSettings(address="host:port"), "no address of a printer"),
        (PrinterSettings(profile="Unheard-of"), "no printer profile Unheard-of"),
        (PrinterSettings(profile="POS-5890", paper_width_mm=58), "no knife"),
        (PrinterSettings(fonts=("/nowhere.ttf",)), "no font /nowhere.ttf"),  # type: ignore[arg-type]
    ],
)
def test_preflight_names_what_is_wrong(settings: PrinterSettings, problem: str) -> None:
    problems = build_printer(settings, clock=FakeClock()).preflight()
    assert len(problems) == 1
    assert problem in problems[0]


@pytest.mark.parametrize("settings", [PrinterSettings(address="host:99999"), PrinterSettings(profile="Unheard-of")])
def test_settings_that_cannot_work_stop_it_and_refuse_jobs_at_once(settings: PrinterSettings) -> None:
    device = build_printer(settings, clock=FakeClock())
    device.worker.step()
    results: list[PrintResult] = []
    device.print(example_slip(), job_id="job-1", done=results.append)
    assert device.state().conditions == {Condition.CONFIGURATION_ERROR}
    assert [r.outcome for r in results] == [PrintOutcome.NOT_PRINTED]


def test_a_job_that_waits_when_the_settings_turn_out_to_be_wrong_is_answered() -> None:
    device = build_printer(PrinterSettings(profile="Unheard-of"), clock=FakeClock())
    results: list[PrintResult] = []
    device.print(example_slip(), job_id="job-1", done=results.append)
    device.worker.step()
    assert [(r.outcome, r.conditions) for r in results] == [
        (PrintOutcome.NOT_PRINTED, frozenset({Condition.CONFIGURATION_ERROR}))
    ]


def test_a_stopped_printer_refuses_at_once_and_prints_again_once_started(
    running_printer: Printer, emulator: PrinterEmulator
) -> None:
    running_printer.stop()
    done = Waiting()
    running_printer.print(example_slip(), job_id="job-1", done=done)
    assert done.result(1).outcome is PrintOutcome.NOT_PRINTED
    running_printer.start()
    running_printer.print(example_slip(), job_id="job-1", done=done)
    assert done.result(2).outcome is PrintOutcome.PRINTED
    assert len(emulator.slips) == 1


def test_a_bug_in_the_middle_is_unknown_and_makes_a_copy_of_the_next(bench: Bench) -> None:
    results: list[PrintResult] = []

    def broken(seconds: float) -> None:
        raise KeyError("a bug of the driver")

    opened, bench.loopback.open = bench.loopback.open, broken  # type: ignore[method-assign, assignment]
    bench.printer.print(example_slip(), job_id="job-1", done=results.append)
    bench.printer.worker.step()
    assert [(r.outcome, r.paper_mm > 0) for r in results] == [(PrintOutcome.UNKNOWN, True)]
    bench.loopback.open = opened  # type: ignore[method-assign]
    assert bench.print(job_id="job-1").outcome is PrintOutcome.PRINTED
    assert "COPY" in bench.core.slips[-1].text


def test_a_listener_that_fails_at_a_phase_stops_nothing(bench: Bench) -> None:
    results: list[PrintResult] = []

    def failing(_: JobPhase) -> None:
        if bench.loopback.opened:
            raise RuntimeError("a bug of the listener")

    bench.printer.print(example_slip(), job_id="job-1", done=results.append, progress=failing)
    bench.printer.worker.step()
    assert [r.outcome for r in results] == [PrintOutcome.PRINTED]


def test_diagnostics_hold_nothing_of_a_slip(bench: Bench) -> None:
    bench.print(job_id=CODE)
    assert CODE not in str(bench.printer.diagnostics())
    assert bench.printer.diagnostics()["answers_process_ids"] is True


def test_a_wait_in_the_queue_costs_no_thread_of_the_caller(running_printer: Printer, emulator: PrinterEmulator) -> None:
    done = Waiting()
    threads: set[str] = set()

    def note(result: PrintResult) -> None:
        threads.add(threading.current_thread().name)
        done(result)

    for number in range(3):
        running_printer.print(example_slip(), job_id=f"job-{number}", done=note)
    assert done.result(3).outcome is PrintOutcome.PRINTED
    assert threads == {"device-printer"}


def test_a_simple_printer_probably_prints() -> None:
    bench = make_bench(EmulatorSettings(process_ids=False, real_time_clear=False))
    assert bench.print().outcome is PrintOutcome.PROBABLY_PRINTED
    assert bench.printer.diagnostics()["answers_process_ids"] is False
