"""A field: shows what is typed into its entry, and where the next key goes. Never blinks, never opens a clipboard."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty

from screens.language.texts import Texts
from screens.look.current import current
from screens.look.speakable import SpokenRole
from screens.look.widgets.buttons import Surface
from screens.look.widgets.caret import caret_of, place_at
from screens.look.widgets.entry import Entry, Layout


class Field(Surface):
    """``active`` while the keyboard types into it. Choosing it asks for the keyboard; the cursor goes where it is touched."""

    spoken_role = SpokenRole.FIELD
    entry = ObjectProperty(None, allownone=True)
    active = BooleanProperty(False)
    wrong = BooleanProperty(False)
    readonly = BooleanProperty(False)
    #: Shown while nothing was typed.
    placeholder = StringProperty("")
    shown = StringProperty("")
    #: Pixels that what is shown is high.
    words_height = NumericProperty(0)
    #: Nothing was typed yet.
    blank = BooleanProperty(True)
    icon = StringProperty("")
    #: Large letters, for the one thing that a screen asks.
    large = BooleanProperty(False)
    #: x, bottom, height of the cursor in the window; empty while nothing is typed into the field.
    caret = ListProperty()

    def __init__(self, **kwargs: Any) -> None:
        self._stop: Any = None
        self._caret_trigger = Clock.create_trigger(self._draw_caret, -1)
        super().__init__(**kwargs)

    def on_kv_post(self, base_widget: Any) -> None:
        super().on_kv_post(base_widget)
        words = self.ids.words
        words.bind(texture=self._moved, pos=self._moved, size=self._moved)

    @property
    def says(self) -> str:
        return str(self.spoken)

    def states(self, texts: Texts) -> tuple[str, ...]:
        """What stands in it; a PIN only by its length."""
        entry: Entry | None = self.entry
        if entry is None or not entry.text:
            return (texts("speech.state.blank"),)
        if entry.layout is Layout.PIN:
            typed = texts.count("speech.typed_secret", len(entry.text))
        else:
            typed = entry.shown(dict.fromkeys("dmyh", ""), texts("keyboard.decimal")).strip(" /:")
        return (typed, texts("speech.state.wrong")) if self.wrong else (typed,)

    def on_entry(self, _widget: object, entry: Entry | None) -> None:
        self.release()
        if entry is not None:
            self._stop = entry.listen(self._follow)
            self._follow()

    def on_active(self, *_: object) -> None:
        """Left, it is gone on with at its end."""
        if self.entry is not None and not self.active:
            self.entry.move_to(len(self.entry.text))
        self._follow()

    def on_touch_up(self, touch: Any) -> bool:
        """The cursor goes to where the finger was, also when the touch brings the keyboard."""
        chosen = touch.grab_current is self and self.pressed
        handled = bool(super().on_touch_up(touch))
        if chosen and self.enabled and self.entry is not None and not self.blank:
            self._put_cursor(*touch.pos)
        return handled

    def on_placeholder(self, *_: object) -> None:
        self._follow()

    def release(self) -> None:
        """Stops listening to the entry."""
        if self._stop is not None:
            self._stop()
            self._stop = None

    def on_parent(self, _widget: object, parent: object) -> None:
        if parent is None:
            self.release()

    def _follow(self) -> None:
        entry: Entry | None = self.entry
        if entry is None:
            return
        texts = current().texts
        letters = {"d": texts("slot.day"), "m": texts("slot.month"), "y": texts("slot.year"), "h": texts("slot.hour")}
        if entry.layout is Layout.TIME:
            letters["m"] = texts("slot.minute")
        text = entry.shown(letters, texts("keyboard.decimal"))
        self.blank = not entry.text
        if entry.layout in (Layout.DATE, Layout.TIME):
            self.shown = text
        elif self.blank and not self.active:
            self.shown = self.placeholder
        else:
            self.shown = text
        self._moved()

    def _put_cursor(self, x: float, y: float) -> None:
        words, entry = self.ids.words, self.entry
        meant = place_at(words, x, y)
        places = self._places()
        entry.move_to(min(range(len(places)), key=lambda typed: abs(places[typed] - meant)))

    def _places(self) -> tuple[int, ...]:
        """Of the entry's characters in what is shown."""
        places: tuple[int, ...] = self.entry.places(self.shown, current().texts("keyboard.decimal"))
        return places

    def _moved(self, *_: object) -> None:
        self._caret_trigger()

    def _draw_caret(self, _seconds: float) -> None:
        """When the text has its texture."""
        if not self.active or self.entry is None:
            self.caret = []
            return
        at = caret_of(self.ids.words, 0 if self.blank else self._places()[self.entry.cursor])
        self.caret = [at.x, at.bottom, at.height]
