"""The quality lists are complete."""

from __future__ import annotations

from importlib.resources import files

import pytest

from devices.frame.quality import Rule, read_quality
from devices.printer.drivers import printer_drivers

ALL_DONE = "[network]\n" + "\n".join(f'{rule} = "done"' for rule in Rule)


def test_every_printer_driver_answers_every_rule() -> None:
    text = files("devices.printer").joinpath("quality.toml").read_text(encoding="utf-8")
    quality = read_quality(text, printer_drivers().names)
    assert all(len(q.done) + len(q.exempt) == len(Rule) for q in quality.values())


def test_a_driver_without_a_list_is_found() -> None:
    with pytest.raises(ValueError, match="usb"):
        read_quality(ALL_DONE, ["network", "usb"])


def test_a_missing_rule_is_found() -> None:
    with pytest.raises(ValueError, match="reopens"):
        read_quality(ALL_DONE.replace('reopens = "done"', ""), ["network"])


@pytest.mark.parametrize("answer", ['"later"', '{ exempt = " " }', "true"])
def test_neither_done_nor_exempt_with_a_reason_is_found(answer: str) -> None:
    with pytest.raises(ValueError, match="reopens"):
        read_quality(ALL_DONE.replace('reopens = "done"', f"reopens = {answer}"), ["network"])
