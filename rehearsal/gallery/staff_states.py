"""The field staff's pages, with everything well and with several things wrong."""

from collections.abc import Callable
from typing import Final

from devices.stick import StickFault
from kiosk.machine.line_state import LineCondition
from protocol.field.orders import SETTING
from protocol.field.visits import CheckStep, Consumable, VisitKind
from protocol.peripherals import ScanKind
from rehearsal.devices import Scan
from rehearsal.gallery.way import Way, domicile_review
from rehearsal.kiosk import BADGE, PIN
from screens.navigation.places import Name
from screens.staff.visit import NOTE, PHOTO


def _badge(way: Way) -> None:
    way.citizen.hold_badge()


def _typed(text: str) -> Callable[[Way], None]:
    def typed(way: Way) -> None:
        way.page.entry.type(text)

    return typed


def _wrong_pin(way: Way) -> None:
    way.page.entry.type("000000")
    way.page.go_forward()
    way.hands.join()


def _signed_in(way: Way) -> None:
    way.hands.kiosk.staff.sign_in(BADGE, PIN)
    way.flow.staff.open(Name.STAFF)


def _room(name: Name, detail: str = "") -> Callable[[Way], None]:
    def opens(way: Way) -> None:
        way.flow.staff.open(name, detail)

    return opens


def _troubled(way: Way) -> None:
    way.rehearsal.printer.become("UNAVAILABLE", "COVER_OPEN", "MEDIA_LOW", paper_mm=4_200.0)
    way.rehearsal.camera.become("READY", "TOO_DARK")
    way.rehearsal.scanner.become("UNKNOWN", "NOT_RESPONDING")
    way.rehearsal.line.condition = LineCondition.OFFLINE


def _paper(way: Way) -> None:
    way.rehearsal.printer.become("READY", paper_mm=61_300.0)


def _parked(way: Way) -> None:
    """Somebody's submission was sent, and the server does not take it."""
    way.session.finish_review()
    way.session.agree()
    way.hands.kiosk.send()
    way.hands.go_home()
    waiting = way.rehearsal.store.outbox.parked()
    if not waiting:
        for number in range(1, way.hands.kiosk.outbox.counts().waiting + 1):
            if way.rehearsal.store.outbox.park(number, "unknown_form: domisili 2026112401"):
                return


def _out_of_service(way: Way) -> None:
    way.page.toggle_service()


def _print(way: Way) -> None:
    way.page.print_slip()
    way.settle()


def _shoot(way: Way) -> None:
    way.page.shoot()
    way.hands.join()


def _scan(way: Way) -> None:
    # Made before something is held before it.
    assert way.page.component == "scanner"
    way.rehearsal.scanner.scan(Scan(ScanKind.NIK_CARD, "3578014107900001", nik="3578014107900001"))


def _refused(way: Way) -> None:
    way.citizen.hold_badge(BADGE.replace("petugas", "penipu"))


def _ordered(way: Way) -> None:
    orders = [{"number": 41, "task": "Kaca kamera tergores, ganti"}, {"number": 44, "alarm": "PAPER_LOW"}]
    way.hands.kiosk.settings.store_new({SETTING: orders})
    way.hands.kiosk.settings.reload()


def _wipe_some(way: Way) -> None:
    """All but the lower right is touched."""
    stage = way.hands.stage
    for row in range(40):
        right = 0.6 if row < 15 else 0.99
        y = stage.height * (row + 0.5) / 40
        way.hands.draw((2, y), (stage.width * right, y))


def _finish(way: Way) -> None:
    way.page.finish()


def _cleaning(way: Way) -> None:
    way.flow.staff.begin_cleaning()
    way.settle()
    way.rehearsal.clock.seconds += 7


def _measure(way: Way) -> None:
    way.hands.join()
    way.page.measure()
    way.settle()


def _ask_to_shut_down(way: Way) -> None:
    way.page.shut_down()


