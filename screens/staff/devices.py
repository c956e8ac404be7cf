"""One page a device: its state, its tests, and what belongs to it."""

from collections.abc import Callable
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.events import Event, Scanned
from kiosk.ports import is_problem
from screens.background.blurred import Blurred
from screens.background.handover import Handover, ask, work
from screens.background.shutter import Shot, shoot
from screens.navigation.flow import Flow
from screens.navigation.places import Name
from screens.staff import device_tests
from screens.staff.overview_model import StaffModel, dead_zones
from screens.staff.paper_text import paper_text
from screens.staff.parts import StaffRoom, StateRow


class DeviceRoom(StaffRoom):
    """``component`` is whose page it is; ``said`` what came of the last test."""

    component = StringProperty("")
    said = StringProperty("")
    checked = StringProperty("")

    def __init__(self, flow: Flow, component: str, **kwargs: Any) -> None:
        self._overview = StaffModel(flow)
        #: What is on its way: from a device's thread, or worked out beside the screens.
        self._under_way: list[Handover[Any]] = []
        super().__init__(flow, component=component, heading=flow.texts(f"staff.component.{component}"), **kwargs)
        self.refresh()

    def close(self) -> None:
        super().close()
        for each in self._under_way:
            each.cancel()

    def handle(self, event: Event) -> None:  # noqa: ARG002 - whatever happened, the state is read anew
        self.refresh()

    def refresh(self) -> None:
        state = self.flow.staff.context.snapshot().components.get(self.component)
        self.ids.state.clear_widgets()
        if state is not None:
            shown = self._overview.component(state)
            row = StateRow(name=shown.name, icon=shown.icon, state=shown.state, kind=shown.kind, detail=shown.detail)
            self.ids.state.add_widget(row)

    def check(self) -> None:
        """What it lacks, and what it says of itself."""
        unchecked = self.flow.texts("staff.test.unchecked")
        flow, component = self.flow, self.component
        self._under_way.append(work(lambda: device_tests.check_device(flow, component), self._check_done, unchecked))

    def test(self, how: Callable[[Flow, device_tests.Said], None], meanwhile: str) -> None:
        self.said = self.flow.texts(meanwhile)
        flow = self.flow
        self._under_way.append(ask(lambda done: how(flow, done), self._test_done))

    def _check_done(self, result: str) -> None:
        self.checked = result

    def _test_done(self, result: str) -> None:
        self.said = result


class PrinterScreen(DeviceRoom):
    paper = StringProperty("")
    #: Of the roll, 0 to 1; below 0: not known.
    part = NumericProperty(-1)

    def refresh(self) -> None:
        super().refresh()
        paper = self.flow.staff.context.paper()
        self.paper = paper_text(self.flow)
        known = paper.millimetres is not None and bool(paper.full_mm)
        self.part = min(1.0, paper.millimetres / paper.full_mm) if known else -1

    def print_slip(self) -> None:
        self.test(device_tests.print_test, "staff.test.printing")

    def cut(self) -> None:
        self.test(device_tests.cut, "staff.test.printing")

    def clean(self) -> None:
        self.test(device_tests.clean_head, "staff.test.printing")

    def change_roll(self) -> None:
        self.flow.staff.open(Name.STAFF_PAPER)


class ScannerScreen(DeviceRoom):
    def __init__(self, flow: Flow, component: str, **kwargs: Any) -> None:
        self._scans = 0
        super().__init__(flow, component, **kwargs)

    def scanned(self, event: Scanned) -> bool:
        # Numbered: the second slip is seen to be read as well as the first.
        self._scans += 1
        self.said = f"{self._scans}. {device_tests.scan_message(self.flow, event)}"
        return True


class CameraScreen(DeviceRoom):
    source = ObjectProperty(None, allownone=True)

    def __init__(self, flow: Flow, component: str, **kwargs: Any) -> None:
        self._shot: Shot | None = None
        self._camera = flow.context.camera
        super().__init__(flow, component, **kwargs)
        if self._camera is not None:
            self._camera.start_preview()
            self.source = Blurred(self._camera.latest)

    def close(self) -> None:
        super().close()
        if self._shot is not None:
            self._shot.cancel()
        if self._camera is not None:
            self.source = None
            self._camera.stop_preview()

    def shoot(self) -> None:
        """A photo that is looked at and thrown away."""
        if self._camera is not None and self._shot is None:
            self._shot = shoot(self._camera, self._taken)

    def _taken(self, result: Any) -> None:
        self._shot = None
        texts = self.flow.texts
        if is_problem(result):
            self.said = texts(f"photo.problem.{str(result.kind).lower()}")
        else:
            self.said = texts("staff.test.shot", width=result.width, height=result.height)
        self.flow.staff.context.record("camera_test", str(getattr(result, "kind", "OK")))


class SoundScreen(DeviceRoom):
    headphones = StringProperty("")

    def refresh(self) -> None:
        super().refresh()
        plugged = self.flow.staff.context.headphones_plugged
        state = "unknown" if plugged is None else "in" if plugged else "out"
        self.headphones = self.flow.texts(f"staff.headphones.{state}")

    def speak(self) -> None:
        """Says a sentence; whether it was heard, only ears can tell."""
        self.test(device_tests.speak_test, "staff.test.speaking")


class PanelScreen(StaffRoom):
    """The panel that is touched: what its last test found, and a new one."""

    verdict = StringProperty("")
    good = BooleanProperty(True)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        super().__init__(flow, heading=flow.texts("staff.component.touch"), **kwargs)
        texts, found = flow.texts, flow.staff.machine.touch_verdict()
        if found is None:
            self.verdict, self.good = texts("staff.touch.untested_how"), False
            return
        self.good = found.good
        when = flow.formatting.moment(found.at)
        where = dead_zones(flow)
        self.verdict = (
            texts("staff.touch.all_good", number=found.cells, when=when)
            if found.good
            else texts("staff.touch.dead_where", where=where, when=when)
        )

    def go_forward(self) -> None:
        self.flow.staff.open(Name.STAFF_TOUCH)
