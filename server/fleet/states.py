"""The state of a kiosk in one word, judged when something is known and kept in its row: lists filter and order by it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from protocol.messages import Component
from server.fleet.components import Severity, severity


class KioskState(StrEnum):
    """The worst first, as lists show them."""

    SILENT = "silent"
    #: A part of it has failed.
    TROUBLE = "trouble"
    #: It works; something needs a person soon.
    WARN = "warn"
    #: Waits until an administrator has compared its fingerprint.
    UNAPPROVED = "unapproved"
    #: Somebody took it out of service.
    OUT = "out"
    #: Approved, and has never said anything.
    WAITING = "waiting"
    FINE = "fine"
    REVOKED = "revoked"


#: All but those that were shut out, the worst first.
SHOWN: Final = tuple(state for state in KioskState if state is not KioskState.REVOKED)


def state_of(kiosk: Any, components: Sequence[Component], *, silent: bool, alarmed: bool) -> KioskState:
    """Of a row of ``kiosks`` that is approved and not revoked."""
    if kiosk.last_heartbeat_at is None:
        return KioskState.WAITING
    if silent:
        return KioskState.SILENT
    if not kiosk.in_service:
        return KioskState.OUT
    worst = {severity(part) for part in components}
    if Severity.BAD in worst:
        return KioskState.TROUBLE
    if alarmed or kiosk.outbox_parked or Severity.WAIT in worst:
        return KioskState.WARN
    return KioskState.FINE
