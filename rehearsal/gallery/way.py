"""Somebody on the way to a state: the kiosk with nobody before it, the flow, and what several ways have in common."""

from typing import Any

from kiosk.catalogue.service import Identification
from kiosk.session.citizen import HowIdentified
from kiosk.session.session import Session
from rehearsal.citizen import NIK, Citizen
from rehearsal.hands import Hands
from rehearsal.kiosk import Rehearsal
from screens.navigation.appearance import Appearance
from screens.navigation.flow import Flow

#: No form of ours has more pages.
PAGES: int = 60


class Way:
    """``page`` is what is in sight; ``answer_page`` answers it at once, without the fingers' detours."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.citizen = Citizen(hands)

    @property
    def rehearsal(self) -> Rehearsal:
        return self.hands.rehearsal

    @property
    def flow(self) -> Flow:
        return self.hands.app.flow

    @property
    def page(self) -> Any:
        return self.hands.page

    @property
    def session(self) -> Session:
        session = self.hands.kiosk.session
        if session is None:
            raise RuntimeError("nobody is here")
        return session

    def begin(self, appearance: Appearance) -> None:
        """The home screen in that look, with everything working."""
        self.rehearsal.all_well()
        self.flow.touched()
        self.flow.preferences.switching.stop()
        self.hands.dress(appearance)
        self.hands.go_home()
        self.hands.frame()

    def settle(self) -> None:
        self.hands.settle(1)


def start(way: Way) -> None:
    way.flow.citizen.start()


def forward(way: Way) -> None:
    way.page.go_forward()


def open_service(way: Way, service: str) -> None:
    """Straight to a service's page."""
    way.flow.citizen.start()
    way.flow.citizen.open_service(service)


def open_form(way: Way, service: str) -> None:
    """Straight to the first page of a service's form. Pages on the way are not made: nobody looks at them."""
    open_service(way, service)
    session = way.session
    session.start_service()
    if session.service is not None and session.service.identification is Identification.NIK:
        session.identify(NIK, HowIdentified.TYPED)
        session.continue_to_form()


def domicile(way: Way) -> None:
    open_service(way, "domisili")


def domicile_form(way: Way) -> None:
    open_form(way, "domisili")


def domicile_review(way: Way) -> None:
    open_form(way, "domisili")
    for _ in range(PAGES):
        if way.flow.place.name != "FORM":
            return
        answer_page(way)
    raise RuntimeError("the form does not end")


def answer_page(way: Way) -> None:
    """Answers what the page in sight asks, and goes on."""
    session = way.session
    page = session.page
    if page is None:
        return
    known = {"date": "2026-08-17", "time": "08:30:00.000", "int": "3", "decimal": "3.5"}
    for node in page.nodes:
        if node.kind == "UPLOAD":
            session.attach(node.ref, way.rehearsal.camera.jpeg)
        elif node.choices and not node.value:
            session.answer(node.ref, node.choices[-1].value)
        elif not node.value and not node.readonly:
            fitting = "003" if "numbers" in node.appearance else "Siti Aminah"
            text = "081234567890" if node.name == "telepon" else fitting
            session.answer(node.ref, known.get(node.data_type, text))
    session.next_page()
