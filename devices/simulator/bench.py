"""The simulated bench: a tabletop before the camera, things to lay on it, a scanner's cable, and every fault.

Its methods are what a person with true devices would do with their hands. A test, the demonstration and the control
page use the same ones.
"""

from __future__ import annotations

import math
import threading
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from devices.camera import Picture, SimulatedSource
from devices.scanner import SimulatedWedge
from devices.simulator.drawing import (
    CardCode,
    Item,
    Pose,
    Sheen,
    Shot,
    draw_badge,
    draw_card,
    draw_family_card,
    draw_letter,
    draw_marriage_book,
    draw_phone,
    draw_slip,
    person,
    place,
    sheen_light,
    tabletop,
)
from devices.simulator.drawing.cards import NAMES
from devices.simulator.drawing.documents import LETTER_URL
from devices.simulator.voice_bench import VoiceBench
from devices.speech import SimulatedHeadphones, Voice
from devices.stick import SimulatedStick

WIDTH: Final = 1280
HEIGHT: Final = 720
DARK: Final = 0.03
"""What is left of the light when it is off."""

HAND_DRIFT: Final = 1.2
"""Pixels by which what is held moves to and fro: a hand is never still."""

LARGEST_PICTURE: Final = 40_000_000
"""Pixels of an uploaded picture; more is refused before it is decoded in full."""

GLARE_AT: Final = (0.55, 0.3)
"""Where on what lies there the glare is, from 0 to 1 across and down: on a card, over the number."""

GLARE_SIZE: Final = 0.55
"""How large it is, of the diagonal."""

_NO_CORNERS: Final = np.zeros((0, 2), np.float32)
_MIDDLE: Final = np.array([[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]], np.float32)
"""What is taken for the thing that shines where nothing lies flat: shares of the picture."""

DOCUMENTS: Final = ("family_card", "letter", "marriage_book")


