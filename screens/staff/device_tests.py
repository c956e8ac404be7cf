"""Tests of the devices, as field staff ask for them; each is recorded in the visit."""

from collections.abc import Callable
from typing import Final

from kiosk.events import Scanned
from kiosk.ports import Device, PrintOutcome, PrintResult
from screens.navigation.flow import Flow

#: Empty lines before a cut that is only to show the knife; and of a cleaning card that is drawn through.
CUT_LINES: Final = 1
CLEAN_LINES: Final = 10
_PRINTED: Final = (PrintOutcome.PRINTED, PrintOutcome.PROBABLY_PRINTED)

Said = Callable[[str], None]


def print_test(flow: Flow, done: Said) -> None:
    """Prints the test slip; ``done`` gets the outcome's text, from the printer's thread."""

    def reported(result: PrintResult) -> None:
        flow.staff.context.record("test_slip", str(result.outcome))
        done(flow.texts("staff.test.printed" if result.outcome in _PRINTED else "staff.test.not_printed"))

    if not flow.staff.context.print_test(reported):
        done(flow.texts("staff.test.no_printer"))


def cut(flow: Flow, done: Said) -> None:
    """A strip of empty paper, cut off."""
    _blank(flow, CUT_LINES, "cut_test", done)


def clean_head(flow: Flow, done: Said) -> None:
    """Feeds as long as a cleaning card is, and cuts."""
    _blank(flow, CLEAN_LINES, "head_cleaned", done)


def _blank(flow: Flow, lines: int, recorded_as: str, done: Said) -> None:
    def reported(result: PrintResult) -> None:
        flow.staff.context.record(recorded_as, str(result.outcome))
        done(flow.texts(f"staff.printer.{recorded_as}" if result.outcome in _PRINTED else "staff.test.not_printed"))

    if not flow.staff.context.feed_and_cut(lines, reported):
        done(flow.texts("staff.test.no_printer"))


def speak_test(flow: Flow, done: Said) -> None:
    """Says a sentence; ``done`` gets what to tell, from the speaker's thread."""
    speaker = flow.staff.context.speaker

    def reported(good: bool, detail: str) -> None:
        flow.staff.context.record("voice_test", detail)
        done(flow.texts("staff.test.spoken" if good else "staff.test.not_spoken"))

    if speaker is None:
        done(flow.texts("staff.test.not_spoken"))
    else:
        speaker.self_test(reported)


def check_device(flow: Flow, component: str) -> str:
    """Asks the device what it lacks and, of scanner and camera, to test itself: what came of it. May take a moment."""
    texts = flow.texts
    for device, tests_itself in flow.staff.context.devices():
        if device.state().component == component:
            lacks = "; ".join((*device.preflight(), *(_fails_in(device) if tests_itself else ())))
            flow.staff.context.record("self_test", f"{component}: {lacks or 'OK'}")
            verdict = texts("staff.test.lacks", what=lacks) if lacks else texts("staff.test.good")
            return f"{texts(f'staff.component.{component}')}: {verdict}"
    return texts("staff.test.not_here")


def _fails_in(device: Device) -> tuple[str, ...]:
    """What its self-test says when it is not good. For devices that answer at once."""
    reported: list[str] = []

    def done(good: bool, detail: str) -> None:
        if not good:
            reported.append(detail)

    device.self_test(done)
    return tuple(reported)


def scan_message(flow: Flow, event: Scanned) -> str:
    """What the scanner test says: the kind only, nothing of what was read."""
    flow.staff.context.record("scanner_test", event.kind)
    return flow.texts(f"staff.scan.{event.kind.lower()}")
