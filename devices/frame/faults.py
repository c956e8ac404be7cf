"""Faults of devices: what is wrong, in the vocabulary of states."""

from protocol.components import Condition
from runtime.workers import worker


class DeviceFault(Exception):
    """A device that does not work. ``detail`` is for technicians and holds no personal data."""

    def __init__(self, condition: Condition, detail: str = "") -> None:
        super().__init__(f"{condition}: {detail}" if detail else str(condition))
        self.condition = condition
        self.detail = detail


class PassingFault(DeviceFault, worker.PassingFault):
    """May be gone at the next try: unplugged, busy, silent."""


class PermanentFault(DeviceFault, worker.PermanentFault):
    """Will not go away by itself: a driver that does not exist, an address that cannot be."""
