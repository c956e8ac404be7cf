"""What is done in a visit of field staff: its kinds, the list of each, and what is used up.

It travels in the visit's actions, each a name with a detail, so a server that is older keeps all of it as it came.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import Base64Bytes, Field

from protocol.line.base import Message, Uuid


class VisitKind(StrEnum):
    RESTOCK = "restock"
    CLEANING = "cleaning"
    REPAIR = "repair"
    INSPECTION = "inspection"


class CheckStep(StrEnum):
    ROLL_CHANGED = "roll_changed"
    TEST_SLIP = "test_slip"
    SPARE_ROLL = "spare_roll"
    SCREEN_WIPED = "screen_wiped"
    GLASS_WIPED = "glass_wiped"
    PRINT_HEAD = "print_head"
    AROUND = "around"
    FAULT_FOUND = "fault_found"
    FAULT_MENDED = "fault_mended"
    DEVICES_TESTED = "devices_tested"
    LOCKS = "locks"
    CABLES = "cables"
    KEYPAD = "keypad"
    NOTICES = "notices"


CHECKLISTS: Final[Mapping[VisitKind, tuple[CheckStep, ...]]] = MappingProxyType(
    {
        VisitKind.RESTOCK: (CheckStep.ROLL_CHANGED, CheckStep.TEST_SLIP, CheckStep.SPARE_ROLL, CheckStep.LOCKS),
        VisitKind.CLEANING: (
            CheckStep.SCREEN_WIPED,
            CheckStep.GLASS_WIPED,
            CheckStep.PRINT_HEAD,
            CheckStep.AROUND,
            CheckStep.TEST_SLIP,
        ),
        VisitKind.REPAIR: (
            CheckStep.FAULT_FOUND,
            CheckStep.FAULT_MENDED,
            CheckStep.DEVICES_TESTED,
            CheckStep.CABLES,
            CheckStep.LOCKS,
        ),
        VisitKind.INSPECTION: (
            CheckStep.DEVICES_TESTED,
            CheckStep.SCREEN_WIPED,
            CheckStep.KEYPAD,
            CheckStep.NOTICES,
            CheckStep.CABLES,
            CheckStep.LOCKS,
        ),
    }
)


class Consumable(StrEnum):
    """Taken from the store in a visit. A roll counts by itself when it is changed."""

    CLEANING_CARD = "cleaning_card"
    CLOTH = "cloth"
    CABLE = "cable"


#: Of one consumable in one visit.
USED_MOST: Final = 20

#: Names of actions. What kind of visit it is; a step that was done; what was used, "cloth 2"; an order by its number.
KIND: Final = "visit_kind"
CHECKED: Final = "checked"
USED: Final = "used"
ORDER_DONE: Final = "order_done"
#: Whoever was there says that it is not done: the visit does not close it.
ORDER_OPEN: Final = "order_open"


#: A photo for the office, as JPEG: a minute on the worst line that we know.
PHOTO_BYTES: Final = 200_000


class VisitPhoto(Message):
    """``POST /v1/visit-photos`` (204): of the kiosk, taken in that visit. Nobody is on it."""

    visit_id: Uuid
    jpeg: Annotated[Base64Bytes, Field(max_length=PHOTO_BYTES)]


def used(detail: str) -> tuple[str, int] | None:
    """What an action of USED says; None when it cannot be."""
    name, _, number = detail.rpartition(" ")
    if name not in set(Consumable) or not number.isascii() or not number.isdigit():
        return None
    return (name, int(number)) if 0 < int(number) <= USED_MOST else None
