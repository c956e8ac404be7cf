"""The field staff's pages beside the overview: PIN, paper, tests, outbox."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.events import Event, OutboxChanged, Scanned
from kiosk.machine.staff import SignInProblem, SignInRefused, StaffOnDuty
from kiosk.ports import is_problem
from screens.background.handover import Handover, work
from screens.background.shutter import Shot, shoot
from screens.look.widgets.entry import Entry, Layout
from screens.look.widgets.text import Column
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage
from screens.navigation.places import Name
from screens.staff.staff_model import (
    OutboxModel,
    PaperModel,
    PinModel,
    check_devices,
    print_test,
    scan_message,
    speak_test,
)


class StaffRoom(FlowPage):
    """A page whose way back leads to the overview."""

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        super().__init__(flow=flow, can_help=False, back=flow.texts("common.back"), **kwargs)

    def go_back(self) -> None:
        self.flow.staff.open(Name.STAFF)


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


class TestScreen(StaffRoom):
    """Printer, scanner, camera and voice, one after the other, in any order."""

    __test__ = False

    checked = StringProperty("")
    printed = StringProperty("")
    scanned_text = StringProperty("")
    shot = StringProperty("")
    spoken_text = StringProperty("")
    source = ObjectProperty(None, allownone=True)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        self._work: Shot | None = None
        self._check: Handover[str] | None = None
        self._print_message = ""
        self._scans = 0
        self._tell = Clock.create_trigger(self._tell_now)
        self._heard = ""
        self._hear = Clock.create_trigger(self._hear_now)
        self._camera = flow.context.camera
        super().__init__(flow=flow, **kwargs)
        if self._camera is not None:
            self._camera.start_preview()
            self.source = self._camera.latest

    def close(self) -> None:
        super().close()
        for under_way in (self._work, self._check):
            if under_way is not None:
                under_way.cancel()
        if self._camera is not None:
            self.source = None
            self._camera.stop_preview()

    def check(self) -> None:
        """What each device lacks, and what scanner and camera say of themselves."""
        if self._check is None:
            unchecked = self.flow.texts("staff.test.unchecked")
            self._check = work(lambda: check_devices(self.flow), self._check_done, unchecked)

    def _check_done(self, result: str) -> None:
        self._check = None
        self.checked = result

    def print_slip(self) -> None:
        self.printed = self.flow.texts("staff.test.printing")
        print_test(self.flow, self._printed)

    def speak(self) -> None:
        """Says a sentence; whether it was heard, only ears can tell."""
        self.spoken_text = self.flow.texts("staff.test.speaking")
        speak_test(self.flow, self._spoken)

    def shoot(self) -> None:
        if self._camera is not None and self._work is None:
            self._work = shoot(self._camera, self._shot)

    def scanned(self, event: Scanned) -> bool:
        # Numbered: the second slip is seen to be read as well as the first.
        self._scans += 1
        self.scanned_text = f"{self._scans}. {scan_message(self.flow, event)}"
        return True

    def _printed(self, text: str) -> None:
        self._print_message = text
        self._tell()

    def _tell_now(self, _seconds: float) -> None:
        self.printed = self._print_message

    def _spoken(self, text: str) -> None:
        self._heard = text
        self._hear()

    def _hear_now(self, _seconds: float) -> None:
        self.spoken_text = self._heard

    def _shot(self, result: Any) -> None:
        self._work = None
        texts = self.flow.texts
        if is_problem(result):
            self.shot = texts(f"photo.problem.{str(result.kind).lower()}")
        else:
            self.shot = texts("staff.test.shot", width=result.width, height=result.height)
        self.flow.staff.context.record("camera_test", str(getattr(result, "kind", "OK")))


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
