"""The field staff's page of what waits, and why; from here it is carried away on a stick."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.events import Event, LineChanged, OutboxChanged
from kiosk.ports import StickOutcome
from screens.background.handover import Handover, work
from screens.look.widgets.text import Column
from screens.navigation.flow import Flow
from screens.navigation.places import Name
from screens.staff.parts import StaffRoom
from screens.staff.waiting_model import WaitingModel


class WaitLine(Column):
    """An item with the one sentence for it."""

    code = StringProperty("")
    made = StringProperty("")
    why = StringProperty("")


class WaitingScreen(StaffRoom):
    none_wait = BooleanProperty(False)
    more = StringProperty("")
    can_carry = BooleanProperty(False)
    busy = BooleanProperty(False)
    #: What came of saving, and whether that is well.
    carried = StringProperty("")
    carried_kind = StringProperty("success")
    last = StringProperty("")

    def __init__(self, flow: Flow, model: WaitingModel, **kwargs: Any) -> None:
        self._work: Handover[tuple[StickOutcome | None, int]] | None = None
        self._shown: object = None
        super().__init__(flow=flow, model=model, **kwargs)
        self.can_carry = model.can_carry
        self.refresh()

    def close(self) -> None:
        super().close()
        if self._work is not None:
            self._work.cancel()

    def go_back(self) -> None:
        self.flow.staff.open(Name.STAFF_OUTBOX)

    def handle(self, event: Event) -> None:
        if isinstance(event, OutboxChanged | LineChanged):
            self.refresh()

    def refresh(self) -> None:
        self.more, self.last = self.model.more(), self.model.last()
        items = self.model.items()
        if items == self._shown:
            return
        self._shown = items
        self.none_wait = not items
        lines = self.ids.lines
        lines.clear_widgets()
        for item in items:
            lines.add_widget(WaitLine(code=item.code, made=item.made, why=item.why))

    def carry(self) -> None:
        if self.busy:
            return
        self.busy = True
        self.carried, self.carried_kind = self.flow.texts("staff.carry.saving"), "warning"
        self._work = work(self.model.carry, self._done, (StickOutcome.FAULT, 0))

    def _done(self, result: tuple[StickOutcome | None, int]) -> None:
        self._work = None
        self.busy = False
        outcome, items = result
        self.carried = self.model.said(outcome, items)
        self.carried_kind = "success" if outcome is StickOutcome.SAVED else "warning"
        self.refresh()
