"""What the quality list of the printer's drivers calls done is shown by a test that exists."""

from __future__ import annotations

import ast
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from devices.frame.quality import Quality, Rule, read_quality
from devices.printer.drivers import printer_drivers

TESTS = Path(__file__).resolve().parents[1]
QUALITY = read_quality(
    files("devices.printer").joinpath("quality.toml").read_text(encoding="utf-8"), printer_drivers().names
)

EVERY_DRIVER = {
    Rule.TELLS_LOSS_ONCE: ("frame/test_frame_worker.py", "test_lost_and_back_are_logged_once_each"),
    Rule.NO_PERSONAL_DATA: ("printer/test_printer_device.py", "test_diagnostics_hold_nothing_of_a_slip"),
    Rule.SELF_TEST: ("printer/test_printer_device.py", "test_the_self_test_tells_why_it_failed"),
    Rule.PREFLIGHT: ("printer/test_printer_device.py", "test_preflight_names_what_is_wrong"),
}
TRANSPORT, LINES, USB = (
    "printer/test_printer_transport.py",
    "printer/test_printer_lines.py",
    "printer/test_printer_usb.py",
)
DAY = ("printer/test_printer_day.py", "test_a_day_of_faults")
PROOFS = {
    "network": {
        Rule.DEADLINES: (TRANSPORT, "test_a_printer_that_does_not_take_the_call_is_not_reachable_within_the_deadline"),
        Rule.REOPENS: (LINES, "test_a_printer_that_was_plugged_in_again_is_found"),
        Rule.STABLE_ADDRESS: (TRANSPORT, "test_addresses_are_taken_apart"),
        Rule.TRUE_STATE: ("printer/test_printer_device.py", "test_it_watches_the_printer_between_jobs"),
        Rule.FAULTS_SIMULATED: (LINES, "test_in_the_middle"),
        Rule.CLEAN_STOP: DAY,
    },
    "serial": {
        Rule.DEADLINES: (TRANSPORT, "test_a_stuck_serial_line_ends_the_write_and_still_closes"),
        Rule.REOPENS: (LINES, "test_a_printer_that_was_plugged_in_again_is_found"),
        Rule.STABLE_ADDRESS: (TRANSPORT, "test_a_serial_line_is_found_by_a_link_that_stays"),
        Rule.TRUE_STATE: ("printer/test_printer_device.py", "test_it_watches_the_printer_between_jobs"),
        Rule.FAULTS_SIMULATED: (LINES, "test_in_the_middle"),
        Rule.CLEAN_STOP: DAY,
    },
    "usb": {
        Rule.DEADLINES: (USB, "test_one_that_never_reads_ends_the_write_and_says_what_it_took"),
        Rule.REOPENS: (USB, "test_a_fault_in_the_middle_makes_a_copy_of_the_second_print"),
        Rule.STABLE_ADDRESS: (USB, "test_the_link_of_the_udev_rule_comes_before_any_other"),
        Rule.TRUE_STATE: (USB, "test_a_pulled_one_is_disconnected"),
        Rule.CLEAN_STOP: (USB, "test_every_way_of_opening_is_closed_again"),
    },
    "file": {
        Rule.DEADLINES: (TRANSPORT, "test_a_pipe_that_nobody_reads_ends_the_write"),
        Rule.REOPENS: (TRANSPORT, "test_a_file_gathers_jobs"),
        Rule.STABLE_ADDRESS: (TRANSPORT, "test_a_file_gathers_jobs"),
        Rule.CLEAN_STOP: (TRANSPORT, "test_a_file_gathers_jobs"),
    },
}


@cache
def named_in(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("quality", QUALITY.values(), ids=QUALITY)
def test_what_is_done_is_shown_and_what_is_exempt_is_not(quality: Quality) -> None:
    assert EVERY_DRIVER.keys() | PROOFS[quality.driver].keys() == quality.done


@pytest.mark.parametrize(
    ("file", "test"), sorted({*EVERY_DRIVER.values(), *(p for d in PROOFS.values() for p in d.values())})
)
def test_the_test_that_shows_it_exists(file: str, test: str) -> None:
    assert test in named_in(file)
