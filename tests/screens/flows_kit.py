"""Ways through a session that are not what a test is about: straight through the session, without touching the form."""

from screens_harness import Hands

from forms import Node
from kiosk.session.citizen import HowIdentified
from kiosk.session.session import Session
from screens.navigation.places import Name

NIK = "3578014107900001"
#: More pages than any sample service has.
PAGES = 40
#: By the question's name; else by its type.
_NAMED = {"telepon": "081234567890", "npwpd": "1234567890123", "mulai": "2026-12-24", "nik": NIK}
_KNOWN = {"date": "1990-08-17", "time": "08:30:00.000", "int": "3", "decimal": "3.5"}


def session_of(hands: Hands) -> Session:
    session = hands.kiosk.session
    assert session is not None
    return session


def begin(hands: Hands, service: str) -> Session:
    """From the home screen to the service's first question, identified where it asks for that."""
    hands.app.flow.citizen.start()
    session = session_of(hands)
    session.choose(service)
    session.start_service()
    if hands.app.flow.place.name is Name.IDENTIFY:
        session.identify(NIK, HowIdentified.TYPED)
        session.continue_to_form()
    hands.settle()
    return session


def answer_page(session: Session) -> None:
    """Answers whatever the page asks, and goes on."""
    page = session.page
    assert page is not None
    for node in page.nodes:
        if node.kind == "UPLOAD":
            session.attach(node.ref, b"\xff\xd8\xff\xe0 a picture")
        elif node.choices and not node.value:
            session.answer(node.ref, node.choices[-1].value)
        elif not node.value and not node.readonly:
            session.answer(node.ref, _text(node))
    assert session.next_page() == ()


def fill(hands: Hands) -> None:
    """From any question to the review."""
    session = session_of(hands)
    for _ in range(PAGES):
        if hands.app.flow.place.name is not Name.FORM:
            break
        answer_page(session)
    hands.settle()
    assert hands.app.flow.place.name is Name.REVIEW


def send(hands: Hands, service: str = "domisili") -> None:
    """From the home screen to the page of the slip; pages on the way are not made."""
    hands.hold()
    session = begin(hands, service)
    fill(hands)
    session.finish_review()
    session.agree()
    hands.app.flow.citizen.send()
    hands.let_go()
    assert hands.app.flow.place.name is Name.SAVED


def _text(node: Node) -> str:
    if node.name in _NAMED:
        return _NAMED[node.name]
    return _KNOWN.get(node.data_type, "003" if "numbers" in node.appearance else "Siti Aminah di Surabaya")
