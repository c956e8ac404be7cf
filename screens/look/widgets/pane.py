"""A pane: what does not fit is reached by two large buttons, or by pushing it with a finger.

Kivy's ScrollView waits before it lets a touch through, and people who never scrolled do not know that they can. Here a
touch reaches its target at once, and becomes a push only when it has moved a few millimetres, and never while it draws.
"""

from typing import Any

from kivy.clock import Clock
from kivy.graphics.scissor_instructions import ScissorPop, ScissorPush
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from screens.look.current import current
from screens.look.pressable import CANCELLED, DRAWING

#: A touch that moved less than this is a touch, not a push.
PUSH_MM = 5.0
#: Part of the height that one press of a button moves.
STEP = 0.8
#: Layout passes in which nothing moved before the rail is decided. Heights follow widths some passes later (a column, its
#: cards, their words, the texture, and all the way back): what is measured before is as high as text was at another width.
QUIET_PASSES = 12


class Aperture(Widget):
    """Shows a part of its only child, ``offset`` pixels from the child's top.

    Cut off by scissors, in pixels of the window: a stencil, which could be of any shape, is drawn twice itself and looked
    at for every point of what it cuts.
    """

    offset = NumericProperty(0)
    content = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas.before:
            self._scissors = ScissorPush(x=0, y=0, width=0, height=0)
        with self.canvas.after:
            ScissorPop()
        self._place = Clock.create_trigger(self._place_now, -1)
        self.bind(pos=self._changed, size=self._changed, offset=self._changed)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        super().add_widget(widget, *args, **kwargs)
        self.content = widget
        widget.bind(height=self._changed)
        self._place()

    def clear_widgets(self, children: Any = None) -> None:
        super().clear_widgets(children)
        self.content = None

    @property
    def hidden(self) -> float:
        """Pixels that do not fit."""
        return max(0.0, self.content.height - self.height) if self.content else 0.0

    def _changed(self, *_: object) -> None:
        self._place()

    def _place_now(self, *_: object) -> None:
        left, bottom = self.to_window(*self.pos)
        self._scissors.x, self._scissors.y = int(left), int(bottom)
        self._scissors.width, self._scissors.height = int(self.width), int(self.height)
        if self.content is None:
            return
        self.content.width = self.width
        offset = min(max(0.0, self.offset), self.hidden)
        if offset != self.offset:
            self.offset = offset
        self.content.x = self.x
        self.content.top = self.top + offset


class Rail(BoxLayout):
    """The two buttons beside a pane."""


class Pane(BoxLayout):
    """Holds one column of things and lets all of it be reached."""

    can_up = BooleanProperty(False)
    can_down = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        self._refresh = Clock.create_trigger(self._refresh_now, -1)
        self._seen: tuple[float, ...] = ()
        self._quiet = 0
        super().__init__(**kwargs)

    def on_kv_post(self, _base: Widget) -> None:
        self.ids.holder.bind(offset=self._moved, height=self._moved, content=self._moved)
        self._refresh()

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        if isinstance(widget, Aperture | Rail):
            super().add_widget(widget, *args, **kwargs)
            return
        self.ids.holder.add_widget(widget)
        widget.bind(height=self._moved)
        self._refresh()

    @property
    def offset(self) -> float:
        return float(self.ids.holder.offset)

    def scroll_to(self, offset: float) -> None:
        holder: Aperture = self.ids.holder
        holder.offset = max(0.0, min(offset, holder.hidden))

    def up(self) -> None:
        self.scroll_to(self.offset - self.ids.holder.height * STEP)

    def down(self) -> None:
        self.scroll_to(self.offset + self.ids.holder.height * STEP)

    def reveal(self, widget: Widget, *, end: bool = False) -> None:
        """Moves so that the widget can be seen; of one that is higher than the pane its top, or its ``end``."""
        holder: Aperture = self.ids.holder
        if holder.content is None:
            return
        # The content's own coordinates are the window's: none of the layouts between them is relative.
        top = holder.content.top - widget.top
        bottom = top + widget.height
        room = current().gap
        if bottom + room > holder.offset + holder.height:
            self.scroll_to(bottom + room - holder.height)
        too_high = widget.height + 2 * room > holder.height
        if top - room < holder.offset and not (end and too_high):
            self.scroll_to(top - room)

    def _moved(self, *_: object) -> None:
        self._refresh()

    def _refresh_now(self, *_: object) -> None:
        holder: Aperture = self.ids.holder
        seen = (holder.width, holder.height, holder.content.height if holder.content else 0)
        self._quiet = self._quiet + 1 if seen == self._seen else 0
        self._seen = seen
        if self._quiet < QUIET_PASSES:
            self._refresh()
            return
        self.can_up = holder.offset > 1
        self.can_down = holder.offset < holder.hidden - 1

    def on_touch_down(self, touch: Any) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        handled = super().on_touch_down(touch)
        drawing = touch.ud.get(DRAWING, False)
        if not drawing and self.ids.holder.collide_point(*touch.pos) and self.ids.holder.hidden > 0:
            touch.grab(self)
            touch.ud[self] = touch.y
        return bool(handled)

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return bool(super().on_touch_move(touch))
        if not touch.ud.get(CANCELLED) and abs(touch.y - touch.oy) > current().mm(PUSH_MM):
            touch.ud[CANCELLED] = True
            touch.ud[self] = touch.y
        if touch.ud.get(CANCELLED):
            self.scroll_to(self.offset + touch.y - touch.ud[self])
            touch.ud[self] = touch.y
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is self:
            touch.ungrab(self)
            return True
        return bool(super().on_touch_up(touch))
