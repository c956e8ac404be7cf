"""Unexpected errors of the forms engine: distinguished from all others, and remembered for the command centre."""

import threading
from types import TracebackType
from typing import Final

from forms import FormFault
from kiosk.ports import Clock
from protocol.components import FORMS, Availability, ComponentState, Condition

_ENGINE: Final = "forms."


class FormFaults:
    """The last fault, until other forms are in force. Any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._state: ComponentState | None = None

    @property
    def state(self) -> ComponentState | None:
        with self._lock:
            return self._state

    def note(self, service: str, error: BaseException) -> ComponentState:
        """A form of a service failed. ``detail`` has the service, the error and its line; what the error says is left out:
        it may hold an answer."""
        cause = error.__cause__ if isinstance(error, FormFault) and error.__cause__ is not None else error
        where = engine_line(cause)
        detail = f"{service}: {type(cause).__name__} {where}".strip()
        faults = frozenset({Condition.FORM_FAULT})
        state = ComponentState(FORMS, Availability.READY, self._clock.now(), faults, detail=detail)
        with self._lock:
            self._state = state
        return state

    def forget(self) -> bool:
        """Other forms are in force; whether there was a fault."""
        with self._lock:
            known, self._state = self._state, None
        return known is not None


def is_form_fault(error: BaseException) -> bool:
    """Whether an error came out of the forms engine."""
    return isinstance(error, FormFault) or engine_line(error) != ""


def engine_line(error: BaseException) -> str:
    """The innermost line of the forms engine that an error passed, as ``session/growth.py:12``; "" where it passed none."""
    found, trace = "", error.__traceback__
    while isinstance(trace, TracebackType):
        # By the module's name: in a packed program there are no files of its own.
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.startswith(_ENGINE):
            found = f"{module.removeprefix(_ENGINE).replace('.', '/')}.py:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
