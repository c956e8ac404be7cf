"""What can be set for a kiosk while it runs: by name, with unit, default and limits. The feed's ``settings`` event carries
the values; kiosk, server and the page on which administrators set them read this table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Unit(StrEnum):
    SECONDS = "s"
    MILLIMETRES = "mm"
    BYTES = "bytes"
    #: Of the whole, 0 to 1.
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Setting:
    unit: Unit
    default: float
    minimum: float
    maximum: float
    #: Administrators set it on a page; the others are for whoever builds kiosks.
    offered: bool = True

    def clamp(self, value: float) -> float:
        """The nearest value that can be."""
        return min(max(value, self.minimum), self.maximum)

    def allows(self, value: float) -> bool:
        return self.minimum <= value <= self.maximum


NUMBERS: Final[Mapping[str, Setting]] = MappingProxyType(
    {
        "idle_s": Setting(Unit.SECONDS, 90, 30, 900),
        # WCAG 2.2.1: at least 20 seconds to say that more time is needed.
        "idle_warning_s": Setting(Unit.SECONDS, 30, 20, 120),
        # A finger that was on its way when a page came means the one before (screens.look.stillness).
        "touch_rest_s": Setting(Unit.SECONDS, 0.4, 0, 2),
        # Whoever called an officer is waited for, and again from when somebody is on the way (kiosk.session.help_calls).
        "help_hold_s": Setting(Unit.SECONDS, 300, 60, 1_800),
        # Whoever has no slip and has not said that they have the code (screens.navigation.slips).
        "code_hold_s": Setting(Unit.SECONDS, 300, 60, 1_800),
        "received_wait_s": Setting(Unit.SECONDS, 2, 0, 10),
        "paper_roll_mm": Setting(Unit.MILLIMETRES, 80_000, 5_000, 200_000),
        "paper_low_mm": Setting(Unit.MILLIMETRES, 4_000, 500, 50_000),
        # The lower edge of the picture above the floor; nothing to be touched is lower than 380 mm (EN 301 549, 8.3.2.2).
        "panel_bottom_mm": Setting(Unit.MILLIMETRES, 700, 380, 900),
        "volume": Setting(Unit.SHARE, 0.7, 0, 1),
        # Close to the ear; a citizen makes it louder by a key.
        "headphone_volume": Setting(Unit.SHARE, 0.55, 0, 1),
        "slip_mm": Setting(Unit.MILLIMETRES, 180, 60, 600, offered=False),
        # The default holds the largest session there can be, which is written twice, and the last part (kiosk.machine.room).
        "disk_reserve_bytes": Setting(Unit.BYTES, 704_000_000, 100_000_000, 100_000_000_000, offered=False),
        # Longer than a server's last backup is old when it is restored: what came after it is sent again.
        "keep_acknowledged_s": Setting(Unit.SECONDS, 604_800, 0, 2_592_000, offered=False),
    }
)
OFFERED: Final = MappingProxyType({name: setting for name, setting in NUMBERS.items() if setting.offered})
