"""Libraries that are loaded when something of them is wanted first, not when a module that may want them is.

OpenCV, NumPy and the barcode engines take a third of the time in which a kiosk could be usable, and nobody scans or is
photographed before somebody came. ::

    if TYPE_CHECKING:
        import cv2
    else:
        cv2 = when_wanted("cv2")

Python's own ``importlib.util.LazyLoader`` puts a half-made module where everybody finds it, for threads and for packages that
replace themselves while they load, as OpenCV does.
"""

import importlib
from typing import Any


class _Wanted:
    """Stands for a module; safe to use from any thread, as imports are."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)

    def __repr__(self) -> str:
        return f"<{self._name}, when wanted>"


def when_wanted(name: str) -> Any:
    """The module of that name, imported with the first attribute that is asked for. A library that is not there raises
    ImportError only then."""
    return _Wanted(name)
