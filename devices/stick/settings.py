"""Which stick a kiosk takes: ``EKIOS_STICK__*``."""

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from devices.stick.mounted import MountedSticks
from devices.stick.simulated import SimulatedStick
from devices.stick.stick import Stick


class StickDriver(StrEnum):
    #: A removable disk that the system mounts.
    MOUNTED = "mounted"
    #: A folder; for trials.
    SIMULATED = "simulated"


class StickSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    driver: StickDriver = StickDriver.MOUNTED


def build_stick(settings: StickSettings, folder: Path) -> tuple[Stick, SimulatedStick | None]:
    """The stick, and the simulated one behind it when it is that; its files lie in ``folder``."""
    if settings.driver is StickDriver.SIMULATED:
        simulated = SimulatedStick(folder)
        return Stick(simulated), simulated
    return Stick(MountedSticks()), None
