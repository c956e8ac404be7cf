"""Field staff before the rehearsed kiosk: how they come in, and what their visit says so far."""

from rehearsal.citizen import Citizen
from rehearsal.hands import Hands
from rehearsal.kiosk import PIN


def sign_in(hands: Hands, pin: str = PIN) -> None:
    """By badge and PIN."""
    Citizen(hands).hold_badge()
    hands.type(pin)
    hands.forward()
    hands.join()


def actions(hands: Hands) -> list[tuple[str, str]]:
    """What the visit's record says so far."""
    return [(action.kind, action.detail) for action in hands.kiosk.staff.actions]


def open_device(hands: Hands, component: str) -> None:
    """By its line on the overview."""
    hands.tap(f"{hands.text(f'staff.component.{component}')} – ")
