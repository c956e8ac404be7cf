"""The slips of a session: from waiting to printed or not, whatever page is in sight meanwhile."""

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
class SlipStatus:
    """What is known of one slip."""

    state: SlipState
    no_paper: bool = False


class SlipFlow:
    """Of the codes that were sent or looked at in this session; ``reset`` forgets them."""

    def __init__(self) -> None:
        self._statuses: dict[str, SlipStatus] = {}

    def reset(self) -> None:
        self._statuses = {}

    def follow(self, code: str, begins: SlipState) -> SlipStatus:
        """What is known of the slip, from now on kept until the session ends. ``begins``: as long as nothing is."""
        return self._statuses.setdefault(code, SlipStatus(begins))

    def hear(self, event: Event) -> None:
        match event:
            case SlipDue() if event.code in self._statuses:
                status = self._statuses[event.code]
                # The printer may have been faster than this event's way to the screens.
                if status.state is SlipState.WAITING:
                    status.state = SlipState.PRINTING
            case SlipPrinted() if event.code in self._statuses:
                status = self._statuses[event.code]
                known = event.outcome in PrintOutcome.__members__
                status.state = SlipState(event.outcome) if known else SlipState.UNKNOWN
                status.no_paper = Condition.MEDIA_EMPTY in event.conditions
