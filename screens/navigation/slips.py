"""The slips of a visit: from waiting to printed or not, whatever page is in sight meanwhile."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.events import Event, SlipDue, SlipPrinted
from kiosk.ports import Condition, PrintOutcome


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


@dataclass
class SlipTold:
    """What is known of one slip."""

    state: SlipState
    no_paper: bool = False


class SlipFlow:
    """Of the codes that were sent or looked at in this visit; ``reset`` forgets them."""

    def __init__(self) -> None:
        self._told: dict[str, SlipTold] = {}

    def reset(self) -> None:
        self._told = {}

    def follow(self, code: str, begins: SlipState) -> SlipTold:
        """What is known of the slip, from now on kept until the visit ends. ``begins``: as long as nothing is."""
        return self._told.setdefault(code, SlipTold(begins))

    def hear(self, event: Event) -> None:
        match event:
            case SlipDue() if event.code in self._told:
                told = self._told[event.code]
                # The printer may have been faster than this event's way to the screens.
                if told.state is SlipState.WAITING:
                    told.state = SlipState.PRINTING
            case SlipPrinted() if event.code in self._told:
                told = self._told[event.code]
                known = event.outcome in PrintOutcome.__members__
                told.state = SlipState(event.outcome) if known else SlipState.UNKNOWN
                told.no_paper = Condition.MEDIA_EMPTY in event.conditions
