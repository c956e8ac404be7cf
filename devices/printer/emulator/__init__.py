"""An ESC/POS receipt printer that is not there: the product's simulated printer, and its test bench.

``python -m devices.printer.emulator --tcp 127.0.0.1:9100 --http 127.0.0.1:9180 --out slips``
"""

from devices.printer.emulator.core import EmulatorSettings, PrinterCore
from devices.printer.emulator.emulator import PrinterEmulator
from devices.printer.emulator.faults import Fault
from devices.printer.emulator.mechanism import PrintedSlip

__all__ = ["EmulatorSettings", "Fault", "PrintedSlip", "PrinterCore", "PrinterEmulator"]
