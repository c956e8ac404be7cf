"""The overview: what to do next, how everything is, and the ways to all of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from kiosk.field.to_do import Need, Task
from kiosk.machine.line_state import LineCondition
from kiosk.ports import Availability, ComponentState
from protocol.components import CAMERA, CONTENT, FORMS, PRINTER, SCANNER, SPEAKER, STORAGE
from protocol.field.orders import OpenOrder
from protocol.field.roles import May
from screens.navigation.flow import Flow
from screens.navigation.places import Name, Place
from screens.staff.paper_text import paper_text

TOUCH: Final = "touch"
LINE: Final = "line"
CLOCK: Final = "clock"
VERSIONS: Final = "versions"
FAULTS: Final = "faults"
#: Beyond this the clock is to be looked at: what is printed bears another time than the office's.
CLOCK_OFF_S: Final = 60.0

_ICONS: Final = {
    PRINTER: "printer",
    SCANNER: "barcode",
    CAMERA: "camera",
    SPEAKER: "speaker-high",
    STORAGE: "hard-drives",
    CONTENT: "image-broken",
    FORMS: "warning-octagon",
}
#: Where each component's line leads.
_PAGES: Final = {
    **{name: Place(Name.STAFF_DEVICE, name) for name in (PRINTER, SCANNER, CAMERA, SPEAKER, TOUCH)},
    **{name: Place(Name.STAFF_MACHINE, name) for name in (LINE, STORAGE, CLOCK, VERSIONS)},
    CONTENT: Place(Name.STAFF_MACHINE, VERSIONS),
    FORMS: Place(Name.STAFF_MACHINE, VERSIONS),
}
_FAULTS: Final = Place(Name.STAFF_MACHINE, FAULTS)
#: Where each need is seen to; LOOK_AT at its component's page.
_SEEN_TO: Final = {
    Need.CLEAR_JAM: Place(Name.STAFF_DEVICE, PRINTER),
    Need.CLOSE_COVER: Place(Name.STAFF_DEVICE, PRINTER),
    Need.CHANGE_ROLL: Place(Name.STAFF_PAPER),
    Need.ROLL_SOON: Place(Name.STAFF_PAPER),
    Need.SEE_LIGHT: Place(Name.STAFF_DEVICE, CAMERA),
    Need.STORAGE: Place(Name.STAFF_MACHINE, STORAGE),
    Need.TOUCH: Place(Name.STAFF_DEVICE, TOUCH),
    Need.LINE: Place(Name.STAFF_MACHINE, LINE),
    Need.PARKED: Place(Name.STAFF_OUTBOX),
    Need.ORDER: Place(Name.STAFF_VISIT),
    Need.IN_SERVICE: Place(Name.STAFF),
}
_NEED_ICONS: Final = {
    Need.CLEAR_JAM: "scissors",
    Need.CLOSE_COVER: "printer",
    Need.CHANGE_ROLL: "receipt",
    Need.ROLL_SOON: "receipt",
    Need.LOOK_AT: "wrench",
    Need.SEE_LIGHT: "camera",
    Need.STORAGE: "hard-drives",
    Need.TOUCH: "hand-tap",
    Need.LINE: "wifi-slash",
    Need.PARKED: "tray-arrow-up",
    Need.ORDER: "clipboard-text",
    Need.IN_SERVICE: "prohibit",
}


@dataclass(frozen=True)
class StateShown:
    name: str
    icon: str
    state: str
    #: success, warning or danger.
    kind: str
    detail: str
    place: Place


@dataclass(frozen=True)
class TaskShown:
    title: str
    icon: str
    place: Place


class StaffModel:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    @property
    def name(self) -> str:
        on_duty = self.flow.staff.context.on_duty
        return on_duty.name if on_duty is not None else ""

    @property
    def role(self) -> str:
        on_duty = self.flow.staff.context.on_duty
        return self.flow.texts(f"staff.role.{on_duty.role.lower()}") if on_duty is not None else ""

    @property
    def in_service(self) -> bool:
        return self.flow.staff.context.in_service

    def may(self, what: May) -> bool:
        return self.flow.staff.context.may(what)

    def tasks(self) -> tuple[TaskShown, ...]:
        """What to do next, the gravest first."""
        staff = self.flow.staff
        orders = {str(order.number): order for order in staff.context.orders()}
        return tuple(
            self._task(task, orders.get(task.about)) for task in staff.context.to_do(staff.machine.touch_verdict())
        )

    def states(self) -> tuple[StateShown, ...]:
        """Devices, panel, line, storage, clock, versions."""
        snapshot = self.flow.staff.context.snapshot()
        shown = [
            self._with_paper(self.component(state)) for name, state in snapshot.components.items() if name != STORAGE
        ]
        return (
            *shown,
            self._touch(),
            self._line(),
            self.component(snapshot.components[STORAGE]),
            self._clock(),
            self._versions(),
        )

    def toggle_service(self) -> None:
        self.flow.staff.context.toggle_service()

    def go(self, place: Place) -> None:
        self.flow.staff.open(place.name, place.detail)

    def leave(self) -> None:
        self.flow.staff.leave()

    def component(self, state: ComponentState) -> StateShown:
        """In words: its conditions, or its availability when it has none."""
        texts = self.flow.texts
        conditions = sorted(str(condition) for condition in state.conditions)
        reported = ", ".join(texts(f"staff.condition.{name.lower()}") for name in conditions)
        ready = state.availability in (Availability.READY, Availability.BUSY)
        kind = "success" if ready and not conditions else "warning" if ready else "danger"
        return StateShown(
            texts(f"staff.component.{state.component}"),
            _ICONS.get(state.component, "cube"),
            reported or texts(f"staff.availability.{str(state.availability).lower()}"),
            kind,
            " · ".join(part for part in (self._since(state.since), state.detail) if part),
            _PAGES.get(state.component, _FAULTS),
        )

    # --- inside ----------------------------------------------------------------------------------------------------

    def _with_paper(self, shown: StateShown) -> StateShown:
        """Of the printer, what is left of the roll."""
        if shown.place.detail != PRINTER:
            return shown
        return replace(shown, detail=" · ".join(part for part in (paper_text(self.flow), shown.detail) if part))

    def _task(self, task: Task, order: OpenOrder | None) -> TaskShown:
        texts = self.flow.texts
        if task.need is Need.ORDER and order is not None:
            title = texts("staff.to_do.order", number=task.about, task=order_text(self.flow, order))
        elif task.need is Need.LOOK_AT:
            title = texts("staff.to_do.look_at", what=texts(f"staff.component.{task.about}"))
        else:
            title = texts(f"staff.to_do.{task.need.lower()}")
        place = _PAGES.get(task.about, _FAULTS) if task.need is Need.LOOK_AT else _SEEN_TO[task.need]
        return TaskShown(title, _NEED_ICONS[task.need], place)

    def _touch(self) -> StateShown:
        texts, verdict = self.flow.texts, self.flow.staff.machine.touch_verdict()
        if verdict is None:
            state, kind, detail = texts("staff.touch.untested"), "warning", ""
        else:
            good = verdict.good
            state = texts("staff.touch.good") if good else texts.count("staff.touch.dead", verdict.missed)
            kind, detail = "success" if good else "danger", self._since(verdict.at)
        return StateShown(texts("staff.component.touch"), "hand-tap", state, kind, detail, _PAGES[TOUCH])

    def _line(self) -> StateShown:
        texts, snapshot = self.flow.texts, self.flow.staff.context.snapshot()
        line = snapshot.line
        waiting = " · ".join(
            (texts.count("staff.waiting", snapshot.waiting), texts.count("staff.parked", snapshot.parked))
        )
        return StateShown(
            texts("staff.component.line"),
            "wifi-high" if line.online else "wifi-slash",
            texts(f"staff.line.{line.condition.lower()}"),
            "success" if line.online else "warning" if line.condition is not LineCondition.REVOKED else "danger",
            f"{waiting} · {self._since(line.since)}",
            _PAGES[LINE],
        )

    def _clock(self) -> StateShown:
        texts, clock = self.flow.texts, self.flow.staff.machine.clock()
        if clock.correction is None:
            state, kind = texts("staff.clock.unknown"), "warning"
        else:
            off = abs(clock.correction.total_seconds()) > CLOCK_OFF_S
            state = texts("staff.clock.off" if off else "staff.clock.right")
            kind = "warning" if off else "success"
        moment = self.flow.formatting.moment(clock.now)
        return StateShown(texts("staff.component.clock"), "clock", state, kind, moment, _PAGES[CLOCK])

    def _versions(self) -> StateShown:
        texts, versions = self.flow.texts, self.flow.staff.machine.versions()
        held_back = versions.held_back is not None and versions.held_back > versions.in_force
        kind = "danger" if not versions.in_force else "warning" if held_back or versions.problem else "success"
        state = texts("staff.versions.pack", number=versions.in_force)
        return StateShown(
            texts("staff.component.versions"), "package", state, kind, versions.software, _PAGES[VERSIONS]
        )

    def _since(self, at: datetime) -> str:
        return self.flow.texts("staff.since", when=self.flow.formatting.moment(at))


def dead_zones(flow: Flow) -> str:
    """Where the last test found no touch, and how many targets there."""
    verdict = flow.staff.machine.touch_verdict()
    dead = verdict.dead if verdict is not None else ()
    return ", ".join(f"{flow.texts(f'staff.zone.{zone}')} ({number})" for zone, number in dead)


def order_text(flow: Flow, order: OpenOrder) -> str:
    """In the words of whoever made it, or of the alarm it came of."""
    if order.task:
        return order.task
    return flow.texts("staff.order.paper_low" if order.alarm == "PAPER_LOW" else "staff.order.alarm")
