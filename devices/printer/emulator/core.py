"""The emulated printer without its line: takes bytes, gives answers and slips, moves with a clock.

Used by one thread at a time; :class:`devices.printer.emulator.PrinterEmulator` puts it behind TCP or a pseudo
terminal, :class:`devices.printer.emulator.loopback.Loopback` straight behind our printer for simulated days.
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from devices.printer.emulator.faults import SLOWNESS, Fault
from devices.printer.emulator.grammar import Command, Kind
from devices.printer.emulator.mechanism import DOTS_PER_MM, Mechanism, PrintedSlip
from devices.printer.emulator.pagesetter import PageSetter
from devices.printer.emulator.parser import Parser
from devices.printer.emulator.realtime import CLEAR_PARAMETERS, RealTimeScanner
from devices.printer.emulator.status import Status
from devices.printer.emulator.strips import Mark

BUFFER_BYTES = 4_096
"""The receive buffer of a small printer."""

PRINT_BUFFER_ROWS = 400
"""Rows the controller prepares ahead of the head (50 mm); then it waits."""

NEAR_END_MM = 3_000.0
CUT_FEED_MM = 16.0

WIDTHS = {58: 384, 80: 576}
"""Printable dots by paper width in mm."""

KEPT_SLIPS = 20
"""The newest slips kept in memory."""

KEPT_ANSWERS = 4_096
"""Bytes of answers that nobody reads; older ones fall out."""


@dataclass(frozen=True, slots=True)
class EmulatorSettings:
    """The model that is emulated.

    ``speed_mm_s`` of infinity prints at once. ``process_ids`` and ``real_time_clear`` False make a simpler
    printer that does not know ``GS ( H`` and ``DLE DC4 8``. ``presenter``: a kiosk printer that holds a slip after
    the cut, until ``GS e`` gives it out or draws it back, or the next one comes.
    """

    paper_width_mm: int = 80
    speed_mm_s: float = 150.0
    cut_s: float = 0.3
    roll_mm: float = 80_000.0
    buffer_bytes: int = BUFFER_BYTES
    process_ids: bool = True
    real_time_clear: bool = True
    presenter: bool = False


class PrinterCore:
    """Buffer, controller, mechanism, status and faults."""

    def __init__(
        self,
        settings: EmulatorSettings | None = None,
        *,
        on_slip: Callable[[PrintedSlip], None] = lambda _: None,
        noise: Callable[[], int] = lambda: random.randrange(256),
    ) -> None:
        self.settings = settings or EmulatorSettings()
        self.faults: set[Fault] = set()
        self.slips: deque[PrintedSlip] = deque(maxlen=KEPT_SLIPS)
        self.retracted: deque[PrintedSlip] = deque(maxlen=KEPT_SLIPS)
        self.drawer_opened = 0
        self._held: PrintedSlip | None = None
        self._on_slip = on_slip
        self._noise = noise
        self._scanner = RealTimeScanner()
        self._parser = Parser()
        self._buffer = bytearray()
        self._answers = bytearray()
        self._automatic = 0
        self._last_automatic = b""
        self._knife_stuck = False
        width = WIDTHS[self.settings.paper_width_mm]
        self._page = PageSetter(width, round(CUT_FEED_MM * DOTS_PER_MM))
        self.mechanism = Mechanism(
            width_dots=width,
            blocked=lambda: self.offline,
            knife_jammed=self._use_knife,
            answer=self._answer,
            present=self._present,
            finished=self._hold if self.settings.presenter else self._keep,
            speed_mm_s=self.settings.speed_mm_s,
            cut_s=self.settings.cut_s,
            paper_mm=self.settings.roll_mm,
        )

    # -- the line ------------------------------------------------------------------------------------------

    @property
    def room(self) -> int:
        """Bytes the printer takes now; 0 when its buffer is full or it is busy."""
        if Fault.BUSY in self.faults:
            return 0
        return max(0, self.settings.buffer_bytes - len(self._buffer))

    def receive(self, data: bytes) -> None:
        """Bytes from the line, at most :attr:`room` of them. Real-time commands are executed at once."""
        start = 0
        for position, command in self._scanner.feed(data):
            if command.kind is Kind.REAL_TIME_CLEAR:
                if self.settings.real_time_clear and command.data == CLEAR_PARAMETERS:
                    self._clear()
                    self._answer(b"\x37\x25\x00")
                    start = position
            elif command.kind is Kind.REAL_TIME_REQUEST:
                if self._recover(command.numbers[0]):
                    start = position
            else:
                self._real_time(command)
        self._buffer += data[start:]

    def take_answers(self) -> bytes:
        """What the printer sends; the line takes it away."""
        answers = bytes(self._answers)
        self._answers.clear()
        return answers

    # -- time ----------------------------------------------------------------------------------------------

    def tick(self, seconds: float) -> None:
        """Let time pass: the buffer is worked off and the paper moves."""
        slow = SLOWNESS if Fault.SLOW in self.faults else 1.0
        self._work()
        self.mechanism.run(seconds / slow)
        while self._work():
            self.mechanism.run(0.0)
            if not math.isinf(self.mechanism.speed_mm_s):
                break
        self._report_automatically()

    @property
    def busy(self) -> bool:
        """True while something waits to be printed and nothing stands in the way."""
        return not self.offline and bool(self._buffer or self.mechanism.items)

    # -- what people do with it ----------------------------------------------------------------------------

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Set or clear a fault. Clearing a jammed knife also ends the error it made."""
        if on:
            self.faults.add(fault)
        else:
            self.faults.discard(fault)
            if fault is Fault.KNIFE_JAMMED:
                self._knife_stuck = False

    def refill(self, length_mm: float | None = None) -> None:
        """Put in a roll; paper faults are over."""
        self.mechanism.paper_mm = self.settings.roll_mm if length_mm is None else length_mm
        self.faults -= {Fault.PAPER_LOW, Fault.PAPER_OUT}

    def power_cycle(self) -> None:
        """Off and on: buffers are lost, what came out so far hangs out and is torn off."""
        self._clear()
        self._buffer.clear()
        self._answers.clear()
        self._page.reset()
        self._automatic = 0
        self._knife_stuck = False
        self.mechanism.tear_off()

    # -- state ---------------------------------------------------------------------------------------------

    @property
    def paper_out(self) -> bool:
        return Fault.PAPER_OUT in self.faults or self.mechanism.paper_mm * DOTS_PER_MM < 1

    @property
    def paper_low(self) -> bool:
        return self.paper_out or Fault.PAPER_LOW in self.faults or self.mechanism.paper_mm < NEAR_END_MM

    @property
    def offline(self) -> bool:
        """True when it does not print: off-line, in error, without paper, or open."""
        stops = {Fault.COVER_OPEN, Fault.OVERHEATED, Fault.OFFLINE}
        return self._knife_stuck or self.paper_out or bool(stops & self.faults)

    @property
    def status(self) -> Status:
        """How it is now."""
        return Status(
            offline=self.offline,
            cover_open=Fault.COVER_OPEN in self.faults,
            paper_out=self.paper_out,
            paper_low=self.paper_low,
            knife_stuck=self._knife_stuck,
            overheated=Fault.OVERHEATED in self.faults,
        )

    # -- inside --------------------------------------------------------------------------------------------

    def _work(self) -> bool:
        """Execute what the buffer holds, as far as the print buffer has room; True when something was done."""
        worked = False
        while self._buffer and not self.offline and self.mechanism.rows_waiting < PRINT_BUFFER_ROWS:
            piece = bytes(self._buffer[: self._parser.need])
            del self._buffer[: len(piece)]
            command = self._parser.push(piece)
            worked = True
            if command is not None:
                self._execute(command)
        return worked

    def _execute(self, command: Command) -> None:
        match command.kind:
            case Kind.EXTENDED if command.numbers[0] == ord("H"):
                self._process_id(command.data)
            case Kind.TRANSMIT_STATUS:
                self._transmit_status(command.numbers[0])
            case Kind.AUTOMATIC_STATUS:
                self._automatic = command.numbers[0]
                self._last_automatic = b""
            case Kind.PAPER_SENSOR_STATUS:
                self._transmit_status(1)
            case Kind.PERIPHERAL_STATUS:
                self._transmit_status(2)
            case Kind.PRINTER_ID:
                self._printer_id(command.numbers[0])
            case Kind.DRAWER:
                self.drawer_opened += 1
            case Kind.REAL_TIME_STATUS | Kind.REAL_TIME_REQUEST | Kind.REAL_TIME_PULSE | Kind.REAL_TIME_CLEAR:
                pass  # executed when it was received
            case _:
                self.mechanism.items.extend(self._page.execute(command))

    def _process_id(self, data: bytes) -> None:
        """``GS ( H`` function 48: answered by the mechanism once everything before it is on paper."""
        if self.settings.process_ids and len(data) == 6 and data[0] in (0, 48) and data[1] in (0, 48):
            self.mechanism.items.append(Mark(b"\x37\x22" + data[2:6] + b"\x00"))

    def _transmit_status(self, n: int) -> None:
        if n in (1, 49):
            self._answer(bytes((self.status.paper,)))
        elif n in (2, 50):
            self._answer(b"\x00")

    def _printer_id(self, n: int) -> None:
        answers = {1: b"\x20", 2: b"\x02", 3: b"\x01", 66: b"_eKios\x00", 67: b"_PRINTER EMULATOR\x00"}
        self._answer(answers.get(n - 48 if 49 <= n <= 51 else n, b""))

    def _real_time(self, command: Command) -> None:
        if command.kind is Kind.REAL_TIME_STATUS:
            byte = self.status.real_time(command.numbers[0])
            if byte is not None:
                self._answer(bytes((byte,)))
        elif command.kind is Kind.REAL_TIME_SPECIFIED_STATUS and command.numbers[1] in (1, 49):
            self._answer(self.status.automatic)
        elif command.kind is Kind.REAL_TIME_PULSE:
            self.drawer_opened += 1

    def _recover(self, request: int) -> bool:
        """DLE ENQ 1 goes on after an error, 2 clears first. True when the buffer was cleared."""
        if not self._knife_stuck or request not in (1, 2):
            return False
        self._knife_stuck = False
        if request == 2:
            self._clear()
        return request == 2

    def _clear(self) -> None:
        self._buffer.clear()
        self._parser.reset()
        self._page.reset()
        self.mechanism.clear()

    def _use_knife(self) -> bool:
        if Fault.KNIFE_JAMMED in self.faults:
            self._knife_stuck = True
        return self._knife_stuck

    def _answer(self, data: bytes) -> None:
        if Fault.SILENT in self.faults or not data:
            return
        if Fault.GARBAGE in self.faults:
            data = bytes(self._noise() for _ in range(len(data) + 3))
        self._answers += data
        del self._answers[:-KEPT_ANSWERS]

    def _report_automatically(self) -> None:
        if not self._automatic:
            return
        status = self.status.automatic
        if status != self._last_automatic:
            self._last_automatic = status
            self._answer(status)

    def _hold(self, slip: PrintedSlip) -> None:
        self._present(retract=False)
        self._held = slip

    def _present(self, retract: bool) -> None:
        slip, self._held = self._held, None
        if slip is not None:
            self.retracted.append(slip) if retract else self._keep(slip)

    def _keep(self, slip: PrintedSlip) -> None:
        self.slips.append(slip)
        self._on_slip(slip)
