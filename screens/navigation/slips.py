"""The slips of a session, from waiting to printed or not, whatever page is in sight meanwhile; and nobody goes without the code
of what was kept. Knows nothing of Kivy."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from kiosk.events import Event, SlipDue, SlipPrinted
from kiosk.ports import Condition, PrintOutcome
from screens.navigation.places import Over

if TYPE_CHECKING:
    from screens.navigation.flow import Flow


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
    #: One is in the tray, whatever became of a copy.
    came_out: bool = False
    #: Its code was made in this session: the citizen has it from here or from nowhere.
    is_new: bool = False
    #: The citizen said that they have it.
    is_known: bool = False


class SlipFlow:
    """Of the codes that were sent or looked at in this session; ``reset`` forgets them."""

    def __init__(self) -> None:
        self._statuses: dict[str, SlipStatus] = {}

    def reset(self) -> None:
        self._statuses = {}

    def follow(self, code: str, begins: SlipState) -> SlipStatus:
        """What is known of the slip, from now on kept until the session ends. ``begins``: as long as nothing is."""
        return self._statuses.setdefault(code, SlipStatus(begins))

    def owe(self, code: str, begins: SlipState) -> None:
        """A code was made for the citizen, who is not let go without it."""
        self.follow(code, begins).is_new = True

    @property
    def owed(self) -> str:
        """The code that the citizen may not have yet: nothing was printed, and they said nothing; "" when there is none."""
        waiting = (
            code for code, each in self._statuses.items() if each.is_new and not (each.came_out or each.is_known)
        )
        return next(waiting, "")

    def is_known(self) -> None:
        """The citizen says that they have what is owed."""
        if self.owed:
            self._statuses[self.owed].is_known = True

    @property
    def came_out(self) -> bool:
        """Whether there is a slip to be taken along."""
        return any(each.came_out for each in self._statuses.values())

    @property
    def made_codes(self) -> bool:
        """Whether there is a code that was made in this session."""
        return any(each.is_new for each in self._statuses.values())

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
                out = status.state in (SlipState.PRINTED, SlipState.PROBABLY_PRINTED)
                status.came_out = status.came_out or out


class Way(StrEnum):
    """Where somebody goes from the code."""

    #: They are done.
    FINISH = "FINISH"
    #: They want to stop.
    LEAVE = "LEAVE"
    #: To the list of services, for another one.
    ANOTHER = "ANOTHER"


class Farewell(StrEnum):
    """What the citizen takes along; its words are ``thanks.text.*``."""

    SLIP = "SLIP"
    CODE = "CODE"
    NOTHING = "NOTHING"

    @property
    def text_key(self) -> str:
        return f"thanks.text.{self.lower()}"


class PartingFlow:
    """Who has no printed slip is asked whether they have the code, whichever way they go; and is waited for meanwhile."""

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        self._awaited = ""
        self.reset()

    def reset(self) -> None:
        self._way = Way.LEAVE

    def go(self, way: Way) -> None:
        """At once, or after the question."""
        if self._flow.slips.owed:
            self._way = way
            self._flow.open_code()
        else:
            self._flow.citizen.part(way)

    def has_code(self) -> None:
        """The citizen says that they have it, and goes."""
        self._flow.slips.is_known()
        self._flow.close_over()
        self._flow.citizen.part(self._way)

    def stay(self) -> None:
        """Not yet: they go back to it, and are waited for as long again."""
        self._flow.close_over()
        self._flow.kiosk.await_code(awaited=bool(self._flow.slips.owed))

    def look(self) -> None:
        """Slips may have come out, or not, and codes written down: several times a second."""
        owed = self._flow.slips.owed
        if not owed and self._flow.over is Over.CODE:
            self._flow.close_over()
        if owed != self._awaited:
            self._awaited = owed
            self._flow.kiosk.await_code(awaited=bool(owed))

    @property
    def farewell(self) -> Farewell:
        """What is true at the end of this session."""
        slips = self._flow.slips
        if slips.came_out:
            return Farewell.SLIP
        return Farewell.CODE if slips.made_codes else Farewell.NOTHING
