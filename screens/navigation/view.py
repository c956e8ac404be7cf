"""The life of what the stage shows, a page or a layer over it: made, notified of events, handed over, closed."""

from typing import Any

from kiosk.events import Event, Scanned
from screens.navigation.view_model import ViewModel


class View:
    """Comes before the widget it is, among the bases."""

    #: What the page is about. A ``ViewModel`` one goes on when the page is made anew in another look.
    model: Any = None

    def refresh(self) -> None:
        """Shows how things are now."""

    def scanned(self, event: Scanned) -> bool:  # noqa: ARG002 - most pages ask for nothing
        """What the scanner read while this is in sight. False: it is of no use here, and what to do is said elsewhere."""
        return False

    def handle(self, event: Event) -> None:
        """What happened at the kiosk while this is in sight."""

    def show_banner(self) -> None:
        """Says what the citizen will have to do without; called anew when that changes."""

    def show_refusal(self) -> None:
        """Says why it could not be sent; called anew when somebody tried to."""

    def hand_over(self) -> ViewModel | None:
        """What goes on in the page that is made next of the same place; this one lets go of it."""
        model = self.model
        if not isinstance(model, ViewModel):
            return None
        self.model = None
        return model

    def close(self) -> None:
        """Out of sight, for good: called once. What was not handed over ends here."""
        if isinstance(self.model, ViewModel):
            self.model.close()
