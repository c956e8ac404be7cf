"""How a device's worker tells its state."""

from __future__ import annotations

from devices.frame.faults import DeviceFault
from devices.frame.states import StateBoard
from protocol.components import Availability, Condition


class Reporting:
    """Owns a worker (see ``runtime.workers.Owner``) and publishes on a board what becomes of it."""

    def __init__(self, board: StateBoard) -> None:
        self._board = board

    @property
    def name(self) -> str:
        return f"device-{self._board.component}"

    def failed(self, error: Exception) -> None:
        if isinstance(error, DeviceFault):
            condition, detail = error.condition, error.detail
        else:
            condition, detail = Condition.HARDWARE_ERROR, type(error).__name__
        self._board.publish(Availability.UNAVAILABLE, frozenset({condition}), detail=detail)

    def stopped(self) -> None:
        self._board.publish(Availability.UNKNOWN, detail="stopped")