class Bench:
    """Hand ``camera`` to `build_camera` and ``wedge`` to `build_scanner`. All methods may be called from any thread."""

    def __init__(self, *, width: int = WIDTH, height: int = HEIGHT, tabletop_kind: str = "wood") -> None:
        self._tabletop = tabletop(width, height, tabletop_kind)
        #: Without the light that is thrown back, and where what lies there has its corners.
        self._unlit = self._scene = self._tabletop
        self._corners = _NO_CORNERS
        self._sheen: Sheen | None = None
        self._item = "nothing"
        self._lock = threading.Lock()
        self._frames = 0
        self.camera = SimulatedSource(self._view)
        self.wedge = SimulatedWedge()
        #: None: the kiosk has no voice.
        self.voice: VoiceBench | None = None
        #: None: the kiosk takes no sticks, or real ones.
        self.stick: SimulatedStick | None = None

    def hear(self, voice: Voice, program: str) -> None:
        """From now on the bench shows what ``voice`` says; ``program`` says it once more for whoever listens there."""
        if voice.transcript is not None:
            headphones = voice.headphones if isinstance(voice.headphones, SimulatedHeadphones) else None
            self.voice = VoiceBench(voice.transcript, headphones, voice.simulated, program)

    @property
    def item(self) -> str:
        """What lies before the camera, in a word."""
        with self._lock:
            return self._item

    def clear(self) -> None:
        """Take away what lies there."""
        self._lay("nothing", None, Pose())

    def show_card(self, nik: str, code: str = CardCode.QR, name: str = NAMES[0], *, pose: Pose | None = None) -> None:
        """Hold a drawn resident card; ``code`` is one of :class:`CardCode`. Raises ValueError for an unknown one."""
        self._lay("card", draw_card(nik, CardCode(code), name=name), pose or Pose(tilt=8, swing=6, turn=-4, fills=0.6))

    def show_slip(self, code_or_url: str, *, pose: Pose | None = None) -> None:
        """Hold one of our slips."""
        self._lay("slip", draw_slip(code_or_url), pose or Pose(tilt=10, turn=3, fills=0.34))

    def show_badge(self, token: str, *, pose: Pose | None = None) -> None:
        """Hold a staff badge."""
        self._lay("badge", draw_badge(token), pose or Pose(tilt=6, turn=2, fills=0.31))

    def show_phone(self, text: str, *, pose: Pose | None = None) -> None:
        """Hold a phone that shows a code of ``text``."""
        self._lay("phone", draw_phone(text), pose or Pose(tilt=4, turn=-3, fills=0.26))

    def show_document(self, kind: str, url: str = LETTER_URL, *, pose: Pose | None = None) -> None:
        """Lay a paper on the tabletop: one of DOCUMENTS. Raises ValueError for another one."""
        if kind == "family_card":
            item, fills = draw_family_card(url), 0.66
        elif kind == "letter":
            item, fills = draw_letter(url), 0.36
        elif kind == "marriage_book":
            item, fills = draw_marriage_book(), 0.64
        else:
            raise ValueError(f"no document {kind!r}; there are {', '.join(DOCUMENTS)}")
        self._lay(kind, item, pose or Pose(tilt=9, swing=4, turn=2, fills=fills))

    def show_person(self, *, turn: float = 0.0, head: float = 0.5, beside: bool = False) -> None:
        """Somebody looks into the camera. ``turn`` from −1 to 1 is how far aside, ``head`` the share of the picture's
        height that the head fills, ``beside`` puts a second one next to the first."""
        height, width = self._tabletop.shape[:2]
        scene = person(width, height, head=head, turn=turn, x=0.33 if beside else 0.5)
        if beside:
            scene = person(width, height, head=0.9 * head, x=0.7, ground=scene)
        self._show("person", scene)

    def show_picture(self, picture: Image.Image, *, whole: bool = False, pose: Pose | None = None) -> None:
        """Hold a picture before the camera; ``whole`` makes it all that the camera sees."""
        if picture.width * picture.height > LARGEST_PICTURE:
            raise ValueError(f"a picture of more than {LARGEST_PICTURE:,} pixels")
        if whole:
            self._show("picture", _fitted(picture, self._tabletop.shape[1], self._tabletop.shape[0]))
            return
        fills = min(0.7, 0.5 * picture.width / picture.height)
        self._lay("picture", Item(picture.convert("RGBA"), 100.0), pose or Pose(tilt=3, turn=1, fills=fills))

    def type_text(self, text: str) -> None:
        """Scan with the wedge: ``text`` comes as keys, then Enter. Raises ValueError for what no key types."""
        self.wedge.type_text(text)

    def light(self, on: bool) -> None:
        """Switch the light over the tabletop."""
        self.camera.set_faults(light=1.0 if on else DARK)

    def plug_camera(self, plugged: bool) -> None:
        self.camera.set_faults(unplugged=not plugged)

    def plug_scanner(self, plugged: bool) -> None:
        if plugged:
            self.wedge.plug()
        else:
            self.wedge.unplug()

    def freeze_camera(self, frozen: bool) -> None:
        """Let the camera hang on its last picture."""
        self.camera.set_faults(frozen=frozen)

    def slow_camera(self, slow: bool) -> None:
        """Let the camera give less than a picture a second."""
        self.camera.set_faults(slow=slow)

    def shine(self, sheen: str | None = Sheen.FOIL) -> None:
        """Let what lies there throw back light, also what is laid there later; None ends it. ``sheen`` is one of :class:`Sheen`.
        Raises ValueError for an unknown one."""
        with self._lock:
            self._sheen = None if sheen is None else Sheen(sheen)
            self._light_up()

    @property
    def shines(self) -> bool:
        with self._lock:
            return self._sheen is not None

    def repair(self) -> None:
        """Everything plugged in, lit without a glare, and running."""
        self.shine(None)
        self.camera.set_faults(unplugged=False, frozen=False, slow=False, light=1.0)
        self.wedge.plug()
        if self.voice is not None:
            self.voice.mute(False)

    def view(self) -> Picture:
        """What lies there, in full light, as BGR: for the control page."""
        with self._lock:
            return self._scene

    def _lay(self, name: str, item: Item | None, pose: Pose) -> None:
        scene, corners = place(self._tabletop, item, pose, Shot(blur=0.5, noise=0), np.random.default_rng(0))
        self._show(name, scene, corners)

    def _show(self, name: str, scene: Picture, corners: NDArray[np.float32] = _NO_CORNERS) -> None:
        with self._lock:
            self._unlit, self._corners = scene, corners
            self._light_up()
            self._item = name

    def _light_up(self) -> None:
        """The scene with its glare, if it has one."""
        self._scene = self._unlit
        if self._sheen is None:
            return
        height, width = self._unlit.shape[:2]
        corners = self._corners if len(self._corners) else _MIDDLE * np.array((width, height), np.float32)
        spot = Shot(glare=0.9, sheen=self._sheen, glare_at=GLARE_AT, glare_size=GLARE_SIZE, glare_angle=0)
        light = sheen_light(self._unlit.shape, corners, spot, np.random.default_rng(0))
        self._scene = np.clip(self._unlit + light[:, :, None], 0, 255).astype(np.uint8)

    def _view(self) -> Picture:
        with self._lock:
            scene, self._frames = self._scene, self._frames + 1
            frames = self._frames
        dx, dy = HAND_DRIFT * math.sin(frames / 7), HAND_DRIFT * math.sin(frames / 11 + 1)
        drift = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
        size = (scene.shape[1], scene.shape[0])
        moved: Picture = cv2.warpAffine(scene, drift, size, borderMode=cv2.BORDER_REPLICATE)
        return moved


def _fitted(picture: Image.Image, width: int, height: int) -> NDArray[np.uint8]:
    """``picture`` scaled to fit into ``width`` × ``height``, on black, as BGR."""
    rgb = picture.convert("RGB")
    scale = min(width / rgb.width, height / rgb.height)
    rgb = rgb.resize((max(1, round(rgb.width * scale)), max(1, round(rgb.height * scale))))
    ground = Image.new("RGB", (width, height))
    ground.paste(rgb, ((width - rgb.width) // 2, (height - rgb.height) // 2))
    return np.ascontiguousarray(np.asarray(ground)[:, :, ::-1])
