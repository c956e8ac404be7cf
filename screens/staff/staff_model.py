"""What the field staff's pages say and do. Everything that is done is recorded in the visit."""

from dataclasses import dataclass

from kiosk.machine.staff import SignInRefused, StaffOnDuty
from kiosk.machine.supplies import ROLL_MM_LEAST, ROLL_MM_MOST
from protocol.components import PRINTER
from screens.navigation.flow import Flow
from screens.navigation.places import Name

MM_PER_METRE = 1000


@dataclass(frozen=True)
class ParkedShown:
    seq: int
    code: str
    made: str
    reason: str


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
        # The next thing is to see whether it prints.
        self.flow.staff.open(Name.STAFF_DEVICE, PRINTER)
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
