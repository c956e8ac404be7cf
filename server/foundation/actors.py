"""Who does something: an officer, a kiosk, the operator at the command line, or the server itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    #: Decides cases of one agency.
    OFFICER = "officer"
    #: As an officer, and may act on cases that colleagues took, and assign them.
    SUPERVISOR = "supervisor"
    #: Publishes forms and packs, enrols kiosks, manages officers.
    ADMIN = "admin"
    #: Keeps the roster of field staff.
    STAFF_MANAGER = "staff_manager"
    #: Watches the fleet: components, alarms, visits; sees no citizen's answers.
    COMMAND = "command"


#: Who decides cases, and therefore belongs to an agency.
DECIDING: Final = frozenset({Role.OFFICER, Role.SUPERVISOR})


@dataclass(frozen=True)
class Actor:
    """``id`` is what the audit log keeps; ``agency_id`` None means no agency of one's own; ``areas`` are those of the city
    that they are limited to, without any: none."""

    id: str
    role: Role | None = None
    agency_id: str | None = None
    areas: frozenset[str] = frozenset()

    @property
    def decides(self) -> bool:
        return self.role in DECIDING


SYSTEM: Final = Actor("system")
OPERATOR: Final = Actor("operator", Role.ADMIN)


def kiosk_actor(kiosk_id: str) -> Actor:
    return Actor(f"kiosk:{kiosk_id}")
