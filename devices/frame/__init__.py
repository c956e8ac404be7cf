"""What all devices share: states, the supervised worker, the clock, hot-plug, drivers, diagnostics."""

from devices.frame.clock import Clock, FakeClock, SystemClock
from devices.frame.hotplug import Change, Hotplug
from devices.frame.states import Availability, ComponentState, Condition, StateBoard
from devices.frame.worker import Backoff, Duty, PassingFault, PermanentFault, Worker

__all__ = [
    "Availability",
    "Backoff",
    "Change",
    "Clock",
    "ComponentState",
    "Condition",
    "Duty",
    "FakeClock",
    "Hotplug",
    "PassingFault",
    "PermanentFault",
    "StateBoard",
    "SystemClock",
    "Worker",
]
