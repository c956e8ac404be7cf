"""After sending: saved, then received; and the slip, from waiting to printed or not."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.events import Event, Received, SlipDue, SlipPrinted
from kiosk.outcomes import Saved
from kiosk.ports import Condition, PrintOutcome
from screens.flow import Flow


class SlipState(StrEnum):
    #: The server's answer is still awaited, for two seconds at most.
    WAITING = "WAITING"
    PRINTING = "PRINTING"
    PRINTED = "PRINTED"
    PROBABLY_PRINTED = "PROBABLY_PRINTED"
    NOT_PRINTED = "NOT_PRINTED"
    UNKNOWN = "UNKNOWN"


_KINDS = {
    SlipState.WAITING: "info",
    SlipState.PRINTING: "info",
    SlipState.PRINTED: "success",
    SlipState.PROBABLY_PRINTED: "success",
    SlipState.NOT_PRINTED: "warning",
    SlipState.UNKNOWN: "warning",
}


@dataclass(frozen=True)
class SavedShown:
    heading: str
    received: bool
    when: str
    code: str
    address: str
    next_step: str
    slip: str
    slip_kind: str
    can_print_again: bool
    #: Without a slip the code is all that the citizen takes along.
    code_matters: bool


class SavedModel:
    def __init__(self, flow: Flow, saved: Saved) -> None:
        self.flow = flow
        self.saved = saved
        self.slip = SlipState.WAITING
        self._no_paper = False
        if not flow.kiosk.health.can_print():
            self.slip = SlipState.NOT_PRINTED

    def hear(self, event: Event) -> bool:
        """Whether something else is to be shown."""
        match event:
            case Received(code=code) if code == self.saved.code:
                return True
            case SlipDue(code=code) if code == self.saved.code:
                # The printer may have been faster than this event's way to the screens.
                if self.slip is SlipState.WAITING:
                    self.slip = SlipState.PRINTING
                return True
            case SlipPrinted(code=code) if code == self.saved.code:
                self.slip = SlipState(event.outcome) if event.outcome in PrintOutcome.__members__ else SlipState.UNKNOWN
                self._no_paper = Condition.MEDIA_EMPTY in event.conditions
                return True
        return False

    def print_again(self) -> None:
        """A second print is marked as a copy: the first may lie in the tray after all."""
        copy = self.slip is not SlipState.NOT_PRINTED
        if self.flow.kiosk.slips.print(self.saved.code, copy=copy):
            self.slip = SlipState.PRINTING

    def look(self) -> SavedShown:
        flow, texts = self.flow, self.flow.texts
        content = flow.kiosk.slips.content(self.saved.code)
        received_at = content.received_at if content is not None else None
        when = received_at or self.saved.at
        # Written out, so that each key is found by name.
        slip_keys = {
            SlipState.WAITING: "saved.slip.waiting",
            SlipState.PRINTING: "saved.slip.printing",
            SlipState.PRINTED: "saved.slip.printed",
            SlipState.PROBABLY_PRINTED: "saved.slip.probably_printed",
            SlipState.NOT_PRINTED: "saved.slip.no_paper" if self._no_paper else "saved.slip.not_printed",
            SlipState.UNKNOWN: "saved.slip.unknown",
        }
        return SavedShown(
            heading=texts("saved.received") if received_at else texts("saved.saved"),
            received=received_at is not None,
            when=texts("saved.received_at" if received_at else "saved.saved_at", time=flow.formatting.clock(when)),
            code=flow.kiosk.codes.display(self.saved.code),
            address=content.address if content is not None else flow.kiosk.codes.address(self.saved.code),
            next_step=content.next_step if content is not None else "",
            slip=texts(slip_keys[self.slip]),
            slip_kind=_KINDS[self.slip],
            can_print_again=self.slip in (SlipState.NOT_PRINTED, SlipState.UNKNOWN, SlipState.PROBABLY_PRINTED)
            and flow.kiosk.health.can_print(),
            code_matters=self.slip in (SlipState.NOT_PRINTED, SlipState.UNKNOWN),
        )
