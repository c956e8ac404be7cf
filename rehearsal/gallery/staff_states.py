"""The field staff's pages, with everything well and with several things wrong."""

from collections.abc import Callable
from typing import Final

from devices.stick import StickFault
from kiosk.machine.line_state import LineCondition
from protocol.peripherals import ScanKind
from rehearsal.devices import Scan
from rehearsal.gallery.way import Way, domicile_review
from rehearsal.kiosk import BADGE, PIN
from screens.navigation.places import Name


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


def _room(name: Name) -> Callable[[Way], None]:
    def opens(way: Way) -> None:
        way.flow.staff.open(name)

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


def _shoot(way: Way) -> None:
    way.page.shoot()
    way.hands.join()


def _scan(way: Way) -> None:
    way.rehearsal.scanner.scan(Scan(ScanKind.NIK_CARD, "3578014107900001", nik="3578014107900001"))


def _wrong_roll(way: Way) -> None:
    way.page.entry.set("0")
    way.page.go_forward()


def _carried(fault: StickFault) -> Callable[[Way], None]:
    def carried(way: Way) -> None:
        way.rehearsal.stick.insert(fault)
        way.page.carry()
        way.hands.join()

    return carried


_WAITING: Final = (domicile_review, _parked, _signed_in, _room(Name.STAFF_WAITING))
_TEST: Final = (_signed_in, _room(Name.STAFF_TEST))
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
    "staff-test": _TEST,
    "staff-test-done": (*_TEST, _print, _scan, _shoot),
    "staff-outbox": (_signed_in, _room(Name.STAFF_OUTBOX)),
    "staff-outbox-parked": (domicile_review, _parked, _signed_in, _room(Name.STAFF_OUTBOX)),
    "staff-waiting": _WAITING,
    "staff-waiting-saved": (*_WAITING, _carried(StickFault.NONE)),
    "staff-waiting-full": (*_WAITING, _carried(StickFault.FULL)),
}
