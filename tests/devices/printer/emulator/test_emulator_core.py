"""The emulated printer's status, buffer, errors and paper."""

from __future__ import annotations

import math

import pytest

from devices.printer import commands
from devices.printer.emulator import EmulatorSettings, Fault, PrinterCore

AT_ONCE = EmulatorSettings(speed_mm_s=math.inf)
CUT = b"\x1dV\x00"


def core(settings: EmulatorSettings = AT_ONCE) -> PrinterCore:
    return PrinterCore(settings, noise=lambda: 0xFF)


def say(printer: PrinterCore, data: bytes, seconds: float = 0.01) -> bytes:
    """Give it bytes as its buffer takes them, let time pass, return its answers."""
    printer.receive(data)
    printer.tick(seconds)
    return printer.take_answers()


def status(printer: PrinterCore) -> tuple[int, ...]:
    return tuple(b for n in range(1, 5) for b in say(printer, commands.real_time_status(n)))


@pytest.mark.parametrize(
    ("fault", "answers"),
    [
        (None, (0x12, 0x12, 0x12, 0x12)),
        (Fault.PAPER_LOW, (0x12, 0x12, 0x12, 0x1E)),
        (Fault.PAPER_OUT, (0x1A, 0x32, 0x12, 0x7E)),
        (Fault.COVER_OPEN, (0x1A, 0x16, 0x12, 0x12)),
        (Fault.OVERHEATED, (0x1A, 0x52, 0x52, 0x12)),
        (Fault.OFFLINE, (0x1A, 0x12, 0x12, 0x12)),
        (Fault.SLOW, (0x12, 0x12, 0x12, 0x12)),
    ],
)
def test_real_time_status_tells_what_is_wrong(fault: Fault | None, answers: tuple[int, ...]) -> None:
    printer = core()
    if fault:
        printer.set_fault(fault, True)
    assert status(printer) == answers


def test_an_unknown_status_question_is_not_answered() -> None:
    assert say(core(), b"\x10\x04\x09") == b""


def test_the_knife_s_error_shows_when_it_is_used_and_ends_with_a_recovery() -> None:
    printer = core()
    printer.set_fault(Fault.KNIFE_JAMMED, True)
    assert status(printer)[2] == 0x12
    say(printer, b"slip\n" + CUT)
    assert status(printer) == (0x3A, 0x52, 0x1A, 0x12)
    printer.faults.clear()
    say(printer, b"\x10\x05\x01")
    assert status(printer)[2] == 0x12
    assert [slip.text for slip in printer.slips] == ["slip\n"]


def test_a_recovery_may_throw_the_rest_away() -> None:
    printer = core()
    printer.set_fault(Fault.KNIFE_JAMMED, True)
    say(printer, b"slip\n" + CUT + b"rest\n")
    printer.faults.clear()
    say(printer, b"\x10\x05\x02" + CUT)
    assert [slip.text for slip in printer.slips] == ["slip\n"]


def test_a_recovery_without_an_error_changes_nothing() -> None:
    printer = core()
    say(printer, b"one\n\x10\x05\x02two\n" + CUT)
    assert printer.slips[0].text == "one\ntwo\n"


def test_automatic_status_comes_at_once_and_on_every_change() -> None:
    printer = core()
    assert say(printer, commands.ASB_ON) == b"\x10\x00\x00\x0f"
    assert say(printer, b"") == b""
    printer.set_fault(Fault.COVER_OPEN, True)
    assert say(printer, b"") == b"\x38\x00\x00\x0f"
    printer.set_fault(Fault.COVER_OPEN, False)
    assert say(printer, commands.ASB_OFF) == b""


def test_a_process_id_is_answered_when_everything_before_it_is_on_paper() -> None:
    printer = core(EmulatorSettings(speed_mm_s=100.0))
    assert say(printer, b"slip\n" + commands.request_process_id(b"AB12"), 0.01) == b""
    assert say(printer, b"", 1.0) == b"\x37\x22AB12\x00"


def test_a_process_id_is_not_answered_while_the_paper_is_out() -> None:
    printer = core()
    printer.set_fault(Fault.PAPER_OUT, True)
    assert say(printer, commands.request_process_id(b"AB12")) == b""
    printer.refill()
    assert say(printer, b"") == b"\x37\x22AB12\x00"


def test_a_simple_model_swallows_process_ids_without_printing_them() -> None:
    printer = core(EmulatorSettings(speed_mm_s=math.inf, process_ids=False))
    assert say(printer, b"a" + commands.request_process_id(b"AB12") + b"b\n" + CUT) == b""
    assert printer.slips[0].text == "ab\n"


@pytest.mark.parametrize(("fault", "answer"), [(None, b"\x00"), (Fault.PAPER_LOW, b"\x03")])
def test_paper_status_is_answered_in_turn(fault: Fault | None, answer: bytes) -> None:
    printer = core()
    if fault:
        printer.set_fault(fault, True)
    assert say(printer, commands.TRANSMIT_PAPER_STATUS) == answer


def test_the_model_tells_its_name() -> None:
    assert say(core(), b"\x1dIB") == b"_eKios\x00"


def test_clear_empties_the_buffers_even_when_off_line() -> None:
    printer = core()
    printer.set_fault(Fault.PAPER_OUT, True)
    say(printer, b"secret\n" + CUT)
    assert say(printer, commands.CLEAR_BUFFERS) == b"\x37\x25\x00"
    printer.refill()
    say(printer, b"next\n" + CUT)
    assert [slip.text for slip in printer.slips] == ["next\n"]


