"""The home screen, what lies over it, and the whole-screen notices."""

from collections.abc import Callable
from typing import Final

from kiosk.line_state import LineCondition
from kiosk.settings import NEXT_KIOSK
from screens.gallery.way import Way, domicile_form, start


def _paperless(way: Way) -> None:
    way.rehearsal.printer.become("UNAVAILABLE", "MEDIA_EMPTY")


def _offline(way: Way) -> None:
    way.rehearsal.line.condition = LineCondition.OFFLINE
    way.flow.tick()
    way.hands.page.refresh()


def _nothing_works(way: Way) -> None:
    way.rehearsal.printer.become("UNAVAILABLE", "NOT_REACHABLE")
    way.rehearsal.line.condition = LineCondition.OFFLINE
    way.rehearsal.disk.bytes_free = 0
    way.rehearsal.clock.advance(120)
    way.flow.tick()
    way.flow.close_over()


def _out_of_service(way: Way) -> None:
    way.hands.kiosk.settings.store_new(
        {NEXT_KIOSK: {"id": "Puskesmas Ketabang, Jalan Jaksa Agung Suprapto 6", "en": "Ketabang health centre"}}
    )
    way.hands.kiosk.out_of_service()


def _served_some(way: Way) -> None:
    for _ in range(3):
        way.hands.kiosk.begin("id")
        way.hands.kiosk.end()
    way.settle()
    way.flow.dismiss_thanks()


def _asleep(way: Way) -> None:
    way.hands.wait(600)


def _adjust(way: Way) -> None:
    way.flow.open_adjust()


def _voice(way: Way) -> None:
    way.flow.voice.start()


def _help(way: Way) -> None:
    way.flow.open_help()


def _leave(way: Way) -> None:
    way.flow.ask_leave()


def _idle(way: Way) -> None:
    way.hands.wait(61)
    way.hands.wait(7)


def _thanks(way: Way) -> None:
    way.flow.finish()


STATES: Final[dict[str, tuple[Callable[[Way], None], ...]]] = {
    "home": (),
    "home-served": (_served_some,),
    "home-paperless": (_paperless,),
    "home-offline": (_offline,),
    "home-asleep": (_asleep,),
    "home-adjust": (_adjust,),
    "home-help": (_help,),
    "out-of-service": (_out_of_service,),
    "nothing-works": (_nothing_works,),
    "thanks": (start, _thanks),
    "visit-adjust": (start, _adjust),
    "visit-adjust-voice": (start, _voice, _adjust),
    "visit-help": (start, _help),
    "visit-leave": (domicile_form, _leave),
    "visit-idle": (domicile_form, _idle),
}
