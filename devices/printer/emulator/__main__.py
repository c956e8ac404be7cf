"""``python -m devices.printer.emulator``: a receipt printer to try things with."""

from __future__ import annotations

import argparse
import math
import signal
import sys
import threading
from pathlib import Path

from devices.printer.drivers import split_address
from devices.printer.emulator.control import ControlPage
from devices.printer.emulator.core import BUFFER_BYTES, EmulatorSettings
from devices.printer.emulator.emulator import PrinterEmulator
from devices.printer.emulator.mechanism import PrintedSlip


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line, taken apart."""
    parser = argparse.ArgumentParser(prog="devices.printer.emulator", description=__doc__)
    parser.add_argument("--tcp", metavar="HOST:PORT", default="127.0.0.1:9100", help="where it takes jobs")
    parser.add_argument("--http", metavar="HOST:PORT", default="127.0.0.1:9180", help="its control page")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("slips"), help="where slips are put")
    parser.add_argument(
        "--pty", metavar="LINK", type=Path, nargs="?", const=Path("printer.pty"),
        help="also be a serial port; LINK (printer.pty) leads to it",
    )  # fmt: skip
    parser.add_argument("--width", type=int, choices=(58, 80), default=80, help="paper width in mm")
    parser.add_argument("--speed", type=float, default=150.0, help="mm a second; 0 prints at once")
    parser.add_argument("--roll", type=float, default=80_000.0, help="paper on the roll in mm")
    parser.add_argument("--buffer", type=int, default=BUFFER_BYTES, help="bytes of its receive buffer")
    parser.add_argument("--simple", action="store_true", help="know neither GS ( H nor DLE DC4 8")
    parser.add_argument("--presenter", action="store_true", help="hold a cut slip until GS e gives it out")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Run until interrupted; 1 when a port or folder cannot be had."""
    options = arguments(argv)
    settings = EmulatorSettings(
        paper_width_mm=options.width,
        speed_mm_s=options.speed or math.inf,
        roll_mm=options.roll,
        buffer_bytes=options.buffer,
        process_ids=not options.simple,
        real_time_clear=not options.simple,
        presenter=options.presenter,
    )
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    host, port = split_address(options.tcp)
    page_host, page_port = split_address(options.http)
    try:
        emulator = PrinterEmulator(
            settings, host=host, port=port, pty_link=options.pty, folder=options.out, on_slip=_tell
        )
        page = ControlPage(emulator, page_host, page_port)
    except OSError as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 1
    with emulator, page:
        print(f"printer at {', '.join(emulator.addresses)}; http://{page_host}:{page.port}; slips in {options.out}")
        stop.wait()
    return 0


def _tell(slip: PrintedSlip) -> None:
    print(f"slip {slip.number}: {slip.length_mm:.0f} mm", flush=True)


if __name__ == "__main__":
    sys.exit(main())
