"""What lies behind the panel: line, storage, clock, versions, faults."""

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.events import Event
from kiosk.machine.line_state import LineFacts, LineSpeed
from protocol.field.roles import May
from screens.background.handover import Handover, ask, work
from screens.look.widgets.banner import Banner
from screens.navigation.flow import Flow
from screens.navigation.places import Name
from screens.staff.machine_model import clock_facts, faults, line_facts, speed_text, storage_facts, version_facts
from screens.staff.parts import StaffRoom


class FactsRoom(StaffRoom):
    """Facts, read anew when something happens."""

    lines = ListProperty()

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        super().__init__(flow, **kwargs)
        self.refresh()

    def handle(self, event: Event) -> None:  # noqa: ARG002 - whatever happened, it is read anew
        self.refresh()


class LineScreen(FactsRoom):
    speed = StringProperty("")
    measuring = BooleanProperty(False)
    may_send = BooleanProperty(False)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        self._facts: LineFacts | None = None
        self._measured: Handover[LineSpeed] | None = None
        super().__init__(flow, may_send=flow.staff.context.may(May.SEND), **kwargs)
        machine = flow.staff.machine
        # The name of the server may have to be asked for.
        self._asked = work(machine.line_facts, self._answered, None)

    def close(self) -> None:
        super().close()
        self._asked.cancel()
        if self._measured is not None:
            self._measured.cancel()

    def refresh(self) -> None:
        self.lines = line_facts(self.flow, self._facts)

    def measure(self) -> None:
        if self.measuring:
            return
        self.measuring = True
        self.speed = self.flow.texts("staff.line.measuring")
        self._measured = ask(self._measure, self._done)

    def send_now(self) -> None:
        self.flow.staff.context.retry_now()
        self.speed = self.flow.texts("staff.line.sending")

    def open_waiting(self) -> None:
        self.flow.staff.open(Name.STAFF_WAITING)

    def open_outbox(self) -> None:
        self.flow.staff.open(Name.STAFF_OUTBOX)

    def _measure(self, done: Any) -> None:
        if not self.flow.staff.machine.measure_line(done):
            done(LineSpeed(None))

    def _answered(self, facts: LineFacts | None) -> None:
        self._facts = facts
        self.refresh()

    def _done(self, speed: LineSpeed) -> None:
        self.measuring = False
        self.speed = speed_text(self.flow, speed)


class StorageScreen(FactsRoom):
    def refresh(self) -> None:
        self.lines = storage_facts(self.flow)


class ClockScreen(FactsRoom):
    def refresh(self) -> None:
        self.lines = clock_facts(self.flow)


class VersionsScreen(FactsRoom):
    said = StringProperty("")
    may_take = BooleanProperty(False)
    #: There is a pack before this one, and whoever is here may go back to it.
    can_go_back = BooleanProperty(False)
    #: It was asked for once.
    asked = BooleanProperty(False)

    def refresh(self) -> None:
        staff, versions = self.flow.staff, self.flow.staff.machine.versions()
        self.lines = version_facts(self.flow)
        self.may_take = staff.context.may(May.TAKE_PACK)
        self.can_go_back = staff.context.may(May.GO_BACK) and versions.before is not None

    def take(self) -> None:
        self.asked = False
        self.flow.staff.machine.take_newest_pack()
        self.said = self.flow.texts("staff.versions.taking")

    def back_to_before(self) -> None:
        """Asked twice: all services of the kiosk change by it."""
        before = self.flow.staff.machine.versions().before
        if not self.asked and before is not None:
            self.asked = True
            self.said = self.flow.texts("staff.versions.really", number=before)
            return
        self.asked = False
        self.flow.staff.machine.go_back_to_pack_before()
        self.said = self.flow.texts("staff.versions.going_back")


class FaultsScreen(FactsRoom):
    def refresh(self) -> None:
        shown = faults(self.flow)
        lines = self.ids.faults
        lines.clear_widgets()
        for text, stands in shown:
            lines.add_widget(Banner(text=text, kind="warning" if stands else "info"))
        if not shown:
            lines.add_widget(Banner(text=self.flow.texts("staff.faults.none"), kind="success"))
