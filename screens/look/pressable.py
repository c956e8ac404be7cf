"""What can be touched: pressed while a finger is on it, chosen when the finger leaves the glass inside of it."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.widget import Widget

from screens.look.speakable import Speakable

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

    __events__ = ("on_choose",)

    def on_choose(self) -> None:
        """Somebody chose this."""

    def on_touch_down(self, touch: Any) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        if self.enabled and not self.pressed and not touch.is_mouse_scrolling:
            touch.grab(self)
            self.pressed = True
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
        self.pressed = False
        if inside and self.enabled:
            self.choose()
        return True

    def choose(self) -> None:
        """As if it had been touched."""
        if self.enabled:
            self.dispatch("on_choose")
