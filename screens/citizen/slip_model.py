"""The slip of a code as a page tells of it: from waiting to printed or not."""

from enum import StrEnum
from typing import Final

from kiosk.events import Event, SlipDue, SlipPrinted
from kiosk.ports import Condition, PrintOutcome
from screens.flow import Flow


class SlipState(StrEnum):
    #: Nobody asked for one.
    NONE = "NONE"
    #: The server's answer is still awaited, for two seconds at most.
    WAITING = "WAITING"
    PRINTING = "PRINTING"
    PRINTED = "PRINTED"
    PROBABLY_PRINTED = "PROBABLY_PRINTED"
    NOT_PRINTED = "NOT_PRINTED"
    UNKNOWN = "UNKNOWN"


_KINDS: Final = {
    SlipState.NONE: "info",
    SlipState.WAITING: "info",
    SlipState.PRINTING: "info",
    SlipState.PRINTED: "success",
    SlipState.PROBABLY_PRINTED: "success",
    SlipState.NOT_PRINTED: "warning",
    SlipState.UNKNOWN: "warning",
}


class SlipModel:
    def __init__(self, flow: Flow, code: str, state: SlipState) -> None:
        self.state = state
        self._flow = flow
        self._code = code
        self._no_paper = False

    @property
    def kind(self) -> str:
        """Of the banner: info, success or warning."""
        return _KINDS[self.state]

    @property
    def told(self) -> str:
        """In the citizen's language; empty while nobody asked for a slip."""
        # Written out, so that each key is found by name.
        keys = {
            SlipState.WAITING: "saved.slip.waiting",
            SlipState.PRINTING: "saved.slip.printing",
            SlipState.PRINTED: "saved.slip.printed",
            SlipState.PROBABLY_PRINTED: "saved.slip.probably_printed",
            SlipState.NOT_PRINTED: "saved.slip.no_paper" if self._no_paper else "saved.slip.not_printed",
            SlipState.UNKNOWN: "saved.slip.unknown",
        }
        return "" if self.state is SlipState.NONE else self._flow.texts(keys[self.state])

    @property
    def came_out(self) -> bool:
        """Whether there is a slip, as far as anybody knows."""
        return self.state in (SlipState.PRINTED, SlipState.PROBABLY_PRINTED)

    @property
    def may_print(self) -> bool:
        """Whether a slip may be asked for now."""
        asked = self.state in (SlipState.WAITING, SlipState.PRINTING, SlipState.PRINTED)
        return not asked and self._flow.kiosk.health.can_print()

    def hear(self, event: Event) -> bool:
        """Whether something else is to be told."""
        match event:
            case SlipDue(code=code) if code == self._code:
                # The printer may have been faster than this event's way to the screens.
                if self.state is SlipState.WAITING:
                    self.state = SlipState.PRINTING
                return True
            case SlipPrinted(code=code) if code == self._code:
                known = event.outcome in PrintOutcome.__members__
                self.state = SlipState(event.outcome) if known else SlipState.UNKNOWN
                self._no_paper = Condition.MEDIA_EMPTY in event.conditions
                return True
        return False
