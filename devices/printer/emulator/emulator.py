"""The emulator as a running thing: a core, its lines, and the thread that moves them."""

from __future__ import annotations

import io
import os
import queue
import select
import threading
import time
from collections.abc import Callable
from pathlib import Path

from devices.printer.emulator.core import EmulatorSettings, PrinterCore
from devices.printer.emulator.faults import Fault
from devices.printer.emulator.lines import Line, PtyLine, TcpLine
from devices.printer.emulator.mechanism import PrintedSlip

TURN_BUSY = 0.004
"""Seconds between two moves of the mechanism while it prints."""

TURN_IDLE = 0.25

FAULTED_TURN = 0.02
"""Seconds between two looks while the printer takes nothing from its line."""


class PrinterEmulator:
    """A receipt printer behind TCP, a pseudo terminal, or both.

    Slips go to ``folder`` (when given) as ``slip-0001.png`` and ``.txt``, the newest also as ``latest.png``.
    Port 0 takes a free one; :attr:`port` tells which. All methods are safe from any thread.

    Raises:
        OSError: from the constructor, when a port is taken or the folder cannot be made.
    """

    def __init__(
        self,
        settings: EmulatorSettings | None = None,
        *,
        host: str = "127.0.0.1",
        port: int | None = 0,
        pty_link: Path | None = None,
        folder: Path | None = None,
        on_slip: Callable[[PrintedSlip], None] = lambda _: None,
    ) -> None:
        self._lock = threading.RLock()
        self._on_slip = on_slip
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self.core = PrinterCore(settings, on_slip=self._keep)
        self._tcp = TcpLine(host, port) if port is not None else None
        self._pty = PtyLine(pty_link) if pty_link is not None else None
        self._lines: list[Line] = [line for line in (self._tcp, self._pty) if line is not None]
        self._new_slip = threading.Condition(self._lock)
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self._requests: queue.SimpleQueue[tuple[Callable[[], None], threading.Event]] = queue.SimpleQueue()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._last_tick = time.monotonic()

    @property
    def port(self) -> int:
        """The TCP port it listens on.

        Raises:
            ValueError: when it has none.
        """
        if self._tcp is None:
            raise ValueError("this emulator has no TCP port")
        return self._tcp.port

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(line.address for line in (self._tcp, self._pty) if line is not None)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="printer-emulator", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and let go of lines and ports."""
        self._stopping = True
        self._poke()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        with self._lock:
            for line in self._lines:
                line.close()
            self._lines = []
        os.close(self._wake_read)
        os.close(self._wake_write)

    def __enter__(self) -> PrinterEmulator:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- what people do with it ----------------------------------------------------------------------------

    def set_fault(self, fault: Fault, on: bool = True) -> None:
        """Set or clear a fault, now."""
        with self._lock:
            self.core.set_fault(fault, on)
        if fault is Fault.UNPLUGGED:
            self._in_thread(lambda: self._plug(not on))
        self._poke()

    def clear_faults(self) -> None:
        for fault in Fault:
            self.set_fault(fault, False)

    def refill(self, length_mm: float | None = None) -> None:
        """Put in a new roll."""
        with self._lock:
            self.core.refill(length_mm)
        self._poke()

    def power_cycle(self) -> None:
        """Off and on again: the buffer is lost."""
        with self._lock:
            self.core.power_cycle()
        self._poke()

    @property
    def faults(self) -> frozenset[Fault]:
        with self._lock:
            return frozenset(self.core.faults)

    @property
    def slips(self) -> tuple[PrintedSlip, ...]:
        """The newest slips, oldest first."""
        with self._lock:
            return tuple(self.core.slips)

    @property
    def slip_count(self) -> int:
        """Slips that came out since the start."""
        with self._lock:
            return self.core.mechanism.slips

    @property
    def printed_mm(self) -> float:
        """Paper moved since the start."""
        with self._lock:
            return self.core.mechanism.printed_rows / 8

    @property
    def paper_mm(self) -> float:
        """Paper left on the roll."""
        with self._lock:
            return self.core.mechanism.paper_mm

    def wait_for_slips(self, count: int, seconds: float = 10.0) -> bool:
        """Wait until ``count`` slips have come out since the start; False when they have not in time."""
        with self._new_slip:
            return self._new_slip.wait_for(lambda: self.core.mechanism.slips >= count, seconds)

    def _plug(self, in_: bool) -> None:
        for line in self._lines:
            line.plug(in_)

    def _in_thread(self, action: Callable[[], None]) -> None:
        """Run ``action`` between two turns of the emulator's thread, which may be waiting on what it closes."""
        if self._thread is None or self._thread is threading.current_thread():
            action()
            return
        done = threading.Event()
        self._requests.put((action, done))
        self._poke()
        done.wait()

    # -- the thread ----------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping:
            with self._lock:
                self._serve_requests()
                moved = self._turn()
                pause = 0.0 if moved else self._pause()
                waiting = [*self._descriptors(), self._wake_read]
            readable, _, _ = select.select(waiting, [], [], pause)
            if self._wake_read in readable:
                os.read(self._wake_read, 4_096)
        self._serve_requests()

    def _serve_requests(self) -> None:
        while not self._requests.empty():
            action, done = self._requests.get()
            action()
            done.set()

    def _descriptors(self) -> list[int]:
        if self.core.room <= 0:
            return []
        return [descriptor for line in self._lines for descriptor in line.descriptors()]

    def _pause(self) -> float:
        if self.core.busy:
            return TURN_BUSY
        return TURN_IDLE if self.core.room > 0 else FAULTED_TURN

    def _turn(self) -> bool:
        now = time.monotonic()
        elapsed, self._last_tick = now - self._last_tick, now
        moved = False
        for line in self._lines:
            data = line.receive(self.core.room)
            if data:
                moved = True
                self.core.receive(data)
        self.core.tick(elapsed)
        answers = self.core.take_answers()
        if answers:
            for line in self._lines:
                line.send(answers)
        return moved

    def _poke(self) -> None:
        os.write(self._wake_write, b"x")

    def _keep(self, slip: PrintedSlip) -> None:
        if self._folder is not None:
            write_slip(self._folder, slip)
        self._new_slip.notify_all()
        self._on_slip(slip)


def write_slip(folder: Path, slip: PrintedSlip) -> None:
    """Write a slip as picture and text; ``latest.png`` is replaced in one step."""
    picture = png(slip)
    name = f"slip-{slip.number:04d}"
    (folder / f"{name}.png").write_bytes(picture)
    (folder / f"{name}.txt").write_text(slip.text, encoding="utf-8")
    fresh = folder / ".latest.png"
    fresh.write_bytes(picture)
    fresh.replace(folder / "latest.png")


def png(slip: PrintedSlip) -> bytes:
    """The slip's picture as a PNG file, one dot a pixel."""
    out = io.BytesIO()
    slip.image.convert("1").save(out, "PNG", dpi=(203, 203))
    return out.getvalue()
