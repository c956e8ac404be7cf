"""Operating the screens by keys alone: each key's action goes to the focus, the page or the voice.

A finger on the glass takes the mark away, the next key brings it back; both may be mixed at any time.
"""

from typing import Any

from kivy.clock import Clock

from screens.access.focus import FocusRing, box_of
from screens.access.keys import ONCE, Action, KeyMap
from screens.access.narrator import Narrator
from screens.access.typing import TypingKeys
from screens.look.focus_mark import seen_box
from screens.look.widgets.dialog import Dialog
from screens.look.widgets.field import Field
from screens.look.widgets.page import Page
from screens.look.widgets.pane import Aperture, Pane
from screens.navigation.flow import Flow
from screens.shell.stage import Stage
from screens.shell.switches import Switches


class Keypad:
    """Lives as long as the stage; ``close`` stops the clock that moves the mark."""

    def __init__(self, flow: Flow, stage: Stage, keys: KeyMap, narrator: Narrator, same_key_s: float = 0.0) -> None:
        self._flow = flow
        self._stage = stage
        self._keys = keys
        self._narrator = narrator
        self.ring = FocusRing(self._layer, self._reading)
        self._typing = TypingKeys()
        #: For hands that tremble: the same key counts once within so many seconds (EN 301 549, 5.8).
        self._same_key_s = same_key_s
        self._struck: tuple[int, float] | None = None
        self.switches = Switches(flow, self.ring, narrator, self._choose, self._offered)
        self._held: set[int] = set()
        self._topic: object = None
        self._entry_seen: Any = None
        self._reveal_trigger = Clock.create_trigger(self._reveal)
        # A frame later, when texts have the room they need: what has no room is not there.
        self._settle_trigger = Clock.create_trigger(self._settle)
        self._follow_event = Clock.create_trigger(self._follow, 0, interval=True)

    # --- from the window -------------------------------------------------------------------------------------------

    def pressed(self, code: int, modifiers: Any, scancode: int = 0) -> None:
        """A key went down, or repeats because it is held."""
        if self._flow.staff.deaf:
            return
        action = self._keys.action(code, shift="shift" in modifiers, scancode=scancode)
        repeated = code in self._held
        self._held.add(code)
        if not repeated and self._struck_twice(code):
            return
        if action is None and not repeated and self._typing.types(code):
            self._type(code)
            return
        if action is None or (repeated and action in ONCE):
            return
        self._flow.scans.touched()
        if not self._stage.in_step:
            self._flow.touched()
            return
        warned, asleep = self._flow.idle_left is not None, self._flow.rest.asleep
        self._flow.touched()
        self._narrator.key_pressed(action)
        if not warned and not asleep:
            self.act(action)

    def released(self, code: int) -> None:
        self._held.discard(code)

    def touched(self) -> None:
        """A finger came: the ring goes, the focus stays where it was. What the finger did is spoken."""
        if self.ring.shown:
            self.ring.hide()
            self._show()
        self._narrator.touched()
        if self._narrator.on:
            self.settle()

    # --- what is asked for -----------------------------------------------------------------------------------------

    def act(self, action: Action) -> None:
        match action:
            case Action.OK:
                self._choose()
            case Action.BACK:
                self._back()
            case Action.FORWARD:
                self._forward()
            case Action.HELP:
                self._flow.open_help()
            case Action.SWITCH_STEP | Action.SWITCH_CHOOSE:
                self.switches.pressed(action)
            case Action.NEXT | Action.PREVIOUS | Action.UP | Action.DOWN | Action.LEFT | Action.RIGHT:
                self._move(action)
            case _:
                self._narrator.asked(action)
                if action in (Action.QUIETER, Action.LOUDER) and self._narrator.on:
                    self._show_loudness()

    def settle(self) -> None:
        """After anything may have changed: a new layer begins at its beginning, the same one where the focus was."""
        self._settle_trigger()

    def wipe(self) -> None:
        """The session is over: nothing of it is kept, neither what had the focus nor what was spoken."""
        self.ring.forget()
        self.switches.stop()
        self._topic = self._entry_seen = None
        self._narrator.wipe()

    def close(self) -> None:
        self._follow_event.cancel()
        self._reveal_trigger.cancel()
        self._settle_trigger.cancel()
        self.ring.forget()
        self.ring.hide()
        self._stage.mark.follow(None)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _settle(self, _seconds: float) -> None:
        topic = self._stage.topic
        if topic != self._topic:
            self._topic = topic
            self.ring.forget()
            self.switches.page_changed()
            if self.ring.shown or self._narrator.on:
                self.ring.first()
            self._entry_seen = self._entry()
        else:
            self._follow_entry()
            self.ring.settle()
            self.switches.settle()
        self._narrator.look(self.ring, self._layer(), topic)
        self._show()
        self._reveal_trigger()

    def _layer(self) -> Any:
        return self._stage.layer

    def _reading(self) -> bool:
        return self._narrator.on

    def _move(self, action: Action) -> None:
        if self.ring.shown or self._narrator.on:
            self.ring.move(action)
        elif self.ring.settle() is None:
            self.ring.first()
        self.ring.shown = True
        self._moved()

    def _choose(self) -> None:
        if not self.ring.shown and not self._narrator.on:
            self._move(Action.NEXT)
            return
        self.ring.shown = True
        if self.ring.choose():
            self._narrator.chosen(self.ring, self._layer())
            self._follow_focus()
        else:
            self._narrator.say_again(self.ring.current)

    def _show_loudness(self) -> None:
        step, of = self._flow.voice.loudness
        text, now = self._flow.preferences.loudness_text, self._flow.context.monotonic()
        self._stage.loudness.show(text, step, of, (self._stage.width, self._stage.height), now)

    def _moved(self) -> None:
        self._narrator.moved(self.ring.current)
        self._follow_focus()

    def _follow_focus(self) -> None:
        self._show()
        self._reveal_trigger()

    def _back(self) -> None:
        layer = self._layer()
        if isinstance(layer, Dialog):
            layer.answer_yes()
        elif isinstance(layer, Page) and layer.back:
            layer.go_back()

    def _forward(self) -> None:
        layer = self._layer()
        if isinstance(layer, Page) and layer.ids.forward.enabled:
            layer.ids.forward.choose()
        else:
            self._narrator.say_again(self.ring.current)

    def _type(self, code: int) -> None:
        """Into the field with the focus, or the one that is being typed into; only where keys are used: what a scanner
        sends as a keyboard types nothing behind a finger's back."""
        if not self._stage.in_step or self._flow.idle_left is not None or self._flow.rest.asleep:
            self._flow.touched()
            return
        if not (self.ring.shown or self._narrator.on):
            return
        self._flow.touched()
        widget = self.ring.widget
        if isinstance(widget, Field) and not widget.active and widget.enabled:
            widget.choose()
        entry = self._entry()
        if entry is not None:
            self._typing.press(code, entry)
            self._narrator.chosen(self.ring, self._layer())

    def _struck_twice(self, code: int) -> bool:
        before, now = self._struck, self._flow.context.monotonic()
        self._struck = (code, now)
        return before is not None and before[0] == code and now - before[1] < self._same_key_s

    def _entry(self) -> Any:
        layer = self._layer()
        return layer.entry if isinstance(layer, Page) else None

    def _follow_entry(self) -> None:
        """Another field is being typed into, without having been chosen by itself: the focus goes there."""
        entry = self._entry()
        if entry is self._entry_seen:
            return
        self._entry_seen = entry
        current = self.ring.current
        if entry is None or current is None or current.is_key:
            return
        for stop in self.ring.stops():
            if getattr(stop.widget, "entry", None) is entry and stop.widget is not current.widget:
                self.ring.go_to(stop.widget)
                return

    def _show(self) -> None:
        """Draws the ring as long as keys are used."""
        if self.ring.shown and self.ring.widget is not None:
            self._follow_event()
        else:
            self._follow_event.cancel()
            self._stage.mark.follow(None)

    def _offered(self) -> None:
        self.ring.shown = True
        self._follow_focus()

    def _follow(self, _seconds: float) -> None:
        if not self.ring.shown:
            self._show()
            return
        offered = self.switches.box
        if offered is not None:
            self._stage.mark.follow(offered)
            return
        widget = self.ring.widget
        self._stage.mark.follow(seen_box(widget, box_of(widget)) if widget is not None else None)

    def _reveal(self, _seconds: float) -> None:
        widget = self.ring.widget
        if widget is not None and (self.ring.shown or self._narrator.on):
            pane = _pane_of(widget)
            if pane is not None:
                pane.reveal(widget)


def _pane_of(widget: Any) -> Pane | None:
    inside = False
    while widget is not None and widget is not widget.parent:
        inside = inside or isinstance(widget, Aperture)
        if inside and isinstance(widget, Pane):
            return widget
        widget = widget.parent
    return None
