"""Threads that keep working: one owner, set-up, turns, tear-down, pauses after faults, a heartbeat.

The kiosk's devices and its line use them. Imports nothing of ours.
"""

from runtime.workers.backoff import Backoff, Tries
from runtime.workers.clock import Clock, FakeClock, SystemClock
from runtime.workers.worker import Duty, Owner, Worker

__all__ = ["Backoff", "Clock", "Duty", "FakeClock", "Owner", "SystemClock", "Tries", "Worker"]
