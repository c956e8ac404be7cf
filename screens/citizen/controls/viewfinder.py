"""The live picture with what the camera has in sight drawn over it, the shutter, and the photo that was taken."""

from functools import partial
from typing import Any, Final

from kivy.clock import Clock
from kivy.graphics import Color, Line
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout

from kiosk.ports import CaptureFault, CaptureKind, CaptureProblem, Condition, Hint, Sight
from screens.citizen.controls.sighting import CalmHint, Sighting
from screens.drawing.lines import Polyline
from screens.look.compact import CompactBox
from screens.look.decoded import photo_texture
from screens.look.pressable import Pressable
from screens.look.widgets.picture import fitted
from screens.look.widgets.sign import Drawn

#: Looks for which a hint stands while it is spoken: some four seconds, as long as saying it takes.
SPOKEN_LOOKS: Final = 16
#: The oval for a face: its part of the picture's height, and its width by its height.
OVAL_HEIGHT: Final = 0.7
OVAL_SHAPE: Final = 0.75
#: The frame for a document: its distance from the picture's edge and the length of its angles, by the shorter side.
FRAME_INSET: Final = 0.07
FRAME_ARM: Final = 0.14
#: What a portrait's photo has its own words for; the others speak of a document.
_OWN_WORDS: Final = frozenset({CaptureFault.GLARE, CaptureFault.TOO_BLURRED, CaptureFault.TOO_DARK})
_CALM: Final = frozenset({Hint.NO_FRAME, Hint.NO_SHEET, Hint.NO_FACE, Hint.HOLD_STILL})


class SightMarks(Drawn):
    """Over a live picture of ``texture``: the outline of the sheet, or an oval for the face.

    ``corners`` are (x, y) from 0 to 1 of the picture, from its top left, as in ``kiosk.ports.Sight``. The line has a
    border on both sides, which is seen where the line is not.
    """

    texture = ObjectProperty(None, allownone=True)
    corners = ObjectProperty(None, allownone=True)
    oval = BooleanProperty(False)
    line = ColorProperty()
    border = ColorProperty()
    thick = NumericProperty(4)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        changed = self._changed
        self.bind(texture=changed, corners=changed, oval=changed, line=changed, border=changed, thick=changed)

    @property
    def outline(self) -> list[float]:
        """The corners as x, y, x, y, … in the widget's window, where the picture is drawn; empty without any."""
        if self.texture is None or self.corners is None:
            return []
        left, bottom, width, height = fitted(self.pos, self.size, self.texture.size)
        return [place for x, y in self.corners for place in (left + x * width, bottom + (1 - y) * height)]

    def draw(self) -> None:
        if self.texture is None:
            return
        shape: dict[str, Any]
        if self.oval:
            left, bottom, width, height = fitted(self.pos, self.size, self.texture.size)
            high = height * OVAL_HEIGHT
            wide = high * OVAL_SHAPE
            shape = {"ellipse": (left + (width - wide) / 2, bottom + (height - high) / 2, wide, high)}
        elif self.corners is not None:
            shape = {"points": self.outline, "close": True, "joint": "round"}
        else:
            return
        kind = Line if self.oval else Polyline
        Color(*self.border)
        kind(width=self.thick, **shape)
        Color(*self.line)
        kind(width=self.thick * 0.6, **shape)


class CornerMarks(Drawn):
    """Four angles in the corners of a live picture: the frame that a document is to lie in."""

    texture = ObjectProperty(None, allownone=True)
    line = ColorProperty()
    thick = NumericProperty(4)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        changed = self._changed
        self.bind(texture=changed, line=changed, thick=changed)

    def draw(self) -> None:
        if self.texture is None:
            return
        left, bottom, width, height = fitted(self.pos, self.size, self.texture.size)
        inset = FRAME_INSET * min(width, height)
        arm = FRAME_ARM * min(width, height)
        Color(*self.line)
        for x, right in ((left + inset, 1), (left + width - inset, -1)):
            for y, up in ((bottom + inset, 1), (bottom + height - inset, -1)):
                Polyline(width=self.thick, points=(x + right * arm, y, x, y, x, y + up * arm))


class EnlargeArea(Pressable, AnchorLayout):
    """A photo that was taken: a touch enlarges it."""


