"""What all devices share: states, the component with its worker, hot-plug, drivers, diagnostics."""

from devices.frame.component import Component, Device
from devices.frame.faults import DeviceFault, PassingFault, PermanentFault
from devices.frame.hotplug import Change, Hotplug
from devices.frame.states import StateBoard
from protocol.components import Availability, ComponentState, Condition
from runtime.workers import Backoff, Clock, Duty, FakeClock, SystemClock, Worker

__all__ = [
    "Availability",
    "Backoff",
    "Change",
    "Clock",
    "Component",
    "ComponentState",
    "Condition",
    "Device",
    "DeviceFault",
    "Duty",
    "FakeClock",
    "Hotplug",
    "PassingFault",
    "PermanentFault",
    "StateBoard",
    "SystemClock",
    "Worker",
]
