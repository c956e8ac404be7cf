"""After sending: saved, then received; and the slip, from waiting to printed or not."""

from dataclasses import dataclass

from kiosk.events import Event, Received
from kiosk.session.outcomes import Saved
from protocol.pictograms import way
from screens.citizen.follow_up.slip_model import SlipModel
from screens.navigation.flow import Flow
from screens.navigation.slips import SlipState


@dataclass(frozen=True)
class SavedShown:
    heading: str
    received: bool
    when: str
    code: str
    address: str
    next_step: str
    #: The steps of the service as pictograms, in their font; "" where it names none.
    way: str
    slip: str
    slip_kind: str
    can_print_again: bool
    print_text: str
    #: Without a slip the code is all that the citizen takes along.
    code_matters: bool


class SavedModel:
    def __init__(self, flow: Flow, saved: Saved) -> None:
        self.flow = flow
        self.saved = saved
        self.slip = SlipModel(flow, saved.code, flow.citizen.new_slip())

    def hear(self, event: Event) -> bool:
        """Whether something else is to be shown."""
        return self.slip.hear(event) or (isinstance(event, Received) and event.code == self.saved.code)

    def print_again(self) -> None:
        """A second print is marked as a copy: the first may lie in the tray after all."""
        copy = self.slip.state is not SlipState.NOT_PRINTED
        if self.flow.context.slips.print(self.saved.code, copy=copy):
            self.slip.printing()

    def look(self) -> SavedShown:
        flow, texts = self.flow, self.flow.texts
        content = flow.context.slips.content(self.saved.code)
        received_at = content.received_at if content is not None else None
        when = received_at or self.saved.at
        may = self.slip.may_print
        return SavedShown(
            heading=texts("saved.received") if received_at else texts("saved.saved"),
            received=received_at is not None,
            when=texts("saved.received_at" if received_at else "saved.saved_at", time=flow.formatting.clock(when)),
            code=flow.context.codes.display(self.saved.code),
            address=content.address if content is not None else flow.context.codes.address(self.saved.code),
            next_step=content.next_step if content is not None else "",
            way=way(content.steps) if content is not None else "",
            slip=self.slip.message,
            slip_kind=self.slip.kind,
            can_print_again=may,
            print_text=(texts("saved.print_again") if self.slip.came_out else texts("saved.print")) if may else "",
            code_matters=not self.slip.came_out and self.slip.state in (SlipState.NOT_PRINTED, SlipState.UNKNOWN),
        )
