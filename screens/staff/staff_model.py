"""What the field staff's pages say and do. Everything that is done is recorded in the visit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kiosk.events import Scanned
from kiosk.machine.line_state import LineCondition
from kiosk.machine.staff import SignInRefused, StaffOnDuty
from kiosk.machine.supplies import ROLL_MM_LEAST, ROLL_MM_MOST
from kiosk.ports import Availability, ComponentState, Device, PrintOutcome, PrintResult
from protocol.components import CONTENT, STORAGE
from screens.navigation.flow import Flow
from screens.navigation.places import Name

MM_PER_METRE = 1000


@dataclass(frozen=True)
class ComponentShown:
    name: str
    icon: str
    state: str
    #: success, warning or danger.
    kind: str
    detail: str


@dataclass(frozen=True)
class ParkedShown:
    seq: int
    code: str
    made: str
    reason: str


_ICONS = {
    "printer": "printer",
    "scanner": "barcode",
    "camera": "camera",
    "speaker": "speaker-high",
    STORAGE: "hard-drives",
    CONTENT: "image-broken",
}


class StaffModel:
    """The overview: all states, and the ways to everything."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    @property
    def name(self) -> str:
        on_duty = self.flow.staff.context.on_duty
        return on_duty.name if on_duty is not None else ""

    @property
    def in_service(self) -> bool:
        return self.flow.staff.context.in_service

    def components(self) -> tuple[ComponentShown, ...]:
        """Devices, storage and the line."""
        snapshot = self.flow.staff.context.snapshot()
        shown = [self._component(state) for state in snapshot.components.values()]
        line = snapshot.line
        texts = self.flow.texts
        shown.append(
            ComponentShown(
                texts("staff.component.line"),
                "wifi-high" if line.online else "wifi-slash",
                texts(f"staff.line.{line.condition.lower()}"),
                "success" if line.online else "warning" if line.condition is not LineCondition.REVOKED else "danger",
                self._since(line.since),
            )
        )
        return tuple(shown)

    def paper(self) -> str:
        """Millimetres, slips and the foreseen end."""
        texts, paper = self.flow.texts, self.flow.staff.context.paper()
        if paper.millimetres is None:
            return texts("staff.paper_unknown")
        parts = [texts("staff.paper_left", m=self.flow.formatting.number(round(paper.millimetres / 1000, 1)))]
        if paper.slips_left is not None:
            parts.append(texts.count("staff.slips_left", paper.slips_left))
        if paper.ends_at is not None:
            parts.append(texts("staff.paper_ends", when=self.flow.formatting.day(paper.ends_at)))
        return " · ".join(parts)

    def outbox(self) -> str:
        counts = self.flow.staff.context.outbox()
        texts = self.flow.texts
        return " · ".join((texts.count("staff.waiting", counts.waiting), texts.count("staff.parked", counts.parked)))

    def toggle_service(self) -> None:
        self.flow.staff.context.toggle_service()

    def open(self, name: Name) -> None:
        self.flow.staff.open(name)

    def leave(self) -> None:
        self.flow.staff.leave()

    def _component(self, state: ComponentState) -> ComponentShown:
        texts = self.flow.texts
        conditions = sorted(str(condition) for condition in state.conditions)
        reported = ", ".join(texts(f"staff.condition.{name.lower()}") for name in conditions)
        ready = state.availability in (Availability.READY, Availability.BUSY)
        kind = "success" if ready and not conditions else "warning" if ready else "danger"
        return ComponentShown(
            texts(f"staff.component.{state.component}"),
            _ICONS.get(state.component, "cube"),
            reported or texts(f"staff.availability.{str(state.availability).lower()}"),
            kind,
            " · ".join(part for part in (self._since(state.since), state.detail) if part),
        )

    def _since(self, at: datetime) -> str:
        return self.flow.texts("staff.since", when=self.flow.formatting.moment(at))


