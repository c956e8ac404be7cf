"""Only what changed is drawn, and what is on the glass is what a whole frame would have shown, to the dot."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kivy.core.window import Window
from kivy.graphics import Canvas, Color, Ellipse, Fbo, Line, PopMatrix, PushMatrix, Rectangle, Rotate, RoundedRectangle
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
from kivy.graphics.scissor_instructions import ScissorPop, ScissorPush
from kivy.tests.common import UnitTestTouch
from screens_harness import BOOT, Hands

from devices.clips.player import ClipFrame
from protocol.peripherals import Hint
from rehearsal.devices import Sight
from rehearsal.gallery.control_states import show
from rehearsal.gallery.way import Way, open_form
from screens.citizen.controls.signature import SignaturePad
from screens.drawing.changes import EVERYWHERE, area
from screens.drawing.lines import Outline
from screens.drawing.painter import Painter, keeps_frames, passes
from screens.look.colours import Contrast
from screens.look.tokens import TextSize
from screens.look.widgets.picture import LivePicture
from screens.look.widgets.sign import Batik
from screens.look.widgets.text import Words
from screens.navigation.appearance import Appearance
from screens.shell.enlarged import Loupe
from tests.soaking import SOAK

#: Random touches and drags; in a soak so many.
TOUCHES = 20
LONG_TOUCHES = 3_000
WINDOW = BOOT.width * BOOT.height
#: The part of the window that a letter may cost: its key, and what stands in the field.
LETTER = 0.03


class Glass:
    """What is on the window, and what a whole frame would show."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.painter: Painter = hands.app.painter

    def dots(self) -> bytes:
        return bytes(glReadPixels(0, 0, BOOT.width, BOOT.height, GL_RGB, GL_UNSIGNED_BYTE))

    def whole(self) -> bytes:
        """Drawn into the window, too: into a picture, hairlines fall on other dots. Both are the same, or a test fails."""
        with self.painter.beside():
            Window.on_draw()
        return self.dots()

    def frame(self, what: object) -> None:
        """The next frame; it must leave on the glass what a whole one would."""
        self.painter.drawn = []
        self.hands.frame()
        assert not self.painter.drawn or self.dots() == self.whole(), f"after {what}: drawn in {self.painter.drawn}"

    def frames(self, what: object) -> None:
        for _ in range(3):
            self.frame(what)


@pytest.fixture
def glass(citizens: Hands) -> Iterator[Glass]:
    before, citizens.draws = citizens.draws, True
    citizens.settle()
    yield Glass(citizens)
    citizens.app.flow.preferences.dress(Appearance())
    citizens.draws = before


def finger(glass: Glass, widget: Any, what: str) -> None:
    """Down and up on a widget, looked at after both."""
    glass.hands.look()
    touch = UnitTestTouch(*widget.to_window(*widget.center))
    touch.touch_down()
    glass.frame(f"a finger on {what}")
    touch.touch_up()
    glass.frames(what)


def parted(glass: Glass) -> float:
    """The part of the window that the last frame drew."""
    return sum(area(box) for box in glass.painter.drawn) / WINDOW


def test_the_window_keeps_its_dots_so_frames_are_drawn_in_parts(glass: Glass) -> None:
    assert glass.painter.in_parts


def test_a_visit_is_on_the_glass_as_whole_frames_would_show_it(glass: Glass) -> None:
    hands, flow = glass.hands, glass.hands.app.flow
    finger(glass, hands.find(hands.text("home.start")), "start")
    finger(glass, hands.find(hands.text("services.search")), "search")
    for letter in "domx":
        finger(glass, hands.key(letter), letter)
    finger(glass, hands.key("<backspace>"), "backspace")
    finger(glass, hands.find("Domisili"), "a service")
    hands.page.ids.pane.down()
    glass.frames("the pane was pushed")
    hands.page.ask_help()
    glass.frames("help")
    flow.close_over()
    glass.frames("help was closed")
    open_form(Way(hands), "domisili")
    glass.frames("a form")
    model = hands.page.model
    model.focus_on(model.questions[1])
    glass.frames("a field")
    for letter in "si":
        finger(glass, hands.key(letter), letter)
    hands.page.go_forward()
    glass.frames("what is wrong")


def test_other_looks_are_on_the_glass_whole(glass: Glass) -> None:
    hands = glass.hands
    for appearance in (
        Appearance("en", Contrast.DARK, TextSize.EXTRA),
        Appearance("jv", Contrast.LIGHT, TextSize.SMALL),
    ):
        hands.app.flow.preferences.dress(appearance)
        glass.frames(appearance)


