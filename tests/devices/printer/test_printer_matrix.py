"""Every fault at every moment of a slip: never a false "printed", never lost, never doubled without COPY."""

from __future__ import annotations

import pytest

from devices.frame import Condition
from devices.printer import PrinterSettings, PrintOutcome
from devices.printer.emulator import EmulatorSettings, Fault, PrinterCore
from tests.devices.printer.printer_bench import CODE, Bench, make_bench

FULL = EmulatorSettings()
SIMPLE = EmulatorSettings(process_ids=False, real_time_clear=False)

POWER = "power"
FAULTS = [*Fault, POWER]

BEFORE = -1
MOMENTS = (BEFORE, 1, 120, 500, 700, 740)
"""Dot rows on paper when the fault comes; the slip has 748 with the feed to the knife."""

AFTER = 10_000


def run(fault: Fault | str, moment: int, model: EmulatorSettings) -> Bench:
    fired: list[int] = []

    def script(core: PrinterCore) -> None:
        if fired or core.mechanism.printed_rows < moment:
            return
        fired.append(moment)
        if isinstance(fault, Fault):
            core.set_fault(fault, True)
        else:
            core.power_cycle()

    bench = make_bench(model, script=script)
    if moment == BEFORE:
        script(bench.core)
    bench.print()
    return bench


def heal(bench: Bench) -> None:
    for fault in Fault:
        bench.core.set_fault(fault, False)
    bench.core.refill()
    bench.settle()


def ends_of(bench: Bench) -> int:
    """Pieces of paper that carry the end of the slip."""
    return sum("Pindai" in slip.text for slip in bench.core.slips)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("fault", FAULTS)
def test_printed_means_that_a_whole_slip_came_out(fault: Fault | str, moment: int) -> None:
    bench = run(fault, moment, FULL)
    whole = [slip for slip in bench.core.slips if slip.whole and CODE in slip.text and "[QR" in slip.text]
    outcome = bench.results[0].outcome
    assert outcome is not PrintOutcome.PROBABLY_PRINTED
    assert outcome is not PrintOutcome.PRINTED or len(whole) == 1


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("fault", FAULTS)
def test_not_printed_means_that_no_slip_comes_out_later(fault: Fault | str, moment: int) -> None:
    bench = run(fault, moment, FULL)
    heal(bench)
    late = [slip for slip in bench.core.slips if slip.whole and "[QR" in slip.text]
    assert bench.results[0].outcome is not PrintOutcome.NOT_PRINTED or not late


@pytest.mark.parametrize("model", [FULL, SIMPLE], ids=["full", "simple"])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_second_print_comes_out_and_is_a_copy_when_anything_was_sent(
    fault: Fault | str, moment: int, model: EmulatorSettings
) -> None:
    bench = run(fault, moment, model)
    heal(bench)
    begun = bench.results[0].paper_mm > 0
    second = bench.print()
    bench.settle()
    assert second.outcome in (PrintOutcome.PRINTED, PrintOutcome.PROBABLY_PRINTED)
    newest = next(slip for slip in reversed(bench.core.slips) if CODE in slip.text)
    assert ("COPY" in newest.text) is begun
    assert sum("COPY" not in slip.text and "Pindai" in slip.text for slip in bench.core.slips) <= 1


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("fault", FAULTS)
def test_the_rest_of_a_slip_never_runs_into_the_next_citizen_s(fault: Fault | str, moment: int) -> None:
    bench = run(fault, moment, FULL)
    heal(bench)
    bench.print(bench.printer.new_slip().title("Someone else").build(), job_id="job-2")
    bench.settle()
    other = next(slip for slip in bench.core.slips if "Someone else" in slip.text)
    assert CODE not in other.text


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_simple_printer_is_never_called_printed(fault: Fault | str, moment: int) -> None:
    assert run(fault, moment, SIMPLE).results[0].outcome is not PrintOutcome.PRINTED


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_after_the_slip_leaves_it_printed(fault: Fault | str) -> None:
    bench = run(fault, AFTER, FULL)
    if isinstance(fault, Fault):
        bench.core.set_fault(fault, True)
    assert bench.results[0].outcome is PrintOutcome.PRINTED
    assert ends_of(bench) == 1


@pytest.mark.parametrize(
    ("fault", "condition"),
    [
        (Fault.PAPER_OUT, Condition.MEDIA_EMPTY),
        (Fault.COVER_OPEN, Condition.COVER_OPEN),
        (Fault.KNIFE_JAMMED, Condition.CUTTER_ERROR),
        (Fault.OVERHEATED, Condition.OVERHEATED),
        (Fault.OFFLINE, Condition.OFFLINE),
        (Fault.SILENT, Condition.NOT_RESPONDING),
        (Fault.GARBAGE, Condition.NOT_RESPONDING),
        (Fault.UNPLUGGED, Condition.DISCONNECTED),
    ],
)
def test_a_fault_in_the_middle_is_named(fault: Fault, condition: Condition) -> None:
    assert condition in run(fault, 120, FULL).results[0].conditions


def test_paper_that_runs_low_does_not_stop_a_slip() -> None:
    result = run(Fault.PAPER_LOW, 120, FULL).results[0]
    assert (result.outcome, result.conditions) == (PrintOutcome.PRINTED, {Condition.MEDIA_LOW})


def test_a_roll_that_ends_in_the_slip_is_found() -> None:
    bench = make_bench(EmulatorSettings(roll_mm=40.0))
    result = bench.print()
    assert result.outcome is PrintOutcome.NOT_PRINTED
    assert Condition.MEDIA_EMPTY in result.conditions


def test_a_stuck_line_is_unknown_with_the_printer_s_own_reason() -> None:
    """Paper out, and the buffer full of a long slip: it cannot be asked, but said by itself what is wrong."""

    def script(core: PrinterCore) -> None:
        if core.mechanism.printed_rows > 100:
            core.set_fault(Fault.PAPER_OUT, True)

    bench = make_bench(EmulatorSettings(buffer_bytes=512), script=script)
    slip = bench.printer.new_slip()
    for _ in range(4):
        slip.text("ﬁnal kata di kertas " * 25)
    result = bench.print(slip.build())
    assert result.outcome is PrintOutcome.UNKNOWN
    assert Condition.MEDIA_EMPTY in result.conditions


@pytest.mark.parametrize("fault", [Fault.PAPER_OUT, Fault.COVER_OPEN])
def test_a_torso_is_drawn_back_where_there_is_a_presenter(fault: Fault) -> None:
    def script(core: PrinterCore) -> None:
        if core.mechanism.printed_rows > 120 and not bench.results:
            core.set_fault(fault, True)

    bench = make_bench(EmulatorSettings(presenter=True), PrinterSettings(presenter=True), script=script)
    assert bench.print().outcome is not PrintOutcome.PRINTED
    heal(bench)
    assert bench.print(bench.printer.new_slip().title("Someone else").build(), job_id="job-2")
    assert [CODE in slip.text for slip in bench.core.slips] == [False]
    assert any("Kota Contoh" in slip.text for slip in bench.core.retracted)


def test_a_printer_that_insists_on_process_ids_prints_nothing_without_them() -> None:
    bench = make_bench(SIMPLE, PrinterSettings(confirmation="process_id"))
    assert bench.print().outcome is PrintOutcome.NOT_PRINTED
    assert not bench.core.slips
