"""What all devices share: states, the supervised worker, the clock, hot-plug, drivers, diagnostics."""

from devices.frame.clock import Clock, FakeClock, SystemClock
from devices.frame.states import Availability, ComponentState, Condition, StateBoard
from devices.frame.worker import Backoff, Duty, PassingFault, PermanentFault, Worker

__all__ = [
    "Availability",
    "Backoff",
    "Clock",
    "ComponentState",
    "Condition",
    "Duty",
    "FakeClock",
    "PassingFault",
    "PermanentFault",
    "StateBoard",
    "SystemClock",
    "Worker",
]
