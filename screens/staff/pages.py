"""The field staff's pages beside the overview: PIN, paper, outbox."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.events import Event, OutboxChanged
from kiosk.machine.staff import SignInProblem, SignInRefused, StaffOnDuty
from screens.background.handover import Handover, work
from screens.look.widgets.entry import Entry, Layout
from screens.look.widgets.text import Column
from screens.navigation.flow import Flow
from screens.navigation.places import Name
from screens.staff.parts import StaffRoom
from screens.staff.staff_model import OutboxModel, PaperModel, PinModel


class PinScreen(StaffRoom):
    entry_shown = ObjectProperty(None)
    busy = BooleanProperty(False)

    def __init__(self, flow: Flow, model: PinModel, **kwargs: Any) -> None:
        self._entry = Entry(Layout.PIN)
        self._work: Handover[StaffOnDuty | SignInRefused] | None = None
        super().__init__(flow=flow, model=model, entry_shown=self._entry, **kwargs)
        self._stop = self._entry.listen(self._typed)
        self.type_into(self._entry)
        self._typed()

    def close(self) -> None:
        super().close()
        self._stop()
        self._entry.set("")
        if self._work is not None:
            self._work.cancel()

    def go_back(self) -> None:
        self.flow.staff.leave()

    def go_forward(self) -> None:
        if self.busy:
            return
        self.busy = True
        self.can_forward = False
        pin = self._entry.text
        unchecked = SignInRefused(SignInProblem.UNCHECKED)
        self._work = work(lambda: self.model.check(pin), self._checked, unchecked)

    def _checked(self, result: StaffOnDuty | SignInRefused) -> None:
        self.busy = False
        self._work = None
        self._entry.set("")
        self.problem = self.model.settle(result)

    def _typed(self) -> None:
        self.problem = ""
        self.can_forward = bool(self._entry.text) and not self.busy


class PaperScreen(StaffRoom):
    entry_shown = ObjectProperty(None)

    def __init__(self, flow: Flow, model: PaperModel, **kwargs: Any) -> None:
        self._entry = Entry(Layout.NUMBER, model.metres, limit=3)
        super().__init__(flow=flow, model=model, entry_shown=self._entry, **kwargs)
        self._stop = self._entry.listen(self._typed)
        self.type_into(self._entry)

    def close(self) -> None:
        super().close()
        self._stop()

    def go_forward(self) -> None:
        self.problem = self.model.changed(self._entry.text)

    def _typed(self) -> None:
        self.problem = ""


class ParkedLine(Column):
    """A parked item with the reason, and the way to try it again."""

    seq = NumericProperty(0)
    code = StringProperty("")
    made = StringProperty("")
    reason = StringProperty("")

    __events__ = ("on_again",)

    def on_again(self) -> None:
        """It is to be tried again."""


class OutboxScreen(StaffRoom):
    waiting_text = StringProperty("")
    none_parked = BooleanProperty(False)

    def __init__(self, flow: Flow, model: OutboxModel, **kwargs: Any) -> None:
        texts = flow.texts
        super().__init__(
            flow=flow, model=model, forward=texts("staff.retry"), forward_icon="arrows-clockwise", **kwargs
        )
        self.refresh()

    def handle(self, event: Event) -> None:
        if isinstance(event, OutboxChanged):
            self.refresh()

    def go_forward(self) -> None:
        self.model.retry()

    def refresh(self) -> None:
        counts = self.flow.staff.context.outbox()
        self.waiting_text = self.flow.texts.count("staff.waiting", counts.waiting)
        lines = self.ids.lines
        lines.clear_widgets()
        parked = self.model.parked()
        self.none_parked = not parked
        for item in parked:
            line = ParkedLine(seq=item.seq, code=item.code, made=item.made, reason=item.reason)
            line.bind(on_again=self._again)
            lines.add_widget(line)

    def open_waiting(self) -> None:
        self.flow.staff.open(Name.STAFF_WAITING)

    def all_again(self) -> None:
        self.problem = self.model.try_all_again()
        self.refresh()

    def _again(self, line: ParkedLine) -> None:
        self.problem = self.model.try_again(int(line.seq))
        self.refresh()
