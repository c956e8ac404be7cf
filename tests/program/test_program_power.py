"""Turning the machine off: what the command says is believed."""

import sys

import pytest

from program.power import SystemPower


@pytest.mark.parametrize(
    ("command", "goes_off"),
    [((sys.executable, "-c", ""), True), ((sys.executable, "-c", "raise SystemExit(1)"), False), (("no-such",), False)],
)
def test_the_machine_goes_off_when_the_command_says_so(command: tuple[str, ...], goes_off: bool) -> None:
    assert SystemPower(command).shut_down() is goes_off
