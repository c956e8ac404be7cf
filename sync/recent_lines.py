"""The last lines of this program's log, for the office that asks for them when something is odd and nobody is there."""

import logging
import re
import threading
from collections import deque
from typing import Final

from protocol.reports import LOG_LINE_CHARACTERS, LOG_LINES

#: The log holds nothing of citizens; should a number slip in all the same, it does not leave the kiosk.
_NUMBER: Final = re.compile(r"\d{9,}")
_FORM: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class RecentLines(logging.Handler):
    """Any thread."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter(_FORM))
        self._lines: deque[str] = deque(maxlen=LOG_LINES)
        self._turn = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            # Of a traceback only its message: the rest is for whoever stands before the machine.
            line = self.format(record).splitlines()[0]
        except (TypeError, ValueError, IndexError):
            return
        with self._turn:
            self._lines.append(_NUMBER.sub("…", line)[:LOG_LINE_CHARACTERS])

    def lines(self) -> tuple[str, ...]:
        """The oldest first."""
        with self._turn:
            return tuple(self._lines)