def _checked_visit(way: Way) -> None:
    draft = way.flow.staff.context.draft
    draft.kind = VisitKind.CLEANING
    draft.tick(CheckStep.SCREEN_WIPED)
    draft.tick(CheckStep.GLASS_WIPED)
    draft.use(Consumable.CLOTH, 2)
    draft.write("Kunci pintu printer seret, beri pelumas.")
    draft.toggle_order(41)
    way.page.refresh()


def _report(way: Way) -> None:
    way.page.go_forward()
    way.hands.join()


def _wrong_roll(way: Way) -> None:
    way.page.entry.set("0")
    way.page.go_forward()


def _device(component: str) -> tuple[Callable[[Way], None], ...]:
    return (_paper, _signed_in, _room(Name.STAFF_DEVICE, component))


def _machine(what: str) -> tuple[Callable[[Way], None], ...]:
    return (_signed_in, _room(Name.STAFF_MACHINE, what))


_VISIT: Final = (_ordered, _signed_in, _room(Name.STAFF_VISIT))


def _carried(fault: StickFault) -> Callable[[Way], None]:
    def carried(way: Way) -> None:
        way.rehearsal.stick.insert(fault)
        way.page.carry()
        way.hands.join()

    return carried


_WAITING: Final = (domicile_review, _parked, _signed_in, _room(Name.STAFF_WAITING))
_ROLL: Final = (_signed_in, _room(Name.STAFF_PAPER))

STATES: Final[dict[str, tuple[Callable[[Way], None], ...]]] = {
    "staff-pin": (_badge,),
    "staff-pin-typed": (_badge, _typed("4829")),
    "staff-pin-wrong": (_badge, _wrong_pin),
    "staff-overview": (_paper, _signed_in),
    "staff-overview-troubled": (_troubled, _signed_in),
    "staff-overview-out-of-service": (_signed_in, _out_of_service),
    "staff-paper": _ROLL,
    "staff-paper-wrong": (*_ROLL, _wrong_roll),
    "staff-badge-refused": (_refused,),
    "staff-overview-ordered": (_ordered, _signed_in),
    "staff-printer": _device("printer"),
    "staff-printer-tested": (*_device("printer"), _print),
    "staff-scanner": (*_device("scanner"), _scan),
    "staff-camera": (*_device("camera"), _shoot),
    "staff-sound": _device("speaker"),
    "staff-panel": _device("touch"),
    "staff-panel-dead": (_signed_in, _room(Name.STAFF_TOUCH), _wipe_some, _finish),
    "staff-touch": (_signed_in, _room(Name.STAFF_TOUCH)),
    "staff-touch-wiped": (_signed_in, _room(Name.STAFF_TOUCH), _wipe_some),
    "staff-line": (*_machine("line"), _measure),
    "staff-storage": _machine("storage"),
    "staff-clock": _machine("clock"),
    "staff-versions": _machine("versions"),
    "staff-faults": (_troubled, *_machine("faults")),
    "staff-cleaning": (_signed_in, _cleaning),
    "staff-power": (_signed_in, _room(Name.STAFF_POWER)),
    "staff-power-asked": (_signed_in, _room(Name.STAFF_POWER), _ask_to_shut_down),
    "staff-visit": _VISIT,
    "staff-visit-ticked": (*_VISIT, _checked_visit),
    "staff-visit-note": (_signed_in, _room(Name.STAFF_VISIT, NOTE)),
    "staff-visit-photo": (_signed_in, _room(Name.STAFF_VISIT, PHOTO)),
    "staff-report": (_signed_in, _room(Name.STAFF_REPORT)),
    "staff-report-made": (_signed_in, _room(Name.STAFF_REPORT), _report),
    "staff-outbox": (_signed_in, _room(Name.STAFF_OUTBOX)),
    "staff-outbox-parked": (domicile_review, _parked, _signed_in, _room(Name.STAFF_OUTBOX)),
    "staff-waiting": _WAITING,
    "staff-waiting-saved": (*_WAITING, _carried(StickFault.NONE)),
    "staff-waiting-full": (*_WAITING, _carried(StickFault.FULL)),
}
