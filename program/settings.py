"""What can be set at a kiosk from outside: ``EKIOS_*`` in its environment. See docs/install.md."""

import sys
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from devices.camera.settings import CameraSettings
from devices.printer.settings import PrinterSettings
from devices.scanner.settings import ScannerSettings
from devices.simulator.printer_link import PRINTER_PAGE
from devices.speech.settings import SpeechSettings
from devices.stick.settings import StickSettings
from protocol.kiosk_settings import NUMBERS
from screens.access.keypads import KeypadTable
from screens.access.keys import Action
from screens.look.tokens import DEFAULT_DPI
from screens.shell import boot

SOFTWARE: Final = "ekios 0.1.0"
#: The project's folder when run from the sources, the package's when frozen.
ROOT: Final = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[1]))
ASSETS: Final = ROOT / "assets"
#: The font of ``protocol.pictograms``.
PICTOGRAMS: Final = ASSETS / "pictograms" / "Pictograms.ttf"


_BOTTOM: Final = NUMBERS["panel_bottom_mm"]


class ScreenSettings(BaseModel):
    """The window; ``dpi`` is pixels an inch of the panel, because all sizes are millimetres. ``bottom_mm``: of this kiosk's
    picture above the floor, where it is mounted otherwise than the city's setting ``panel_bottom_mm`` says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    driver: Literal["x11", "KMSDRM", "offscreen"] = "x11"
    width: int = 1080
    height: int = 1920
    dpi: float = DEFAULT_DPI
    bottom_mm: Annotated[float, Field(ge=_BOTTOM.minimum, le=_BOTTOM.maximum)] | None = None
    fullscreen: bool = True
    show_cursor: bool = False
    drawing: Literal["auto", "whole"] = "auto"
    touch_device: str = ""

    def boot_options(self) -> boot.BootOptions:
        return boot.BootOptions(**self.model_dump())


class KeySettings(BaseModel):
    """``names``: which keys ask for what, where a keypad sends others than a keyboard (screens/access/keys.py has both)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: Which of the known keypads hangs on the kiosk, beside what any keyboard sends.
    keypad: KeypadTable = KeypadTable.KEYBOARD
    names: dict[Action, tuple[str, ...]] = {}
    #: Whether any key at the resting screen asks for the voice; else headphones and its own key alone do.
    any_key_speaks: bool = True
    #: Seconds within which the same key counts once, for hands that tremble.
    same_key_s: Annotated[float, Field(ge=0, le=2)] = 0.0


class NoDevice(BaseModel):
    """A device that this kiosk does not have."""

    model_config = ConfigDict(frozen=True)

    driver: Literal["none"]


class KioskSettings(BaseSettings):
    """``EKIOS_*`` in the environment; ``EKIOS_PRINTER__ADDRESS`` is the printer's address. See docs/install.md."""

    model_config = SettingsConfigDict(env_prefix="EKIOS_", env_nested_delimiter="__", frozen=True, extra="ignore")

    data: Path = Path("var/kiosk")
    #: The launcher's folder of programs; without one this program is not updated by the city.
    programs: Path | None = None
    server: str = "http://127.0.0.1:8700"
    printer: PrinterSettings | NoDevice = PrinterSettings()
    scanner: ScannerSettings | NoDevice = ScannerSettings()
    camera: CameraSettings | NoDevice = CameraSettings()
    speech: SpeechSettings | NoDevice = SpeechSettings()
    stick: StickSettings | NoDevice = StickSettings()
    keys: KeySettings = KeySettings()
    screen: ScreenSettings = ScreenSettings()
    #: By whom field staff turn the machine off at its panel; none: by its switch.
    power: Literal["none", "systemd"] = "none"
    #: ``host:port`` on loopback of the page that drives the simulated devices; empty in service.
    simulator: str = ""
    #: The printer emulator's own page, which that page drives as well.
    simulator_printer: str = PRINTER_PAGE
