"""A signature, drawn with the finger on the glass."""

import textwrap
from io import BytesIO
from itertools import pairwise
from math import dist
from typing import Any, Final

from kivy.graphics import Color
from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.widget import Widget
from PIL import Image, ImageDraw, ImageFont

from forms import Node
from kiosk.session.attachments import Attachment
from screens.citizen.controls.question import Question
from screens.citizen.follow_up.answers import is_drawing
from screens.drawing.lines import Polyline
from screens.look.current import current
from screens.look.decoded import photo_texture
from screens.look.pressable import DRAWING
from screens.look.tokens import LINE_RATIO
from screens.look.widgets.banner import Banner
from screens.look.widgets.cards import TileGrid

PNG: Final = "image/png"
#: Points of a stroke; a longer one is cut off.
STROKE_POINTS: Final = 4000
#: Width of the kept picture, in pixels.
PICTURE_WIDTH: Final = 900
PEN_MM: Final = 0.7
#: Less ink than this, in millimetres of stroke, is a tap or a slip of the finger.
INK_MM: Final = 10.0
#: Letters of a declaration, in pixels of the kept picture, and how many stand on a line.
DECLARATION_PIXELS: Final = 34
DECLARATION_COLUMNS: Final = 44

Stroke = list[float]


class SignaturePad(Widget):
    """Strokes are points relative to the pad's lower left corner.

    ``kept`` is a picture from before, as a texture: it is shown, and nothing is drawn over it.
    """

    empty = BooleanProperty(True)
    #: A line to sign on; a drawing has more room and no line.
    lined = BooleanProperty(True)
    kept = ObjectProperty(None, allownone=True)

    __events__ = ("on_drawn",)

    def __init__(self, **kwargs: Any) -> None:
        self.strokes: list[Stroke] = []
        self._lines: list[Polyline] = []
        super().__init__(**kwargs)

    def on_drawn(self) -> None:
        """A stroke ended."""

    @property
    def ink(self) -> float:
        """The length of all strokes, in pixels."""
        return sum(_length(stroke) for stroke in self.strokes)

    def clear(self) -> None:
        self.strokes.clear()
        for line in self._lines:
            self.canvas.remove(line)
        self._lines.clear()
        self.empty = True

    def on_touch_down(self, touch: Any) -> bool:
        if self.kept is not None or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        touch.ud[DRAWING] = True
        self.strokes.append([touch.x - self.x, touch.y - self.y])
        look = current()
        with self.canvas:
            Color(*look.c.ink)
            self._lines.append(Polyline(points=[touch.x, touch.y], width=look.mm(PEN_MM)))
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        if self.collide_point(*touch.pos) and len(self.strokes[-1]) < STROKE_POINTS:
            self.strokes[-1] += [touch.x - self.x, touch.y - self.y]
            self._lines[-1].points += [touch.x, touch.y]
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self.empty = False
        self.dispatch("on_drawn")
        return True

    def picture(self) -> bytes:
        """What was drawn, black on white, as PNG."""
        return draw(self.strokes, self.width, self.height)


def _length(stroke: Stroke) -> float:
    points = list(zip(stroke[::2], stroke[1::2], strict=True))
    return sum(dist(one, other) for one, other in pairwise(points))


def draw(strokes: list[Stroke], width: float, height: float) -> bytes:
    """Strokes on a pad of this size as a PNG of PICTURE_WIDTH pixels."""
    scale = PICTURE_WIDTH / max(1.0, width)
    image = Image.new("L", (PICTURE_WIDTH, max(1, round(height * scale))), 255)
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        points = [(x * scale, (height - y) * scale) for x, y in zip(stroke[::2], stroke[1::2], strict=True)]
        if len(points) > 1:
            pen.line(points, fill=0, width=6, joint="curve")
        else:
            x, y = points[0]
            pen.ellipse((x - 4, y - 4, x + 4, y + 4), fill=0)
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def declaration(text: str, font: str) -> bytes:
    """A picture that says in words what somebody could not draw, as PNG of PICTURE_WIDTH pixels."""
    letters = ImageFont.truetype(font, DECLARATION_PIXELS)
    lines = textwrap.wrap(text, DECLARATION_COLUMNS)
    image = Image.new("L", (PICTURE_WIDTH, (len(lines) + 1) * round(DECLARATION_PIXELS * LINE_RATIO)), 255)
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((DECLARATION_PIXELS, (number + 0.5) * DECLARATION_PIXELS * LINE_RATIO), line, fill=0, font=letters)
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