def test_a_camera_a_loupe_and_a_pen_are_on_the_glass_as_whole_frames_would_show_them(glass: Glass) -> None:
    """What is written into while it is shown, what is cut by a stencil, and lines that grow."""
    hands = glass.hands
    show("foto")(Way(hands))
    glass.frames("a viewfinder")
    hands.rehearsal.camera.in_sight = Sight(hands.rehearsal.camera.sheet, Hint.READY)
    glass.frames("a sheet is in sight")
    show("foto", "")(Way(hands))
    glass.frames("a photo")
    finger(glass, hands.find(hands.text("photo.enlarge")), "the photo")
    finger(glass, hands.find(hands.text("photo.larger")), "larger")
    drag(glass, next(each for each in hands.widgets() if isinstance(each, Loupe)), "the loupe")
    hands.app.flow.close_over()
    show("tanda_tangan")(Way(hands))
    glass.frames("a signature")
    drag(glass, next(each for each in hands.widgets() if isinstance(each, SignaturePad)), "the pad")


def drag(glass: Glass, widget: Any, what: str) -> None:
    x, y = widget.to_window(*widget.center)
    glass.hands.look()
    touch = UnitTestTouch(x, y)
    touch.touch_down()
    for right, upward in ((20, 5), (25, 40), (3, 7)):
        touch.touch_move(x + right, y + upward)
        glass.frame(f"a finger moves on {what}")
    touch.touch_up()
    glass.frames(what)


@pytest.mark.longer_in_soak
def test_fingers_anywhere_leave_nothing_behind(glass: Glass) -> None:
    hands, chance = glass.hands, random.Random(14)
    hands.app.flow.citizen.start()
    glass.frames("start")
    for number in range(LONG_TOUCHES if SOAK else TOUCHES):
        touch = UnitTestTouch(chance.uniform(0, BOOT.width), chance.uniform(0, BOOT.height))
        hands.look()
        touch.touch_down()
        glass.frame(f"touch {number}")
        touch.touch_move(touch.x + chance.uniform(-30, 30), touch.y + chance.uniform(-200, 200))
        glass.frame(f"move {number}")
        touch.touch_up()
        glass.frame(f"up {number}")
        if hands.app.flow.session is None:
            hands.app.flow.citizen.start()


def test_a_letter_draws_its_key_and_its_field(glass: Glass) -> None:
    hands = glass.hands
    open_form(Way(hands), "domisili")
    glass.frames("a form")
    model = hands.page.model
    model.focus_on(model.questions[1])
    glass.frames("a field")
    finger(glass, hands.key("s"), "the first letter, which changes the capitals")
    hands.look()
    key = hands.key("a")
    touch = UnitTestTouch(*key.to_window(*key.center))
    touch.touch_down()
    touch.touch_up()
    glass.frame("a")
    assert 0 < sum(area(box) for box in set(glass.painter.changed)) / WINDOW <= LETTER


def test_nothing_is_drawn_while_nothing_changes(glass: Glass) -> None:
    glass.frames("home")
    assert not Window.canvas.needs_redraw


def test_a_picture_that_is_written_into_is_drawn_again(glass: Glass) -> None:
    """The camera's: its shape is as before, its dots are not."""
    shape = glass.hands.page.canvas
    with shape:
        Color(1, 1, 1, 1)
        drawn = Rectangle(pos=(100, 200), size=(50, 60))
    glass.frames("a picture")
    glass.painter.drawn = []
    shape.ask_update()
    glass.hands.frame()
    assert any(
        left <= 100 and bottom <= 200 and right >= 150 and top >= 260
        for left, bottom, right, top in glass.painter.drawn
    )
    shape.remove(drawn)


def test_a_live_picture_is_drawn_again_with_each_of_its_frames(glass: Glass) -> None:
    live = LivePicture(pos=(100, 200), size=(50, 60), size_hint=(None, None))
    glass.hands.stage.add_widget(live)
    try:
        for number, shade in enumerate((250, 10, 120)):
            frame = ClipFrame(bytes([shade] * 3 + [255]) * 50 * 60, 50, 60, number)
            live.source = lambda frame=frame: frame
            glass.frame(f"a frame of {shade}")
            middle = bytes(glReadPixels(125, 230, 1, 1, GL_RGB, GL_UNSIGNED_BYTE))
            assert middle == bytes([shade] * 3)
    finally:
        glass.hands.stage.remove_widget(live)


class Shapes:
    """Two areas, one over the other, and what a canvas can do to them."""

    def __init__(self) -> None:
        self.group, self.inner = Canvas(), Canvas()
        with self.group:
            self.colour = Color(1, 0, 0, 1)
            PushMatrix()
            self.turn = Rotate(angle=0, origin=(150, 250))
            self.scissors = ScissorPush(x=90, y=190, width=200, height=200)
            self.under = Rectangle(pos=(100, 200), size=(80, 90))
            PopMatrix()
            ScissorPop()
            self.other = Color(0, 0, 1, 1)
            self.over = Ellipse(pos=(140, 240), size=(90, 90))
        self.group.insert(self.group.indexof(self.under) + 1, self.inner)
        self.inner.add(Rectangle(pos=(120, 220), size=(20, 20)))

    def swap(self) -> None:
        self.group.remove(self.over)
        self.group.insert(0, self.over)

    def hide(self) -> None:
        self.inner.opacity = 0


