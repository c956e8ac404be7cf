"""Slips as pictures: complete, readable, and the same on both papers."""

from __future__ import annotations

from typing import Literal

import pytest
import zxingcpp

from devices.printer import PrinterSettings
from devices.printer.emulator import EmulatorSettings, PrintedSlip
from tests.devices.printer.printer_bench import example_slip, make_bench


def printed(width: Literal[58, 80], profile: str = "default") -> PrintedSlip:
    bench = make_bench(EmulatorSettings(paper_width_mm=width), PrinterSettings(paper_width_mm=width, profile=profile))
    bench.print(example_slip())
    return bench.core.slips[-1]


@pytest.mark.parametrize("width", [58, 80])
@pytest.mark.parametrize("profile", ["default", "simple"], ids=["own codes", "drawn codes"])
def test_the_code_on_a_slip_can_be_scanned(width: Literal[58, 80], profile: str) -> None:
    bench = make_bench(EmulatorSettings(paper_width_mm=width), PrinterSettings(paper_width_mm=width, profile=profile))
    bench.print(example_slip())
    bench.core.mechanism.tear_off()
    read = [code.text for code in zxingcpp.read_barcodes(bench.core.slips[-1].image)]
    assert read == ["https://kios.example/t/ABCDEFGHJKM7"]


@pytest.mark.parametrize("width", [58, 80])
def test_nothing_is_cut_off_at_the_edges(width: Literal[58, 80]) -> None:
    slip = printed(width)
    lines = slip.text.splitlines()
    assert all(len(line) <= slip.image.width // 12 or "[QR" in line for line in lines)
    assert "Pindai untuk melihat status" in lines


@pytest.mark.parametrize("width", [58, 80])
def test_the_length_predicted_is_the_length_printed(width: Literal[58, 80]) -> None:
    bench = make_bench(EmulatorSettings(paper_width_mm=width), PrinterSettings(paper_width_mm=width))
    result = bench.print(example_slip())
    assert result.paper_mm == pytest.approx(bench.core.slips[-1].length_mm, rel=0.02)


def test_the_title_is_twice_as_large_as_text() -> None:
    image = printed(80).image
    rows = [min(row) < 128 for row in (image.crop((0, y, 576, y + 1)).getextrema() for y in range(100))]
    title_end = rows.index(False, rows.index(True))
    assert title_end - rows.index(True) > 24
