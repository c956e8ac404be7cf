"""The slip that staff print to see whether the printer works."""

from __future__ import annotations

from datetime import datetime

from devices.printer.settings import PrinterSettings
from devices.printer.slips.slip import Slip, SlipBuilder


def self_test_slip(settings: PrinterSettings, now: datetime, paper_left_mm: float) -> Slip:
    """What the printer is, and every kind of line that it must be able to print."""
    return (
        SlipBuilder()
        .title("TEST")
        .row("Printer", settings.address)
        .row("Profile", f"{settings.profile}, {settings.paper_width_mm} mm")
        .row("Time", now.isoformat(timespec="seconds"))
        .row("Paper left", f"{paper_left_mm / 1000:.1f} m")
        .text("ABCDEFGHIJKLM abcdefghijklm 0123456789 éèüñ", align="center")
        .qr("eKios printer test")
        .build()
    )
