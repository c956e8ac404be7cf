"""Wiping the panel, and ending the program or the machine."""

from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import BooleanProperty, StringProperty

from screens.background.handover import Handover, work
from screens.navigation.flow import Flow
from screens.staff.parts import StaffRoom

#: Twice as often as its seconds change.
COUNT_EVERY_S: Final = 0.5


class CleaningScreen(StaffRoom):
    """Nothing that touches the panel counts while this is in sight; it goes by itself."""

    seconds = StringProperty("")

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        super().__init__(flow, back="", **kwargs)
        self._event = Clock.schedule_interval(self._count, COUNT_EVERY_S)
        self._count(0)

    def close(self) -> None:
        super().close()
        self._event.cancel()

    def _count(self, _seconds: float) -> None:
        self.seconds = str(self.flow.staff.deaf_left)


class PowerScreen(StaffRoom):
    """Each is asked twice: nobody can use the kiosk meanwhile."""

    #: "", "restart" or "shut_down": what was asked for once.
    asked = StringProperty("")
    can_shut_down = BooleanProperty(False)
    busy = BooleanProperty(False)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        self._work: Handover[bool] | None = None
        super().__init__(flow, can_shut_down=flow.staff.machine.can_shut_down, **kwargs)

    def restart(self) -> None:
        if self._again("restart"):
            self.flow.staff.machine.restart()
            self.flow.staff.leave()

    def shut_down(self) -> None:
        if self._again("shut_down"):
            self.busy = True
            self._work = work(self.flow.staff.machine.shut_down, self._done, False)

    def _again(self, what: str) -> bool:
        again = self.asked == what and not self.busy
        self.asked = what
        return again

    def _done(self, goes_off: bool) -> None:
        flow = self.flow
        flow.staff.leave()
        if not goes_off:
            flow.scans.tell("staff.power.failed", "warning")
