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
    #: One is in the tray, whatever became of a copy.
    came_out: bool = False
    #: Its code was made in this visit: the citizen has it from here or from nowhere.
    is_new: bool = False
    #: The citizen said that they have it.
    is_known: bool = False


class SlipFlow:
    """Of the codes that were sent or looked at in this visit; ``reset`` forgets them."""

    def __init__(self) -> None:
        self._told: dict[str, SlipTold] = {}

    def reset(self) -> None:
        self._told = {}

    def follow(self, code: str, begins: SlipState) -> SlipTold:
        """What is known of the slip, from now on kept until the visit ends. ``begins``: as long as nothing is."""
        return self._told.setdefault(code, SlipTold(begins))

    def owe(self, code: str, begins: SlipState) -> None:
        """A code was made for the citizen, who is not let go without it."""
        self.follow(code, begins).is_new = True

    @property
    def owed(self) -> str:
        """The code that the citizen may not have yet: nothing was printed, and they said nothing; "" when there is none."""
        waiting = (code for code, told in self._told.items() if told.is_new and not (told.came_out or told.is_known))
        return next(waiting, "")

    def is_known(self) -> None:
        """The citizen says that they have what is owed."""
        if self.owed:
            self._told[self.owed].is_known = True

    @property
    def came_out(self) -> bool:
        """Whether there is a slip to be taken along."""
        return any(told.came_out for told in self._told.values())

    @property
    def told_codes(self) -> bool:
        """Whether there is a code that was made in this visit."""
        return any(told.is_new for told in self._told.values())

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
                told.came_out = told.came_out or told.state in (SlipState.PRINTED, SlipState.PROBABLY_PRINTED)