class PinModel:
    """Badge was read; the PIN decides. Checking takes some tenths of a second, so it is done beside the screens."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def check(self, pin: str) -> StaffOnDuty | SignInRefused:
        """Any thread."""
        return self.flow.staff.context.sign_in(self.flow.staff.badge, pin)

    def settle(self, result: StaffOnDuty | SignInRefused) -> str:
        """Into the overview, or what is wrong."""
        if isinstance(result, SignInRefused):
            text = self.flow.texts(result.problem.text_key)
            return f"{text} {self.flow.texts.count('staff.wait', round(result.wait_s))}" if result.wait_s else text
        self.flow.staff.open(Name.STAFF)
        return ""


class PaperModel:
    """A full roll was put in."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.metres = str(round(flow.staff.context.roll_mm / MM_PER_METRE))

    def changed(self, metres: str) -> str:
        """Counts from a full roll of so many metres; what is wrong with the number, or ""."""
        least, most = ROLL_MM_LEAST // MM_PER_METRE, ROLL_MM_MOST // MM_PER_METRE
        if not metres.isdigit() or not least <= int(metres) <= most:
            return self.flow.texts("staff.paper_wrong", least=least, most=most)
        self.flow.staff.context.roll_changed(float(int(metres) * MM_PER_METRE))
        self.flow.staff.context.record("roll_changed", f"{metres} m")
        self.flow.staff.open(Name.STAFF)
        return ""


class OutboxModel:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def parked(self) -> tuple[ParkedShown, ...]:
        codes, formatting = self.flow.context.codes, self.flow.formatting
        return tuple(
            ParkedShown(item.kiosk_seq, codes.display(item.code), formatting.moment(item.made_at), item.reason)
            for item in self.flow.staff.context.parked()
        )

    def try_again(self, seq: int) -> str:
        """What is wrong, or ""."""
        return "" if self.flow.staff.context.try_again(seq) else self.flow.texts("staff.not_stored")

    def try_all_again(self) -> str:
        """What is wrong, or ""."""
        return "" if self.flow.staff.context.try_all_again() else self.flow.texts("staff.not_stored")

    def retry(self) -> None:
        """The line tries at once."""
        self.flow.staff.context.retry_now()


def print_test(flow: Flow, done: Callable[[str], None]) -> None:
    """Prints the test slip; ``done`` gets the outcome's text, from the printer's thread."""

    def reported(result: PrintResult) -> None:
        printed = result.outcome in (PrintOutcome.PRINTED, PrintOutcome.PROBABLY_PRINTED)
        flow.staff.context.record("test_slip", str(result.outcome))
        done(flow.texts("staff.test.printed" if printed else "staff.test.not_printed"))

    if not flow.staff.context.print_test(reported):
        done(flow.texts("staff.test.no_printer"))


def speak_test(flow: Flow, done: Callable[[str], None]) -> None:
    """Says a sentence; ``done`` gets what to tell, from the speaker's thread."""
    speaker = flow.staff.context.speaker

    def reported(good: bool, detail: str) -> None:
        flow.staff.context.record("voice_test", detail)
        done(flow.texts("staff.test.spoken" if good else "staff.test.not_spoken"))

    if speaker is None:
        done(flow.texts("staff.test.not_spoken"))
    else:
        speaker.self_test(reported)


def check_devices(flow: Flow) -> str:
    """Asks each device what it lacks, and scanner and camera to test themselves (printing and speaking are tests of
    their own): a line for each, as it comes. May take a moment."""
    texts, lines = flow.texts, []
    for device, tests_itself in flow.staff.context.devices():
        lacks = "; ".join((*device.preflight(), *(_fails_in(device) if tests_itself else ())))
        component = device.state().component
        flow.staff.context.record("self_test", f"{component}: {lacks or 'OK'}")
        verdict = texts("staff.test.lacks", what=lacks) if lacks else texts("staff.test.good")
        lines.append(f"{texts(f'staff.component.{component}')}: {verdict}")
    return "\n".join(lines)


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
