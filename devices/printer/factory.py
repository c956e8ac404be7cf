"""Builds the printer that the settings ask for."""

from __future__ import annotations

from pathlib import Path

from devices.frame import Clock
from devices.printer.dialogue import Deadlines
from devices.printer.drivers import printer_drivers
from devices.printer.printer import Printer
from devices.printer.settings import PrinterSettings

HOTPLUG_FOLDERS = {"usb": (Path("/dev/usb"),), "serial": (Path("/dev/serial/by-id"),)}
"""Where a printer shows up when it is plugged in, by driver."""


def build_printer(
    settings: PrinterSettings,
    *,
    clock: Clock | None = None,
    deadlines: Deadlines | None = None,
    unfinished: Path | None = None,
) -> Printer:
    """A printer, not yet started. Settings that cannot work show as CONFIGURATION_ERROR once it is.

    ``unfinished``: see :class:`Printer`.
    """
    return Printer(
        settings,
        lambda: printer_drivers().build(settings.driver, settings),
        clock=clock,
        deadlines=deadlines,
        hotplug_folders=HOTPLUG_FOLDERS.get(settings.driver, ()),
        unfinished=unfinished,
    )
