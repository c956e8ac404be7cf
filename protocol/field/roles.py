"""What somebody with a badge may do at a kiosk. The role stands on the roster and is printed on the badge."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class StaffRole(StrEnum):
    #: Restocks and repairs. The word on the line is the first version's.
    FIELD = "staff"
    #: Works beside citizens: keeps a kiosk going, and decides nothing about it.
    HELPER = "helper"
    SUPERVISOR = "supervisor"


class May(StrEnum):
    #: See how the kiosk is, and test its devices.
    LOOK = "LOOK"
    #: Change the roll, wipe the screen.
    CARE = "CARE"
    #: Out of service and back.
    STOP = "STOP"
    #: Try again what the server refused, send now, measure the line.
    SEND = "SEND"
    #: Tick a visit's list, close work orders, sign the readiness report.
    VISIT = "VISIT"
    RESTART = "RESTART"
    SHUT_DOWN = "SHUT_DOWN"
    #: Look for a newer pack now.
    TAKE_PACK = "TAKE_PACK"
    #: Back to the pack before.
    GO_BACK = "GO_BACK"
    #: Come in although the office locked the kiosk: somebody must be able to open it where there is no line.
    COME_IN_LOCKED = "COME_IN_LOCKED"


_HELPER: Final = frozenset({May.LOOK, May.CARE})
_FIELD: Final = _HELPER | {May.STOP, May.SEND, May.VISIT, May.RESTART, May.SHUT_DOWN, May.TAKE_PACK}

MAY: Final[Mapping[StaffRole, frozenset[May]]] = MappingProxyType(
    {StaffRole.HELPER: _HELPER, StaffRole.FIELD: _FIELD, StaffRole.SUPERVISOR: frozenset(May)}
)


def role_of(name: str) -> StaffRole:
    """The role of that name; of a newer server's that is not known here, the one that may least."""
    return StaffRole(name) if name in set(StaffRole) else StaffRole.HELPER
