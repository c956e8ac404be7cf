"""Decoders that may abort run as children: from source as a module, frozen as the kiosk's own program started once more."""

import importlib
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

FROZEN_ARGUMENT: Final = "--child"


class Child(StrEnum):
    """By the module that runs it: its ``main`` takes arguments as ``sys.argv`` has them, and gives the exit status."""

    BARCODES = "devices.scanner.reading.zbar_child"
    RECORDING = "devices.speech.player_child"
    CLIP = "devices.clips.child"


def command(child: Child, *arguments: str) -> tuple[str, ...]:
    """How it is started."""
    if getattr(sys, "frozen", False):
        return (sys.executable, FROZEN_ARGUMENT, child.value, *arguments)
    return (sys.executable, "-B", "-m", child.value, *arguments)


def run_asked(argv: Sequence[str]) -> int | None:
    """Runs the child that a frozen kiosk was started as; None where it was started as a kiosk.

    Raises:
        ValueError: There is no such child.
    """
    if list(argv[1:2]) != [FROZEN_ARGUMENT]:
        return None
    # Only the child loads its decoder.
    module = importlib.import_module(Child(argv[2]))
    return int(module.main(argv[2:]))