class Viewfinder(CompactBox):
    """The live picture, or the photo that was taken, with what can be done about it."""

    flow = ObjectProperty(None)
    #: What is to be photographed: a member of ``CaptureKind``.
    kind = StringProperty(CaptureKind.DOCUMENT)
    source = ObjectProperty(None, allownone=True)
    still = ObjectProperty(None, allownone=True)
    corners = ObjectProperty(None, allownone=True)
    #: What is in sight makes a good photo.
    ready = BooleanProperty(False)
    hint = StringProperty("")
    hint_kind = StringProperty("info")
    #: The height of the highest hint at this width so far: the shutter does not move under a finger when a shorter one follows.
    hint_room = NumericProperty(0)
    hint_width = NumericProperty(0)
    #: A photo that is not good, which the citizen may use all the same.
    doubtful = BooleanProperty(False)
    busy = BooleanProperty(False)
    can_shoot = BooleanProperty(True)

    #: What the photo is of, for whoever looks at it enlarged.
    title = StringProperty("")

    __events__ = ("on_again", "on_shoot", "on_use")

    def __init__(self, **kwargs: Any) -> None:
        self.sighting: Sighting | None = None
        #: The photo of which ``still`` is shown.
        self._photo = b""
        self._measure_trigger = Clock.create_trigger(self._measure_hint)
        super().__init__(**kwargs)
        camera = self.flow.context.camera
        self._calm = CalmHint(Hint.NO_FACE if self.is_portrait else Hint.NO_SHEET)
        if camera is not None:
            self.sighting = Sighting(partial(camera.sight, self.kind), self._seen)
        self.bind(source=self._look_or_not, busy=self._look_or_not, can_shoot=self._look_or_not)

    @property
    def is_portrait(self) -> bool:
        return bool(self.kind == CaptureKind.PORTRAIT)

    def show_photo(self, photo: bytes | None) -> None:
        """The photo that was taken instead of the live picture; None: the live picture."""
        self._photo = photo or b""
        self.still = photo_texture(photo) if photo is not None else None

    def enlarge(self) -> None:
        """The photo lies over the page, where its small print can be read."""
        if self._photo:
            self.flow.enlarging.open(self._photo, self.title)

    def on_shoot(self) -> None:
        """The shutter."""

    def on_again(self) -> None:
        """Once more."""

    def on_use(self) -> None:
        """The doubtful photo is to be used."""

    def tell(self, text: str, kind: str) -> None:
        self.hint, self.hint_kind = text, kind

    def measure_hint(self) -> None:
        """Keeps the hint's height, when the layout has settled: until then it is as high as at another width."""
        self._measure_trigger()

    def _measure_hint(self, _seconds: float) -> None:
        reported = self.ids.message
        before = self.hint_room if reported.width == self.hint_width else 0
        self.hint_room = max(before, reported.height)
        self.hint_width = reported.width

    def is_open(self) -> bool:
        """Whether there is a photo to be chosen or waited for: going on now would lose it."""
        return bool(self.busy or self.doubtful)

    def tell_open(self) -> None:
        """What is to be done before it goes on."""
        self.tell(self.flow.texts("photo.wait_first" if self.busy else "photo.choose"), "warning")

    def tell_hint(self) -> None:
        """What to do now, as far as the camera sees it."""
        camera = self.flow.context.camera
        dark = camera is not None and Condition.TOO_DARK in camera.state().conditions
        hint = Hint.TOO_DARK if dark else self._calm.shown
        kind = "success" if hint == Hint.READY else "info" if hint in _CALM else "warning"
        self.tell(self.flow.texts(f"photo.hint.{hint.lower()}"), kind)

    def tell_problem(self, problem: CaptureProblem) -> None:
        """Why the photo that was taken is not good."""
        own = "portrait." if self.is_portrait and problem.kind in _OWN_WORDS else ""
        self.tell(self.flow.texts(f"photo.problem.{own}{str(problem.kind).lower()}"), "warning")

    def _look_or_not(self, *_: object) -> None:
        if self.sighting is None:
            return
        if self.source is not None and self.can_shoot and not self.busy:
            self.sighting.start()
        else:
            self.sighting.stop()
            self.corners, self.ready = None, False

    def _seen(self, sight: Sight) -> None:
        before = self._calm.shown
        self._calm.take(str(sight.hint), SPOKEN_LOOKS if self.flow.voice.on else 1)
        self.corners = sight.corners
        self.ready = sight.hint == Hint.READY
        if self._calm.shown != before:
            self.tell_hint()
