"""Which page a detail means, where several pages share one name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from protocol.components import CAMERA, PRINTER, SCANNER, SPEAKER, STORAGE
from screens.navigation.flow import Flow
from screens.staff.devices import CameraScreen, PanelScreen, PrinterScreen, ScannerScreen, SoundScreen
from screens.staff.machine import ClockScreen, FaultsScreen, LineScreen, StorageScreen, VersionsScreen
from screens.staff.overview_model import CLOCK, FAULTS, LINE, TOUCH, VERSIONS
from screens.staff.visit import NOTE, PHOTO, NoteScreen, PhotoScreen, VisitScreen

DEVICES: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {PRINTER: PrinterScreen, SCANNER: ScannerScreen, CAMERA: CameraScreen, SPEAKER: SoundScreen}
)
MACHINE: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {LINE: LineScreen, STORAGE: StorageScreen, CLOCK: ClockScreen, VERSIONS: VersionsScreen, FAULTS: FaultsScreen}
)

_VISIT: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType({NOTE: NoteScreen, PHOTO: PhotoScreen})


def device_page(flow: Flow, component: str) -> Any:
    return PanelScreen(flow) if component == TOUCH else DEVICES[component](flow, component)


def machine_page(flow: Flow, what: str) -> Any:
    return MACHINE[what](flow)


def visit_page(flow: Flow, part: str) -> Any:
    return _VISIT.get(part, VisitScreen)(flow)
