"""Draws the window's frames: where nothing changed, the dots of the frame before stay.

Drawn by software, a frame of two million dots takes 20 to 40 ms, and a letter changes a hundredth of them. What a window
holds after it was shown belongs to the driver; so we only draw in parts where we have seen that it is still there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from kivy import kivy_shader_dir
from kivy.cache import Cache
from kivy.graphics.opengl import (
    GL_COLOR_BUFFER_BIT,
    GL_RENDERER,
    GL_RGB,
    GL_SCISSOR_TEST,
    GL_UNSIGNED_BYTE,
    glClear,
    glClearColor,
    glDisable,
    glEnable,
    glGetString,
    glReadPixels,
    glScissor,
)
from kivy.graphics.scissor_instructions import Rect, scissor_stack

from screens.drawing.changes import Box, Mark, Picture, area, around, common

#: Dots that are drawn in the time that going through all instructions once more takes.
PASS_DOTS: Final = 200_000
#: Passes of a frame, at most.
MOST_PASSES: Final = 3
#: Above this part of the window all of it is drawn.
NEARLY_ALL: Final = 0.75
#: Frames after which a driver has shown all of its buffers.
BUFFERS: Final = 4
#: Renderers whose window is a plain piece of memory; others are fast enough, and change between buffers.
BY_SOFTWARE: Final = ("llvmpipe", "softpipe", "swrast")


class Painter:
    """Takes over the drawing of a window from ``start`` to ``stop``; ``whole``: leaves it to Kivy."""

    def __init__(self, window: Any, *, whole: bool = False) -> None:
        self._window = window
        self._whole = whole
        self._picture = Picture()
        #: Size and ground of the frame on the glass.
        self._shown: tuple[Any, ...] = ()
        self._painting = False
        self._mark: Mark | None = None
        #: Whether frames are drawn in parts.
        self.in_parts = False
        #: What differed in the last frame, and what was drawn of it; for tests and measures.
        self.changed: list[Box] = []
        self.drawn: list[Box] = []

    def start(self) -> None:
        _fill_plainly()
        self.in_parts = not self._whole and by_software() and keeps_frames(self._window)
        if not self.in_parts:
            return
        with self._window.canvas.after:
            self._mark = Mark(self._passed)
        self._window.bind(on_draw=self.draw)
        # What was drawn to find that out is nobody's picture.
        self._window.canvas.ask_update()

    def stop(self) -> None:
        if self._mark is None:
            return
        self._window.unbind(on_draw=self.draw)
        self._window.canvas.after.remove(self._mark)
        self._mark, self.in_parts = None, False
        self._picture.forget()

    @contextmanager
    def beside(self) -> Iterator[None]:
        """What is drawn meanwhile does not come on the glass, and finds nothing that is still to be drawn there."""
        painting, self._painting = self._painting, True
        try:
            yield
        finally:
            self._painting = painting

    def draw(self, *_: Any) -> bool:
        """Instead of Kivy's own drawing."""
        window = self._window
        all_of_it: Box = (0, 0, *window.system_size)
        shown = (all_of_it, tuple(window.clearcolor))
        if shown != self._shown:
            self._shown = shown
            self._picture.forget()
        boxes = [common(box, all_of_it) for box in self._picture.changes(window.canvas)]
        self.changed = [box for box in boxes if area(box)]
        self.drawn = passes(self.changed, area(all_of_it))
        self._painting = True
        try:
            if any(area(box) >= NEARLY_ALL * area(all_of_it) for box in self.drawn):
                self.drawn = [all_of_it]
                window.clear()
                window.render_context.draw()
            else:
                # Without anything to be seen of it: what is flagged has to be taken up all the same.
                for box in self.drawn or [(0, 0, 0, 0)]:
                    self._draw_in(box)
        except BaseException:
            self._picture.forget()
            raise
        finally:
            self._painting = False
        return True

    def _draw_in(self, box: Box) -> None:
        left, bottom, right, top = (int(side) for side in box)
        scissor_stack.push(Rect(left, bottom, right - left, top - bottom))
        try:
            glEnable(GL_SCISSOR_TEST)
            glScissor(left, bottom, right - left, top - bottom)
            self._window.clear()
            self._window.render_context.draw()
        finally:
            scissor_stack.pop()
            glDisable(GL_SCISSOR_TEST)

    def _passed(self, _mark: Any) -> bool:
        """All of the canvas was gone through; by somebody else, its flags are gone, and we do not know for what."""
        if not self._painting:
            self._picture.forget()
        return True


def passes(boxes: list[Box], whole: float) -> list[Box]:
    """Few boxes that hold all of these: two become one where that costs less than going through all of it twice."""
    kept: list[Box] = []
    for box in boxes:
        grown = box
        while True:
            near = next((each for each in kept if _together(each, grown)), None)
            if near is None:
                break
            kept.remove(near)
            grown = around(near, grown)
        kept.append(grown)
        if area(grown) >= NEARLY_ALL * whole:
            return [grown]
    while len(kept) > MOST_PASSES:
        pairs = [(one, other) for place, one in enumerate(kept) for other in kept[:place]]
        one, other = min(pairs, key=lambda pair: area(around(*pair)) - area(pair[0]) - area(pair[1]))
        kept.remove(one)
        kept.remove(other)
        kept.append(around(one, other))
    return kept


def _together(one: Box, other: Box) -> bool:
    return area(around(one, other)) <= area(one) + area(other) + PASS_DOTS


def _fill_plainly() -> None:
    """Kivy fills what has no picture with a white one; of that, one dot is as good as four that are mixed."""
    white = Cache.get("kv.texture", str(Path(kivy_shader_dir, "default.png")))
    if white is not None:
        white.min_filter = white.mag_filter = "nearest"


def by_software() -> bool:
    name = glGetString(GL_RENDERER) or b""
    renderer = name.decode("ascii", "replace") if isinstance(name, bytes) else str(name)
    return any(word in renderer.lower() for word in BY_SOFTWARE)


def keeps_frames(window: Any) -> bool:
    """Whether a window holds the same dots after it was shown: looked at, a few frames long, in one dot of its corner."""
    glEnable(GL_SCISSOR_TEST)
    glScissor(0, 0, 1, 1)
    try:
        for frame in range(BUFFERS):
            shade = (frame + 1) / (BUFFERS + 1)
            glClearColor(shade, 0, shade, 1)
            glClear(GL_COLOR_BUFFER_BIT)
            before = bytes(glReadPixels(0, 0, 1, 1, GL_RGB, GL_UNSIGNED_BYTE))
            window.flip()
            if bytes(glReadPixels(0, 0, 1, 1, GL_RGB, GL_UNSIGNED_BYTE)) != before:
                return False
        return True
    finally:
        glDisable(GL_SCISSOR_TEST)
