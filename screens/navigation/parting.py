"""The end of a session: nobody goes without the code of what was kept, and the farewell says what is true. Knows nothing of Kivy."""

from enum import StrEnum
from typing import TYPE_CHECKING

from screens.navigation.places import Over

if TYPE_CHECKING:
    from screens.navigation.flow import Flow


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
