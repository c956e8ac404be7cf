"""Commands from the server: each is done once, and its result reported until the server knows it."""

import logging
import re
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from kiosk.events import RestartAsked
from kiosk.kiosk import Kiosk
from kiosk.ports import PrintOutcome, PrintResult
from kiosk.store.reports import Report, ReportKind
from protocol.messages import Command
from protocol.reports import LOG_LINE_CHARACTERS, LOG_LINES

logger = logging.getLogger(__name__)

#: The log holds nothing of citizens; should a number slip in all the same, it does not leave the kiosk.
_NUMBER: Final = re.compile(r"\d{9,}")
_FORM: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_PRINTED: Final = (PrintOutcome.PRINTED, PrintOutcome.PROBABLY_PRINTED)


class CommandRunner:
    """``on_result`` is called when a result waits to be reported, ``retry`` when what waits is to be sent now. Any thread."""

    def __init__(
        self,
        kiosk: Kiosk,
        on_result: Callable[[], None],
        report: Callable[[], None],
        retry: Callable[[], None],
        lines: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._kiosk = kiosk
        self._on_result = on_result
        self._report = report
        self._retry = retry
        #: The last of this program's log.
        self._lines = lines

    def accept(self, command: Command) -> Callable[[], None] | None:
        """Inside the transaction that moves the cursor. Gives how to do it after the commit; None: done before."""
        if not self._kiosk.store.commands.begin(command.id, command.name):
            return None
        if command.expires_at is not None and command.expires_at < self._kiosk.clock.now():
            self._kiosk.store.commands.finish(command.id, ok=False, message="expired")
            return self._on_result
        return lambda: self.run(command.id, command.name)

    def resume(self) -> None:
        """At the start: what was begun when the power went. A slip is not printed twice; all else is repeatable."""
        for command in self._kiosk.store.commands.unfinished():
            if command.name == "restart":
                self._finish(command.id, ok=True, message="started anew")
            elif command.name == "test_slip":
                self._finish(command.id, ok=False, message="interrupted")
            else:
                self.run(command.id, command.name)

    def run(self, command_id: str, name: str) -> None:
        if name == "out_of_service":
            self._kiosk.out_of_service()
            self._finish(command_id, ok=True)
        elif name == "in_service":
            self._kiosk.back_in_service()
            self._finish(command_id, ok=True)
        elif name == "restart":
            # Finished by ``resume`` once the program runs again.
            self._kiosk.bus.publish(RestartAsked())
        elif name == "test_slip":
            self._test_slip(command_id)
        elif name == "retry_parked":
            self._finish(command_id, ok=True, message=f"{self._kiosk.outbox.try_all_again()} again")
            self._retry()
        elif name == "lock":
            self._kiosk.lock()
            self._finish(command_id, ok=True)
        elif name == "log":
            self._send_log(command_id)
        elif name == "report":
            self._finish(command_id, ok=True)
            self._report()
        else:
            self._finish(command_id, ok=False, message="unknown here")

    def _send_log(self, command_id: str) -> None:
        lines = self._lines()
        body = {"id": command_id, "made_at": self._kiosk.clock.now().isoformat(), "lines": lines}
        kept = self._kiosk.store.reports.has(command_id) or self._kiosk.store.reports.add(
            ReportKind.LOG, Report(command_id, body)
        )
        self._finish(command_id, ok=kept, message=f"{len(lines)} lines" if kept else "no room")

    def _test_slip(self, command_id: str) -> None:
        def done(result: PrintResult) -> None:
            conditions = ", ".join(sorted(str(condition) for condition in result.conditions))
            message = str(result.outcome) if not conditions else f"{result.outcome}: {conditions}"
            self._finish(command_id, ok=result.outcome in _PRINTED, message=message)

        if not self._kiosk.slips.print_test(done):
            self._finish(command_id, ok=False, message="no printer")

    def _finish(self, command_id: str, *, ok: bool, message: str = "") -> None:
        self._kiosk.store.commands.finish(command_id, ok=ok, message=message)
        logger.info("command %s: %s", command_id, "done" if ok else message)
        self._on_result()


class RecentLines(logging.Handler):
    """The last lines of this program's log, for the office that asks when something is odd and nobody is there. Any thread."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter(_FORM))
        self._lines: deque[str] = deque(maxlen=LOG_LINES)
        self._turn = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            # Of a traceback only its message: the rest is for whoever stands before the machine.
            line = self.format(record).splitlines()[0]
        except (TypeError, ValueError, LookupError):
            return
        with self._turn:
            self._lines.append(_NUMBER.sub("…", line)[:LOG_LINE_CHARACTERS])

    def lines(self) -> tuple[str, ...]:
        """The oldest first."""
        with self._turn:
            return tuple(self._lines)