CHANGES: dict[str, Callable[[Shapes], object]] = {
    "the last is gone": lambda shapes: shapes.group.remove(shapes.over),
    "the first is gone": lambda shapes: shapes.group.remove(shapes.under),
    "all is gone": lambda shapes: shapes.group.clear(),
    "one more": lambda shapes: shapes.group.add(Rectangle(pos=(300, 300), size=(30, 30))),
    "one more within": lambda shapes: shapes.inner.add(Rectangle(pos=(130, 200), size=(30, 30))),
    "the other order": Shapes.swap,
    "moved": lambda shapes: setattr(shapes.under, "pos", (10, 230)),
    "grown": lambda shapes: setattr(shapes.over, "size", (10, 300)),
    "another colour": lambda shapes: setattr(shapes.colour, "rgba", (0, 1, 0, 1)),
    "no colour": lambda shapes: setattr(shapes.other, "a", 0),
    "half seen": lambda shapes: setattr(shapes.group, "opacity", 0.5),
    "unseen within": Shapes.hide,
    "cut": lambda shapes: setattr(shapes.scissors, "height", 40),
    "turned": lambda shapes: setattr(shapes.turn, "angle", 30),
    "a line round it": lambda shapes: shapes.group.add(Outline(width=3, box=(95, 195, 100, 120, 20))),
    "a circle": lambda shapes: shapes.group.add(Line(width=3, circle=(200, 300, 60))),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_of_a_canvas_is_seen(glass: Glass, change: str) -> None:
    shapes = Shapes()
    canvas = glass.hands.page.canvas
    canvas.add(shapes.group)
    try:
        glass.frames("shapes")
        CHANGES[change](shapes)
        glass.frame(change)
        assert glass.painter.changed
    finally:
        canvas.remove(shapes.group)
    glass.frame("shapes are gone")


def test_what_somebody_else_drew_is_drawn_whole_the_next_time(glass: Glass) -> None:
    glass.frames("home")
    glass.hands.page.canvas.ask_update()
    Window.on_draw()
    glass.hands.app.flow.citizen.start()
    glass.hands.frame()
    assert parted(glass) == 1


def test_frames_are_whole_when_that_is_set(glass: Glass) -> None:
    painter = Painter(Window, whole=True)
    painter.start()
    assert not painter.in_parts
    painter.stop()


def test_a_window_that_changes_between_buffers_is_found_out() -> None:
    class Turning:
        """As most graphics drivers do: what was drawn last is not what is drawn on next."""

        def flip(self) -> None:
            other = Fbo(size=(4, 4))
            other.bind()
            others.append(other)

    others: list[Fbo] = []
    try:
        assert not keeps_frames(Turning())
    finally:
        for other in reversed(others):
            other.release()
    assert keeps_frames(Window)


def test_boxes_are_joined_where_that_is_cheaper_than_another_pass() -> None:
    near = passes([(0, 0, 100, 100), (90, 0, 200, 100)], 2_000_000)
    far = passes([(0, 0, 100, 100), (900, 1800, 1000, 1900)], 2_000_000)
    many = passes([(x, y, x + 9, y + 9) for x in range(0, 1000, 500) for y in range(0, 1900, 600)], 2_000_000)
    assert (near, len(far), len(many) <= 3) == ([(0, 0, 200, 100)], 2, True)
    assert passes([EVERYWHERE, (0, 0, 9, 9)], 2_000_000) == [EVERYWHERE]


def test_areas_are_filled_and_texts_drawn_dot_for_dot(glass: Glass) -> None:
    shapes = [
        each for widget in glass.hands.widgets() for each in (*widget.canvas.before.children, *widget.canvas.children)
    ]
    pictures = {each.texture for each in shapes if isinstance(each, Rectangle | RoundedRectangle) and each.texture}
    pictures -= {batik.canvas.children[-1].texture for batik in glass.hands.widgets() if isinstance(batik, Batik)}
    assert len(pictures) > 1
    assert {(picture.mag_filter, picture.min_filter) for picture in pictures} == {("nearest", "nearest")}


def test_of_a_text_only_what_is_written_on_is_drawn(glass: Glass) -> None:
    texts = [widget for widget in glass.hands.widgets() if isinstance(widget, Words) and widget.text]
    drawn = [each for text in texts for each in text.canvas.children if isinstance(each, Rectangle)]
    wide = max(texts, key=lambda text: text.width - text._label._cached_lines[0].w)
    assert sum(each.size[0] for each in drawn) < sum(text.texture_size[0] for text in texts)
    assert drawn[texts.index(wide)].size[0] < wide.width


def test_the_line_round_a_surface_has_few_corners(glass: Glass) -> None:
    lines = [
        each for widget in glass.hands.widgets() for each in widget.canvas.before.children if isinstance(each, Outline)
    ]
    assert lines
    assert max(len(line.points) / 2 for line in lines) <= 36
