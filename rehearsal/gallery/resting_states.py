"""The home screen, what lies over it, and the whole-screen notices."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from kiosk.events import LineChanged
from kiosk.machine.line_state import LineCondition
from kiosk.settings import NEXT_KIOSK
from protocol.languages import LANGUAGES
from protocol.limits import NOTICE_CHARACTERS
from rehearsal.gallery.way import Way, domicile_form, start
from screens.access.keys import Action
from screens.navigation.overlays.switching import FASTEST_S, REST_S
from screens.shell.keypad import Keypad

#: What a city may write at the most.
_NOTICE: Final = {
    "id": "Pelayanan di kelurahan tutup pukul 14.00 pada hari Jumat; kios ini tetap melayani Anda. ",
    "jv": "Paladosan ing kalurahan tutup jam 14.00 ing dinten Jumuwah; kios punika tetep ngladosi panjenengan. ",
    "mad": "Paladhinan è kalorahan totop pokol 14.00 arè Jumaat; kios panèka pagghun aladhini panjhennengngan. ",
    "en": "The village office closes at 14.00 on Fridays; this kiosk goes on serving you. ",
}
_FURTHER: Final = {
    "id": "Kartu keluarga baru dapat diambil di Mal Pelayanan Publik sampai pukul 20.00.",
    "jv": "Kertu kulawarga enggal saged dipunpendhet ing Mal Pelayanan Publik dumugi jam 20.00.",
    "mad": "Kartu kaloarga anyar bisa èkala' è Mal Pelayanan Publik sampè' pokol 20.00.",
    "en": "New family cards can be collected at the Public Service Mall until 20.00.",
}


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


def _not_approved(way: Way) -> None:
    way.rehearsal.line.condition = LineCondition.WAITING
    way.hands.kiosk.bus.publish(LineChanged(way.rehearsal.line.state()))
    way.settle()


def _served_some(way: Way) -> None:
    for _ in range(3):
        way.hands.kiosk.begin("id")
        way.hands.kiosk.end()
    way.settle()
    way.flow.rest.dismiss_thanks()


def _noticed(way: Way) -> None:
    """The longest notice that a city may send, on a troubled day."""
    words = {language: (_NOTICE[language] * 9)[:NOTICE_CHARACTERS] for language in LANGUAGES}
    way.hands.kiosk.notices.keep(1, words, way.rehearsal.clock.now() + timedelta(days=30))
    _offline(way)


def _several_notices(way: Way) -> None:
    """For the whole city, for a group of kiosks, for this one: the longest that may be sent among them."""
    day = way.rehearsal.clock.now() + timedelta(days=30)
    longest = {language: (_NOTICE[language] * 9)[:NOTICE_CHARACTERS] for language in LANGUAGES}
    for number, words in enumerate((longest, _FURTHER, _NOTICE), start=1):
        way.hands.kiosk.notices.keep(number, words, day)
    way.hands.kiosk.notices.changed()


def _short_notice(way: Way) -> None:
    way.hands.kiosk.notices.keep(1, _NOTICE, way.rehearsal.clock.now() + timedelta(days=30))


def _asleep(way: Way) -> None:
    way.hands.wait(600)


def _adjust(way: Way) -> None:
    way.flow.open_adjust()


def _voice(way: Way) -> None:
    way.flow.voice.start()


def _keypad(way: Way) -> Keypad:
    keypad = way.hands.app.keypad
    if keypad is None:
        raise RuntimeError("the app was not built yet")
    return keypad


def _measured(way: Way) -> None:
    """Somebody pressed a switch: the light is on."""
    _keypad(way).switches.pressed(Action.SWITCH_CHOOSE)
    way.settle()
    _wait(way, REST_S)


def _scanned(way: Way) -> None:
    """The frame is at a group of services, which must be in sight for that."""
    way.hands.let_go()
    way.hands.settle(3)
    way.flow.preferences.switching.measure(0.0)
    way.flow.preferences.switching.pace_s = FASTEST_S
    way.flow.preferences.switching.calibration = None
    _keypad(way).switches.page_changed()
    for _ in range(3):
        _wait(way, 2 * FASTEST_S)
    way.hands.settle(3)


def _paced(way: Way) -> None:
    _scanned(way)
    _adjust(way)


def _loud(way: Way) -> None:
    """A key made the voice louder."""
    _voice(way)
    way.settle()
    _keypad(way).act(Action.LOUDER)


def _wait(way: Way, seconds: float) -> None:
    way.hands.wait(seconds)
    way.hands.app._tick(0)
    way.settle()


def _help(way: Way) -> None:
    way.flow.open_help()


def _leave(way: Way) -> None:
    way.flow.ask_leave()


def _idle(way: Way) -> None:
    way.hands.wait(61)
    way.hands.wait(7)


def _thanks(way: Way) -> None:
    way.flow.citizen.finish()


STATES: Final[dict[str, tuple[Callable[[Way], None], ...]]] = {
    "home": (),
    "home-served": (_served_some,),
    "home-paperless": (_paperless,),
    "home-offline": (_offline,),
    "home-noticed": (_noticed,),
    "home-short-notice": (_short_notice,),
    "home-several-notices": (_several_notices,),
    "home-asleep": (_asleep,),
    "home-adjust": (_adjust,),
    "home-help": (_help,),
    "home-switches": (_measured,),
    "not-approved": (_not_approved,),
    "out-of-service": (_out_of_service,),
    "nothing-works": (_nothing_works,),
    "thanks": (start, _thanks),
    "session-adjust": (start, _adjust),
    "session-adjust-voice": (start, _voice, _adjust),
    "session-adjust-switches": (start, _paced),
    "session-loudness": (start, _loud),
    "session-scanned": (start, _scanned),
    "session-help": (start, _help),
    "session-leave": (domicile_form, _leave),
    "session-idle": (domicile_form, _idle),
}
