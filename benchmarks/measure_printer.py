"""The printer: slip to bytes, "print" to "printed" over the emulator, beside bare python-escpos.

The emulator runs in this process behind real TCP on loopback, once at once and once at the 150 mm a second of a
common printer. Peers: python-escpos' ``Dummy`` building the same lines, and its ``Network`` sending them and asking
``paper_status``: it returns when the kernel took the bytes, whatever the printer does. Writes
``build/bench/printer.json``.
"""

import json
import math
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

from escpos.printer import Dummy, Network

from devices.printer import PrinterSettings, PrintResult, Slip, SlipBuilder, build_printer
from devices.printer.emulator import EmulatorSettings, Fault, PrinterCore, PrinterEmulator
from devices.printer.emulator.parser import Parser
from devices.printer.slips.escpos import JobEncoder
from devices.printer.slips.layout import Typesetter

RESULTS = Path("build/bench/printer.json")
BUILDS = 100
PRINTS_AT_ONCE = 20
PRINTS_AT_SPEED = 5
PRINTER_SPEED = 150.0
CODE_ADDRESS = "https://kios.example/t/ABCDEFGHJKM7"

Row = tuple[str, float, float, str]


def slip() -> Slip:
    """A receipt as a kiosk prints it."""
    return (
        SlipBuilder()
        .title("Kota Contoh")
        .text("Dinas Kependudukan", align="center")
        .rule()
        .row("Layanan", "Akta Kelahiran")
        .row("Kode", "ABCD-EFGH-JKM7")
        .row("Waktu", "24 November 2026 14.05")
        .rule()
        .qr(CODE_ADDRESS, "Pindai untuk melihat status")
        .build()
    )


def bare(printer: Dummy | Network) -> None:
    """The same receipt by python-escpos alone."""
    printer.set(align="center", bold=True, custom_size=True, width=2, height=2)
    printer.text("Kota Contoh\n")
    printer.set(align="center", bold=False, normal_textsize=True)
    printer.text("Dinas Kependudukan\n" + "-" * 48 + "\n")
    printer.set(align="left")
    printer.text("Layanan : Akta Kelahiran\nKode    : ABCD-EFGH-JKM7\nWaktu   : 24 November 2026 14.05\n")
    printer.text("-" * 48 + "\n")
    printer.set(align="center")
    printer.qr(CODE_ADDRESS, size=8, native=True)
    printer.text("Pindai untuk melihat status\n")
    printer.cut()


def times(work: Callable[[], object], count: int) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    taken = []
    for _ in range(count):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    return statistics.median(taken), taken[min(count - 1, math.floor(count * 0.95))]


def building() -> list[Row]:
    encoder = JobEncoder()
    setter = Typesetter(encoder.paper, encodable=encoder.encodable, native_qr=encoder.native_qr)
    latin, drawn = slip(), SlipBuilder().row("Nama", "Иван Петров").build()
    data = encoder.encode(setter.lay_out(latin))
    core = PrinterCore(EmulatorSettings(speed_mm_s=math.inf))

    def emulated() -> None:
        core.receive(data)
        core.tick(0.01)

    return [
        ("slip to bytes", *times(lambda: encoder.encode(setter.lay_out(latin)), BUILDS), f"{len(data)} bytes"),
        ("  a line drawn as a picture", *times(lambda: encoder.encode(setter.lay_out(drawn)), BUILDS), ""),
        ("  peer: bare python-escpos", *times(lambda: bare(Dummy()), BUILDS), "no wrapping, no sanitiser"),
        ("  emulator: bytes to commands", *times(lambda: Parser().feed(data), BUILDS), ""),
        ("  emulator: bytes to slip", *times(emulated, BUILDS), "its picture and its text"),
    ]


def printing(speed: float, count: int) -> list[Row]:
    """From "print" to the result, on a running printer."""
    name = "at once" if math.isinf(speed) else f"{speed:.0f} mm/s"
    with PrinterEmulator(EmulatorSettings(speed_mm_s=speed)) as emulator:
        printer = build_printer(PrinterSettings(address=f"127.0.0.1:{emulator.port}"))
        printer.start()
        results: list[PrintResult] = []

        def one() -> None:
            done = threading.Event()

            def heard(result: PrintResult) -> None:
                results.append(result)
                done.set()

            printer.print(slip(), job_id=f"job-{len(results)}", done=heard)
            done.wait()

        try:
            median, worst = times(one, count)
        finally:
            printer.stop()
        limit = results[-1].paper_mm / speed * 1000 + (0 if math.isinf(speed) else 300)
        outcomes = sorted({str(result.outcome) for result in results})
        return [(f'"print" to result, {name}', median, worst, f"{', '.join(outcomes)}; the paper takes {limit:.0f} ms")]


def peers() -> list[Row]:
    """python-escpos over the same line: what it says, and what it says when the cover is open."""
    rows: list[Row] = []
    for fault in (None, Fault.COVER_OPEN):
        with PrinterEmulator(EmulatorSettings(speed_mm_s=PRINTER_SPEED)) as emulator:
            if fault is not None:
                emulator.set_fault(fault)
            said: list[int] = []

            def one(port: int = emulator.port, said: list[int] = said) -> None:
                line = Network("127.0.0.1", port, timeout=10)
                bare(line)
                said.append(line.paper_status())
                line.close()

            median, worst = times(one, 3)
            out = emulator.slip_count
            label = "cover open" if fault else "well"
            note = f"says paper_status {said[-1]}; {out} of 3 slips out by then"
            rows.append((f"  peer: python-escpos, printer {label}", median, worst, note))
    return rows


def main() -> int:
    rows = building()
    rows += printing(math.inf, PRINTS_AT_ONCE)
    rows += printing(PRINTER_SPEED, PRINTS_AT_SPEED)
    rows += peers()
    print(f"{'printer':44} {'median ms':>10} {'p95 ms':>10}")
    for name, median, worst, note in rows:
        print(f"{name:44} {median:10.2f} {worst:10.2f}  {note}")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    table = [
        {"measure": name.strip(), "median_ms": round(median, 3), "p95_ms": round(worst, 3), "note": note}
        for name, median, worst, note in rows
    ]
    RESULTS.write_text(json.dumps(table, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
