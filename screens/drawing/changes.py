"""What differs between the picture on the glass and the next one, as boxes in dots of the window.

Not widgets are compared but the instructions that draw them, all of them, so nothing that is drawn can be forgotten. Kivy
flags an instruction that changed, and every group round it, until it was drawn. Of each that was drawn we know with what it
was drawn: box, colour, opacity, turn, scissors. Only groups with a flag, or that come after one that drew with something
else, are looked at again.

- An instruction that is flagged, new, or drawn with something else costs the box where it was and the box where it is.
- One that is gone costs the box where it was.
- A group that is flagged although nothing in it differs was asked to draw again (a picture that was written into): all of it.
- Whatever is not known here costs the whole window.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, floor, inf
from typing import Any, Final

from kivy.graphics import (
    BindTexture,
    Callback,
    Color,
    Ellipse,
    PopMatrix,
    PushMatrix,
    Rectangle,
    RoundedRectangle,
)
from kivy.graphics.context_instructions import MatrixInstruction
from kivy.graphics.instructions import InstructionGroup, RenderContext
from kivy.graphics.scissor_instructions import ScissorPop, ScissorPush
from kivy.graphics.transformation import Matrix

from screens.drawing.lines import Polyline

#: Left, bottom, right, top.
Box = tuple[float, float, float, float]
EVERYWHERE: Final[Box] = (-inf, -inf, inf, inf)
NOWHERE: Final[Box] = (inf, inf, -inf, -inf)
#: Dots round a shape that its edge may touch.
EDGE: Final = 1


@dataclass(frozen=True, slots=True)
class Brush:
    """With what the next instruction draws."""

    colour: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)
    opacity: float = 1.0
    #: None: as it is.
    turns: tuple[tuple[float, ...] | None, ...] = (None,)
    scissors: tuple[Box, ...] = (EVERYWHERE,)

    @property
    def seen(self) -> bool:
        return self.opacity > 0 and self.colour[3] > 0


class Mark(Callback):
    """Is told that it was drawn, and draws nothing."""


class Drawn:
    """An instruction, and where and with what it was drawn."""

    __slots__ = ("box", "brush", "instruction")

    def __init__(self, instruction: Any, brush: Brush, box: Box) -> None:
        self.instruction, self.brush, self.box = instruction, brush, box

    def boxes(self) -> Iterator[Box]:
        yield self.box


class DrawnGroup:
    """A group, and what was drawn of it."""

    __slots__ = ("after", "before", "instruction", "opacity", "parts")

    def __init__(self, group: Any, before: Brush) -> None:
        self.instruction, self.before, self.after = group, before, before
        self.opacity = 1.0
        self.parts: list[Drawn | DrawnGroup] = []

    def boxes(self) -> Iterator[Box]:
        for part in self.parts:
            yield from part.boxes()


class Picture:
    """What is on the glass. ``changes`` brings it in line with the canvas, which has to be drawn next."""

    def __init__(self) -> None:
        self._root: DrawnGroup | None = None
        self._boxes: list[Box] = []

    def forget(self) -> None:
        """Something else was drawn: nothing is known of it."""
        self._root = None

    def changes(self, canvas: Any) -> list[Box]:
        """The boxes that differ; ``EVERYWHERE`` is among them when that is not known."""
        before, self._boxes = self._root, []
        if before is not None and before.instruction is not canvas:
            before = None
        if before is None:
            self._boxes.append(EVERYWHERE)
        self._root, _ = self._group(canvas, before, Brush())
        return [box for box in self._boxes if box[0] < box[2] and box[1] < box[3]]

    # --- inside ----------------------------------------------------------------------------------------------------

    def _group(self, group: Any, before: DrawnGroup | None, brush: Brush) -> tuple[DrawnGroup, bool]:
        """What is drawn of it now, and whether something in it differs."""
        flagged = group.needs_redraw
        if before is not None and not flagged and before.before == brush:
            return before, False
        now = DrawnGroup(group, brush)
        now.opacity = getattr(group, "opacity", 1.0)
        inner = brush if now.opacity == 1 else replace(brush, opacity=brush.opacity * now.opacity)
        differs = self._parts(now, before.parts if before is not None else [], inner)
        if flagged and not differs:
            # Asked to be drawn again: what is written into a picture cannot be seen here.
            self._boxes += now.boxes()
            differs = True
        return now, differs

    def _parts(self, now: DrawnGroup, before: list[Drawn | DrawnGroup], brush: Brush) -> bool:
        differs, last = False, 0
        known = {id(part.instruction): place for place, part in enumerate(before)}
        for instruction in now.instruction.children:
            place = known.get(id(instruction), -1)
            was = None
            if place >= last:
                # What stood between the two is gone, or stands elsewhere.
                differs |= self._gone(before[last:place])
                was, last = before[place], place + 1
            part: Drawn | DrawnGroup
            if isinstance(instruction, InstructionGroup) and not isinstance(instruction, RenderContext):
                part, other = self._group(instruction, was if isinstance(was, DrawnGroup) else None, brush)
                differs |= other
                brush = part.after
                now.parts.append(part)
                continue
            changed = _brush(instruction, brush)
            if changed is not None:
                brush = changed
                continue
            part = self._one(instruction, was if isinstance(was, Drawn) else None, brush)
            differs |= part is not was
            now.parts.append(part)
        differs |= self._gone(before[last:])
        outer = now.before.opacity
        now.after = brush if brush.opacity == outer else replace(brush, opacity=outer)
        return differs

    def _gone(self, parts: list[Drawn | DrawnGroup]) -> bool:
        for part in parts:
            self._boxes += part.boxes()
        return bool(parts)

    def _one(self, instruction: Any, was: Drawn | None, brush: Brush) -> Drawn:
        if was is not None and not instruction.needs_redraw and was.brush == brush:
            return was
        box = _box(instruction, brush)
        now = Drawn(instruction, brush, box)
        if was is not None:
            self._boxes.append(was.box)
        self._boxes.append(box)
        return now


def _brush(instruction: Any, brush: Brush) -> Brush | None:
    """With what is drawn after an instruction that draws nothing itself; None for one that draws."""
    if isinstance(instruction, BindTexture | Mark):
        # A shape whose picture was exchanged is flagged itself.
        return brush
    if isinstance(instruction, Color):
        colour = tuple(instruction.rgba)
        return brush if colour == brush.colour else replace(brush, colour=colour)
    if isinstance(instruction, PushMatrix):
        return replace(brush, turns=(*brush.turns, brush.turns[-1]))
    if isinstance(instruction, PopMatrix):
        return replace(brush, turns=brush.turns[:-1] or (None,))
    if isinstance(instruction, MatrixInstruction):
        turned = _turn(brush.turns[-1]).multiply(instruction.matrix)
        return replace(brush, turns=(*brush.turns[:-1], tuple(value for row in turned.tolist() for value in row)))
    if isinstance(instruction, ScissorPush):
        (x, y), (width, height) = instruction.pos, instruction.size
        return replace(brush, scissors=(*brush.scissors, common(brush.scissors[-1], (x, y, x + width, y + height))))
    if isinstance(instruction, ScissorPop):
        return replace(brush, scissors=brush.scissors[:-1] or (EVERYWHERE,))
    return None


def _turn(values: tuple[float, ...] | None) -> Matrix:
    turn = Matrix()
    if values is not None:
        turn.set(flat=list(values))
    return turn


def _box(instruction: Any, brush: Brush) -> Box:
    """Where it draws."""
    if isinstance(instruction, RenderContext):
        # A picture of its own; seen where it is drawn with, which is known when it was drawn before.
        return EVERYWHERE if instruction.needs_redraw else NOWHERE
    if not brush.seen:
        return NOWHERE
    box, around = _shape(instruction)
    if box in (NOWHERE, EVERYWHERE):
        return box
    if brush.turns[-1] is not None:
        box = _turned(box, _turn(brush.turns[-1]))
    left, bottom, right, top = box
    return common(
        (floor(left - around), floor(bottom - around), ceil(right + around), ceil(top + around)), brush.scissors[-1]
    )


def _shape(instruction: Any) -> tuple[Box, float]:
    """Its box, and how far it reaches over it."""
    kind = type(instruction)
    if kind in (Rectangle, RoundedRectangle, Ellipse):
        return _upright(*instruction.pos, *instruction.size), EDGE
    if not isinstance(instruction, Polyline):
        return EVERYWHERE, 0
    points = instruction.points
    if not points:
        return NOWHERE, 0
    # A pointed corner reaches farther than half of the line's breadth.
    reach = EDGE + 2 * instruction.width
    return (min(points[::2]), min(points[1::2]), max(points[::2]), max(points[1::2])), reach


def _upright(x: float, y: float, width: float, height: float) -> Box:
    if not width or not height:
        return NOWHERE
    return (min(x, x + width), min(y, y + height), max(x, x + width), max(y, y + height))


def _turned(box: Box, turn: Matrix) -> Box:
    left, bottom, right, top = box
    points = [turn.transform_point(x, y, 0) for x in (left, right) for y in (bottom, top)]
    across, up = [point[0] for point in points], [point[1] for point in points]
    return (min(across), min(up), max(across), max(up))


def common(one: Box, other: Box) -> Box:
    """What both hold."""
    return (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))


def around(one: Box, other: Box) -> Box:
    """The smallest that holds both."""
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


def area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])
