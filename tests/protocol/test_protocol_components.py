"""What components say of themselves: each word stands once and is meant by everybody who says it."""

from pathlib import Path

import devices.camera
import devices.frame
import devices.printer
import devices.scanner
from kiosk import ports
from kiosk.machine.content import MediaFault
from kiosk.store import Opening, StorageProblem
from protocol.components import Availability, Condition
from screens.language.texts import load_catalogues


def test_devices_and_kiosk_speak_of_the_same_words() -> None:
    assert devices.frame.Availability is ports.Availability is Availability
    assert devices.frame.Condition is ports.Condition is Condition
    assert devices.frame.ComponentState is ports.ComponentState
    assert devices.printer.PrintOutcome is ports.PrintOutcome
    assert devices.scanner.ScanKind is ports.ScanKind
    assert devices.camera.CaptureKind is ports.CaptureKind
    assert devices.camera.CaptureFault is ports.CaptureFault
    assert devices.camera.Hint is ports.Hint


def test_what_the_kiosk_says_of_its_own_parts_are_conditions() -> None:
    said = [*MediaFault, *StorageProblem, Opening.RECOVERED]
    assert [word for word in said if word not in set(Condition)] == []


def test_field_staff_read_every_condition_in_words() -> None:
    texts = load_catalogues(Path("assets/translations"))
    keys = [f"staff.condition.{one.lower()}" for one in Condition]
    assert [key for key in keys if texts(key, "id") == key] == []
