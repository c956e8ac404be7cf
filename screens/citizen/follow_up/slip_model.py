"""The slip of a code as a page tells of it: from waiting to printed or not."""

from typing import Final

from kiosk.events import Event, SlipDue, SlipPrinted
from screens.navigation.flow import Flow
from screens.navigation.slips import SlipState

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
    """``begins``: how it stands when nothing was heard of it in this session. The flow keeps it, for the next page too."""

    def __init__(self, flow: Flow, code: str, begins: SlipState) -> None:
        self._flow = flow
        self._code = code
        self._status = flow.slips.follow(code, begins)

    @property
    def state(self) -> SlipState:
        return self._status.state

    def printing(self) -> None:
        """Somebody asked for one, and it is on its way to the printer."""
        self._status.state = SlipState.PRINTING

    @property
    def kind(self) -> str:
        """Of the banner: info, success or warning."""
        return _KINDS[self.state]

    @property
    def message(self) -> str:
        """In the citizen's language; empty while nobody asked for a slip."""
        # Written out, so that each key is found by name.
        keys = {
            SlipState.WAITING: "saved.slip.waiting",
            SlipState.PRINTING: "saved.slip.printing",
            SlipState.PRINTED: "saved.slip.printed",
            SlipState.PROBABLY_PRINTED: "saved.slip.probably_printed",
            SlipState.NOT_PRINTED: "saved.slip.no_paper" if self._status.no_paper else "saved.slip.not_printed",
            SlipState.UNKNOWN: "saved.slip.unknown",
        }
        return "" if self.state is SlipState.NONE else self._flow.texts(keys[self.state])

    @property
    def came_out(self) -> bool:
        """Whether there is a slip, as far as anybody knows."""
        return self._status.came_out

    @property
    def may_print(self) -> bool:
        """Whether a slip may be asked for now."""
        asked = self.state in (SlipState.WAITING, SlipState.PRINTING, SlipState.PRINTED)
        return not asked and self._flow.context.can_print

    def hear(self, event: Event) -> bool:
        """Whether something else is to be shown; the flow has heard it before."""
        return isinstance(event, SlipDue | SlipPrinted) and event.code == self._code
