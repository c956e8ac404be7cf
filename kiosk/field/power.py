"""What turns the machine off, as the kiosk's core asks for it (see ``kiosk.ports``)."""

from typing import Protocol


class Power(Protocol):
    def shut_down(self) -> bool:
        """Begin to turn the machine off; False: it does not. May take some seconds."""
        ...
