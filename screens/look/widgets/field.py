"""A field: shows what is typed into its entry. Never blinks, never opens a clipboard."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from screens.language.texts import Texts
from screens.look.current import current
from screens.look.speakable import SpokenRole
from screens.look.widgets.buttons import Surface
from screens.look.widgets.entry import Entry, Layout

CARET = "|"


class Field(Surface):
    """``active`` while the keyboard types into it. Choosing it asks for the keyboard."""

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

    def __init__(self, **kwargs: Any) -> None:
        self._stop: Any = None
        super().__init__(**kwargs)

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
        self._follow()

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
            self.shown = text + (CARET if self.active else "")
