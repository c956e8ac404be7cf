"""What can be touched: pressed while a finger is on it, chosen when the finger leaves the glass inside of it."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.widget import Widget

from screens.look.speakable import Speakable
from screens.look.stillness import stillness

#: In ``touch.ud``: the touch became something else (a pane is being moved), nobody may take it for a choice.
CANCELLED = "cancelled"
#: In ``touch.ud``: the touch draws; what it draws on may not be moved by it.
DRAWING = "drawing"


class Pressable(Speakable, Widget):
    """Mixed into a layout. Dispatches ``on_choose`` for a touch that begins and ends inside, or for the focus's key."""

    pressed = BooleanProperty(False)
    enabled = BooleanProperty(True)
    #: The focus is here; the ring round it is drawn by the stage (screens.look.focus_mark).
    focused = BooleanProperty(False)
    #: What is spoken when the focus comes here; by default its texts.
    spoken = StringProperty("")
    #: Whether keys can bring the focus here.
    focusable = BooleanProperty(True)
    #: Two touches in a row mean two: a letter, one more, one month on. Of everything else the second is the same one.
    repeats = BooleanProperty(False)

    __events__ = ("on_choose",)

    def __init__(self, **kwargs: Any) -> None:
        self._came_at = stillness().now()
        super().__init__(**kwargs)

    @property
    def listens(self) -> bool:
        """Whether it has stood where it is, and said what it says, for long enough to be meant by a finger."""
        return stillness().lasted(self._came_at)

    def came(self, *_: object) -> None:
        """It has only just come here, or says something else by now."""
        self._came_at = stillness().now()

    def on_pos(self, *_: object) -> None:
        """Whatever moves is deaf, until it has stood still for a while."""
        self.came()

    def on_choose(self) -> None:
        """Somebody chose this."""

    def on_touch_down(self, touch: Any) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        if not self.enabled or self.pressed or touch.is_mouse_scrolling:
            return True
        if self.listens:
            touch.grab(self)
            touch.ud[self] = self._came_at
            self.pressed = True
        else:
            # Whoever hammers has not looked yet.
            self.came()
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        self.pressed = not touch.ud.get(CANCELLED) and self.collide_point(*touch.pos)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        inside = self.collide_point(*touch.pos) and not touch.ud.get(CANCELLED)
        same = touch.ud.get(self) == self._came_at
        self.pressed = False
        if inside and same and self.enabled:
            if not self.repeats:
                self.came()
            self.choose()
        return True

    def choose(self) -> None:
        """As if it had been touched."""
        if self.enabled:
            self.dispatch("on_choose")