def test_clear_without_its_parameters_is_ignored() -> None:
    printer = core()
    assert say(printer, commands.CLEAR_BUFFERS[:-1] + b"\x09") == b""


def test_a_real_time_command_inside_a_picture_is_executed() -> None:
    assert say(core(), commands.raster(4, 1, b"\x10\x04\x01\x00")) == b"\x12"


def test_paper_out_keeps_the_rest_and_prints_it_after_the_refill() -> None:
    printer = core()
    printer.set_fault(Fault.PAPER_OUT, True)
    say(printer, b"kept\n" + CUT)
    assert not printer.slips
    printer.refill()
    printer.tick(0.01)
    assert [slip.text for slip in printer.slips] == ["kept\n"]


def test_a_roll_ends_in_the_middle_of_a_line() -> None:
    printer = core(EmulatorSettings(speed_mm_s=math.inf, roll_mm=5.0))
    say(printer, b"one\ntwo\nthree\n")
    assert printer.mechanism.printed_rows == 40
    assert printer.paper_out


def test_printing_takes_its_time() -> None:
    printer = core(EmulatorSettings(speed_mm_s=100.0))
    say(printer, b"\x1bJ\xff" * 4, 0.5)
    assert printer.mechanism.printed_rows == 400
    printer.set_fault(Fault.SLOW, True)
    say(printer, b"", 1.0)
    assert printer.mechanism.printed_rows == 440


def test_the_buffer_takes_its_size_and_no_more() -> None:
    printer = core(EmulatorSettings(buffer_bytes=100))
    printer.set_fault(Fault.OFFLINE, True)
    printer.receive(b"x" * 99)
    assert printer.room == 1
    printer.receive(b"x")
    assert printer.room == 0
    printer.set_fault(Fault.OFFLINE, False)
    printer.tick(0.01)
    assert printer.room > 0


def test_a_busy_printer_takes_nothing() -> None:
    printer = core()
    printer.set_fault(Fault.BUSY, True)
    assert printer.room == 0


def test_a_silent_printer_prints_and_says_nothing() -> None:
    printer = core()
    printer.set_fault(Fault.SILENT, True)
    assert say(printer, commands.real_time_status(1) + b"slip\n" + CUT) == b""
    assert len(printer.slips) == 1


def test_garbage_damages_every_answer() -> None:
    printer = core()
    printer.set_fault(Fault.GARBAGE, True)
    assert say(printer, commands.real_time_status(1)) == b"\xff" * 4


def test_a_power_cycle_loses_the_buffer_and_leaves_a_torso() -> None:
    printer = core(EmulatorSettings(speed_mm_s=10.0))
    say(printer, b"begun\n" + b"lost\n" * 20 + CUT, 0.4)
    printer.power_cycle()
    say(printer, b"", 100.0)
    assert [(slip.text, slip.whole) for slip in printer.slips] == [("begun\n", False)]


def test_the_drawer_is_kicked() -> None:
    printer = core()
    say(printer, b"\x1bp\x00\x19\xfa")
    assert printer.drawer_opened == 1


def test_only_the_newest_slips_are_kept() -> None:
    printer = core()
    for number in range(25):
        say(printer, b"slip %d\n" % number + CUT)
    assert printer.slips[0].text == "slip 5\n"
    assert printer.mechanism.slips == 25


@pytest.mark.parametrize("question", [b"\x1bv", b"\x1dr\x01"])
def test_the_old_question_for_paper_is_answered_like_the_new_one(question: bytes) -> None:
    printer = core()
    printer.set_fault(Fault.PAPER_LOW, True)
    assert say(printer, question) == b"\x03"


@pytest.mark.parametrize("question", [b"\x1bu\x00", b"\x1dr\x02"])
def test_the_drawer_s_state_is_answered(question: bytes) -> None:
    assert say(core(), question) == b"\x00"


def test_the_whole_status_is_reported_in_real_time_although_it_is_off_line() -> None:
    printer = core()
    printer.set_fault(Fault.COVER_OPEN, True)
    assert say(printer, b"\x10\x14\x07\x01") == b"\x38\x00\x00\x0f"
    assert say(printer, b"\x10\x14\x07\x02") == b""


WITH_PRESENTER = EmulatorSettings(speed_mm_s=math.inf, presenter=True)


def test_a_presenter_holds_a_slip_until_it_is_to_be_given_out() -> None:
    printer = core(WITH_PRESENTER)
    say(printer, b"slip\n" + CUT)
    assert not printer.slips
    say(printer, b"\x1de\x05")
    assert [slip.text for slip in printer.slips] == ["slip\n"]


def test_a_presenter_draws_a_slip_back() -> None:
    printer = core(WITH_PRESENTER)
    say(printer, b"torso\n" + CUT + b"\x1de\x02")
    assert not printer.slips
    assert [slip.text for slip in printer.retracted] == ["torso\n"]


def test_the_next_slip_pushes_out_the_one_that_is_held() -> None:
    printer = core(WITH_PRESENTER)
    say(printer, b"one\n" + CUT + b"two\n" + CUT)
    assert [slip.text for slip in printer.slips] == ["one\n"]


def test_a_printer_without_a_presenter_passes_its_commands_over() -> None:
    printer = core()
    say(printer, b"slip\n" + CUT + b"\x1de\x02")
    assert [slip.text for slip in printer.slips] == ["slip\n"]
