"""Field staff before the rehearsed kiosk: how they come in, and what their visit says so far."""

from rehearsal.citizen import Citizen
from rehearsal.hands import Hands
from rehearsal.kiosk import BADGE, PIN
from screens.navigation.places import Name


def sign_in(hands: Hands, pin: str = PIN) -> None:
    """By badge and PIN."""
    Citizen(hands).hold_badge()
    hands.type(pin)
    hands.forward()
    hands.join()


def come_in(hands: Hands) -> None:
    """Signed in and at the overview, without the keys on the way."""
    hands.kiosk.staff.sign_in(BADGE, PIN)
    hands.app.flow.staff.open(Name.STAFF)
    hands.settle()


def actions(hands: Hands) -> list[tuple[str, str]]:
    """What the visit's record says so far."""
    return [(action.kind, action.detail) for action in hands.kiosk.staff.actions]


def open_device(hands: Hands, component: str) -> None:
    """By its line on the overview."""
    hands.tap(f"{hands.text(f'staff.component.{component}')} – ")
