"""A session from the list of services to the slip."""

from collections.abc import Callable
from typing import Final

from forms import FormFault
from kiosk.events import Received
from kiosk.machine.line_state import LineCondition
from kiosk.ports import PrintOutcome
from kiosk.session.outcomes import RefusedReason
from rehearsal.gallery.way import (
    Way,
    answer_page,
    domicile,
    domicile_form,
    domicile_review,
    forward,
    open_service,
    start,
)


def _group(way: Way) -> None:
    way.flow.citizen.open_group("agency:kelurahan")


def _event(way: Way) -> None:
    way.flow.citizen.open_group("event:kota")


def _search(way: Way) -> None:
    way.flow.citizen.open_search()


def _typed(text: str) -> Callable[[Way], None]:
    def typed(way: Way) -> None:
        way.page.entry.type(text)

    return typed


def _advertising(way: Way) -> None:
    open_service(way, "reklame")


def _no_camera(way: Way) -> None:
    way.rehearsal.camera.become("UNAVAILABLE", "DISCONNECTED")


def _no_scanner(way: Way) -> None:
    way.rehearsal.scanner.become("UNAVAILABLE", "DISCONNECTED")


def _no_paper(way: Way) -> None:
    way.rehearsal.printer.become("UNAVAILABLE", "MEDIA_EMPTY")


def _offline(way: Way) -> None:
    way.rehearsal.line.condition = LineCondition.OFFLINE


def _card(way: Way) -> None:
    way.citizen.hold_card()


def _no_card(way: Way) -> None:
    way.citizen.hold_rubbish()


def _focus(way: Way) -> None:
    model = way.page.model
    model.focus_on(model.questions[1])


def _fold(way: Way) -> None:
    model = way.page.model
    folded = next(node for node in model.questions if "minimal" in node.appearance)
    model.unfold(folded.ref)


def _agree(way: Way) -> None:
    way.page.toggle()


def _send(way: Way) -> None:
    """From the review to "saved" at once."""
    way.session.finish_review()
    way.session.agree()
    way.flow.citizen.send()


def _refused(way: Way) -> None:
    way.flow.citizen.refuse(RefusedReason.DISK_FULL)


def _sent_back(way: Way) -> None:
    way.flow.citizen.refuse(RefusedReason.INVALID)


def _printed(way: Way) -> None:
    way.hands.wait(2.1)


def _received(way: Way) -> None:
    saved = way.session.submission
    if saved is None:
        raise RuntimeError("nothing was sent")
    now = way.rehearsal.clock.now()
    way.rehearsal.store.receipts.received(saved.code, now, waiting_state="stored_here", state="received")
    way.hands.kiosk.bus.publish(Received(saved.code, now))
    way.hands.wait(2.1)


def _has_code(way: Way) -> None:
    way.flow.parting.has_code()


def _printer(outcome: PrintOutcome) -> Callable[[Way], None]:
    def fails(way: Way) -> None:
        way.rehearsal.printer.outcome = outcome

    return fails


_IDENTIFY: Final = (domicile, forward)
_CONSENT: Final = (domicile_review, forward)
_SAVED: Final = (domicile_review, _send)


def _fault(way: Way) -> None:
    """The engine failed: the session went on, and the citizen is told."""
    way.flow.regain(FormFault(), made=True)
    way.page.show_banner()


STATES: Final[dict[str, tuple[Callable[[Way], None], ...]]] = {
    "services": (start,),
    "services-offline": (_offline, start),
    "services-scanned": (start, _card),
    "group": (start, _group),
    "event": (start, _event),
    "search": (start, _search),
    "search-found": (start, _search, _typed("akta")),
    "search-nothing": (start, _search, _typed("zzzzzz")),
    "service": (domicile,),
    "service-fee": (_advertising,),
    "service-no-camera": (_no_camera, domicile),
    "service-no-paper": (_no_paper, domicile),
    "identify": _IDENTIFY,
    "identify-typing": (*_IDENTIFY, _typed("3578014107")),
    "identify-complete": (*_IDENTIFY, _typed("3578014107900001")),
    "identify-wrong": (*_IDENTIFY, _typed("3578013213900001")),
    "identify-odd": (*_IDENTIFY, _typed("9978014107900001"), forward),
    "identify-card": (*_IDENTIFY, _card),
    "identify-no-card": (*_IDENTIFY, _no_card),
    "identify-keypad-only": (_no_scanner, domicile, forward),
    "form-fields": (domicile_form,),
    "form-typing": (domicile_form, _focus),
    "form-scanned": (domicile_form, _focus, _no_card),
    "form-missing": (domicile_form, forward),
    "form-fault": (domicile_form, _fault),
    "form-choices": (domicile_form, answer_page),
    "form-folded": (domicile_form, answer_page, _fold),
    "form-date": (domicile_form, answer_page, answer_page),
    "form-list": (domicile_form, answer_page, answer_page, answer_page),
    "review": (domicile_review,),
    "consent-refused": (*_CONSENT, _agree, _refused),
    "form-refused": (domicile_form, _sent_back),
    "consent": _CONSENT,
    "consent-agreed": (*_CONSENT, _agree),
    "saved": _SAVED,
    "saved-printed": (*_SAVED, _printed),
    "received": (*_SAVED, _received),
    "saved-probably": (_printer(PrintOutcome.PROBABLY_PRINTED), *_SAVED, _printed),
    "saved-unprinted": (_printer(PrintOutcome.NOT_PRINTED), *_SAVED, _printed),
    "saved-unknown": (_printer(PrintOutcome.UNKNOWN), *_SAVED, _printed),
    "saved-no-paper": (_no_paper, *_SAVED, _printed),
    "code-asked": (_no_paper, *_SAVED, _printed, forward),
    "thanks-code": (_no_paper, *_SAVED, _printed, forward, _has_code),
    "thanks-slip": (*_SAVED, _printed, forward),
}
