"""The receipt printer: slips, their layout, the way to the printer, and the truth about what was printed."""

from devices.printer.factory import build_printer
from devices.printer.job import JobPhase, PrintResult
from devices.printer.printer import Printer
from devices.printer.settings import PrinterSettings
from devices.printer.slips.slip import Slip, SlipBuilder
from protocol.peripherals import PrintOutcome

__all__ = [
    "JobPhase",
    "PrintOutcome",
    "PrintResult",
    "Printer",
    "PrinterSettings",
    "Slip",
    "SlipBuilder",
    "build_printer",
]
