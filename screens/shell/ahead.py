"""The page that somebody will see next, made before they ask for it: while nobody touches the glass, or while a finger
is still on what leads there.

Nothing of a citizen is in it: only pages are made ahead that are the same for everybody, and one that is not taken ends
with the next page that comes, or with the session.
"""

import logging
from collections.abc import Callable
from typing import Any, Final

from kivy.clock import Clock
from kivy.uix.widget import Widget

from screens.look.widgets.text import Words
from screens.navigation.appearance import Appearance
from screens.navigation.flow import Flow
from screens.navigation.places import Name, Place
from screens.shell.pages import PAGES

logger = logging.getLogger(__name__)

#: Seconds without a touch after which nobody waits for anything else.
REST_S: Final = 1.0
#: Where somebody goes from where nobody is.
NEXT: Final = {Name.HOME: Place(Name.SERVICES)}


class Ahead:
    """Holds one page at most. ``size``: of the window, so that the page is laid out as it will be seen."""

    def __init__(self, flow: Flow, size: Callable[[], tuple[float, float]]) -> None:
        self._flow = flow
        self._size = size
        self._page: Any = None
        self._key: tuple[Place, Appearance] | None = None
        #: What the page says, when it was made: it is shown only while that is still so.
        self._says: object = None
        self._wanted: Place | None = None
        # The frame that shows the finger comes first.
        self._trigger = Clock.create_trigger(self._make_wanted)
        # It is laid out at the end of the next frame, and its letters come in the one after that.
        self._write_trigger = Clock.create_trigger(self._laid_out)
        self._letters_trigger = Clock.create_trigger(self._write)

    def rest(self) -> None:
        """Called several times a second."""
        following = NEXT.get(self._flow.place.name)
        if following is not None and self._flow.rest.quiet >= REST_S:
            self.make(following)

    def expect(self, place: Place) -> None:
        """A finger is on what leads there."""
        self._wanted = place
        self._trigger()

    def make(self, place: Place) -> None:
        """Makes the page, unless it is there."""
        row, key = PAGES[place.name], (place, self._flow.appearance)
        if row.says is None or key == self._key:
            return
        self.drop()
        try:
            says = row.says(self._flow, place.detail)
            page = row.make(self._flow, place.detail, None)
        except Exception:
            # Whoever goes there is told, as ever.
            logger.exception("a page could not be made ahead")
            return
        page.size = self._size()
        self._page, self._key, self._says = page, key, says
        self._write_trigger()

    def take(self, place: Place) -> Widget | None:
        """The page, when it was made and still says what is so; what was made for another place ends."""
        page, key, says = self._page, self._key, self._says
        self._trigger.cancel()
        self._write_trigger.cancel()
        self._letters_trigger.cancel()
        if page is None or key != (place, self._flow.appearance):
            self.drop()
            return None
        row = PAGES[place.name]
        if row.says is None or row.says(self._flow, place.detail) != says:
            self.drop()
            return None
        self._page = self._key = self._says = None
        page.come_into_sight()
        return page

    def drop(self) -> None:
        """Nobody will see it."""
        self._trigger.cancel()
        self._write_trigger.cancel()
        self._letters_trigger.cancel()
        page, self._page = self._page, None
        self._key = self._says = None
        if page is not None:
            page.close()

    def _make_wanted(self, _seconds: float) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None and self._flow.session is not None:
            self.make(wanted)

    def _laid_out(self, _seconds: float) -> None:
        self._letters_trigger()

    def _write(self, _seconds: float) -> None:
        """Draws the letters of its texts, which Kivy does when a text is bound to be drawn first: a third of what is left to do
        when the page comes into sight."""
        if self._page is None:
            return
        for widget in self._page.walk(restrict=True):
            if isinstance(widget, Words) and widget.texture is not None:
                widget.texture.bind()
