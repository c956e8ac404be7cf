"""The app on a rehearsed kiosk, led to each state; its picture, and what is wrong with its layout."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from kivy.core.window import Window
from kivy.graphics import Fbo
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
from PIL import Image

from kiosk.catalogue.catalogue import Catalogue
from rehearsal.every_control import every_control
from rehearsal.gallery.checks import problems
from rehearsal.gallery.plan import Shot
from rehearsal.gallery.states import STATES
from rehearsal.gallery.way import Way
from rehearsal.hands import ASSETS, Hands
from rehearsal.kiosk import rehearse
from rehearsal.sample_city import read_sample_city
from screens.language.texts import Catalogues, load_catalogues
from screens.shell.boot import BootOptions

#: Frames after which everything stands where it stays.
SETTLE: Final = 3
JPEG_QUALITY: Final = 86


@lru_cache(maxsize=1)
def _sample_city() -> tuple[Catalogues, Catalogue]:
    """Read once in a process: forms are converted from their text."""
    catalogues = load_catalogues(ASSETS / "translations")
    return catalogues, read_sample_city(ASSETS / "services", more=every_control())


def studio_hands(folder: Path, boot: BootOptions, *, draws: bool = False) -> Hands:
    """An app on a kiosk of the sample city, its data in ``folder``."""
    catalogues, city = _sample_city()
    return Hands(rehearse(folder, catalogues, city), boot, draws=draws).start()


class Studio:
    """``boot`` is the portrait window; landscape is the same panel on its side."""

    def __init__(self, hands: Hands, boot: BootOptions) -> None:
        self.hands = hands
        self.way = Way(hands)
        self._sizes = {"portrait": (boot.width, boot.height), "landscape": (boot.height, boot.width)}

    def lead_to(self, shot: Shot) -> None:
        """From the home screen to the state, in that look and that way up."""
        self.hands.turn(*self._sizes[shot.orientation])
        # Nothing of the state before: a page of the same place would be taken for this one's.
        self.hands.stage.clear()
        self.hands.hold()
        self.way.begin(shot.appearance)
        for step in STATES[shot.state].way:
            self.hands.hold()
            step(self.way)
            self.way.settle()
        self.hands.let_go()
        self.hands.settle(SETTLE)

    def look(self, shot: Shot) -> list[str]:
        """Leads to the state; what is wrong with it."""
        self.lead_to(shot)
        return problems(self.hands.stage)

    def look_again(self, shot: Shot) -> list[str]:
        """The state in sight in another contrast; led to anew where it does not say the same then."""
        before = sorted(self.hands.texts())
        self.hands.dress(shot.appearance)
        self.hands.settle(SETTLE)
        if sorted(self.hands.texts()) != before:
            self.lead_to(shot)
        return problems(self.hands.stage)

    def picture(self) -> Image.Image:
        """What is in sight, drawn now, as the window draws it. Not into the window itself: its driver in memory does
        not turn with it."""
        width, height = map(int, Window.size)
        paper = Fbo(size=(width, height), with_stencilbuffer=True)
        paper.bind()
        Window.on_draw()
        dots = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        paper.release()
        return Image.frombytes("RGB", (width, height), dots).transpose(Image.Transpose.FLIP_TOP_BOTTOM)

    def close(self) -> None:
        self.hands.stop()
        self.hands.rehearsal.close()