class SignatureQuestion(Question):
    """A pad, and a way to begin anew. What is kept is what is on the pad, or the declaration of whoever cannot draw; on
    a page made anew it is shown, and stays until it is cleared."""

    def build(self, node: Node) -> None:
        from screens.look.widgets.buttons import QuietButton

        texts = self.model.flow.texts
        self._drawing = is_drawing(node)
        self._refused = ""
        self._shown_name = ""
        self._pad = SignaturePad(lined=not self._drawing)
        self._pad.bind(on_drawn=self._drawn)
        self.add_widget(self._pad)
        look = current()
        row = TileGrid(cols=2 if look.body < look.mm(9) else 1)
        self._clear = QuietButton(text=texts("draw.clear" if self._drawing else "signature.clear"), icon="eraser")
        self._clear.bind(on_choose=self._cleared)
        row.add_widget(self._clear)
        self._declare = QuietButton(text=texts("signature.without"), icon="keyboard")
        self._declare.bind(on_choose=self._declared)
        row.add_widget(self._declare)
        self.add_widget(row)
        self._message = Banner()
        self.add_widget(self._message)

    def show(self, node: Node) -> None:  # noqa: ARG002
        attachment = self.model.attachment(self.ref)
        signed = attachment is not None
        self._show_kept(attachment if self._pad.empty else None)
        self._clear.enabled = signed or not self._pad.empty
        self._declare.enabled = not signed
        self._message.kind, self._message.text = self._state(signed)

    def holds_back(self) -> bool:
        """Ink that is too little to be kept would be lost without a word."""
        return not self._pad.empty and self.model.attachment(self.ref) is None

    def _state(self, signed: bool) -> tuple[str, str]:
        """The kind of banner and its text."""
        texts, drawing = self.model.flow.texts, self._drawing
        if self._refused:
            return "danger", self._refused
        if not signed and not self._pad.empty:
            return "warning", texts("draw.too_short" if drawing else "signature.too_short")
        if self.problem:
            return "danger", self.problem
        if signed and self._pad.empty:
            return "success", texts("draw.kept" if drawing else "signature.kept")
        if signed:
            return "success", texts("form.drawn" if drawing else "form.signed")
        return "info", texts("draw.how" if drawing else "signature.how")

    def _show_kept(self, attachment: Attachment | None) -> None:
        name = attachment.name if attachment is not None else ""
        if name == self._shown_name:
            return
        self._shown_name = name
        self._pad.kept = photo_texture(bytes(attachment.data)) if attachment is not None else None

    def _drawn(self, _pad: Any) -> None:
        if self._pad.ink < current().mm(INK_MM):
            self.refresh()
            return
        self._keep(self._pad.picture())

    def _declared(self, _button: Any) -> None:
        """By keys, or by a hand that cannot draw: the picture says so, with the time."""
        flow = self.model.flow
        text = flow.texts("signature.declared", when=flow.formatting.moment(flow.context.now()))
        self._pad.clear()
        self._keep(declaration(text, current().font))

    def _keep(self, picture: bytes) -> None:
        self._refused = self.model.attach(self.ref, picture, PNG)
        self.refresh()

    def _cleared(self, _button: Any) -> None:
        self._pad.clear()
        self._refused = ""
        if self.model.attachment(self.ref) is not None:
            self.model.detach(self.ref)
        else:
            self.refresh()
