"""Our keyboard and keypad: large keys that type into the entry that has the focus."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from screens.look import layouts
from screens.look.buttons import Surface
from screens.look.current import current
from screens.look.entry import Entry, Layout
from screens.look.speakable import Group, SpokenRole

_ICONS = {layouts.SHIFT: "arrow-fat-up", layouts.BACKSPACE: "backspace", layouts.CLEAR: "x"}
_SPOKEN = {
    layouts.SHIFT: "keyboard.shift",
    layouts.BACKSPACE: "keyboard.backspace",
    layouts.CLEAR: "keyboard.clear",
    layouts.SPACE: "keyboard.space",
    layouts.SYMBOLS: "keyboard.symbols",
    layouts.LETTERS: "keyboard.letters",
}


class Key(Surface):
    """A key; ``key`` is what it types, or what it does."""

    key = StringProperty("")
    text = StringProperty("")
    icon = StringProperty("")
    quiet = BooleanProperty(False)
    spoken_role = SpokenRole.KEY


class Keyboard(Group, BoxLayout):
    """Keys for one entry; rebuilt when the entry, its capitals or its page change."""

    entry = ObjectProperty(None, allownone=True)
    key_height = NumericProperty(60)

    def __init__(self, **kwargs: Any) -> None:
        self._stop: Any = None
        self._symbols = False
        self._upper: bool | None = None
        super().__init__(**kwargs)

    @property
    def introduction(self) -> tuple[str, ...]:
        return (current().texts("speech.keyboard"),) if self.entry is not None else ()

    def on_entry(self, _widget: object, entry: Entry | None) -> None:
        self.release()
        self._symbols = False
        self._build()
        if entry is not None:
            self._stop = entry.listen(self._follow)

    def release(self) -> None:
        """Stops listening to the entry."""
        if self._stop is not None:
            self._stop()
            self._stop = None

    def on_parent(self, _widget: object, parent: object) -> None:
        if parent is None:
            self.release()

    def _follow(self) -> None:
        if self.entry is not None and self.entry.upper != self._upper:
            self._letter()

    def _letter(self) -> None:
        """Writes capitals or small letters on the keys that are there."""
        self._upper = self.entry.upper
        for row in self.children:
            for key in row.children:
                if len(key.key) == 1:
                    key.text = self._shown(key.key)
                elif key.key == layouts.SHIFT:
                    key.quiet = not self._upper

    def _build(self) -> None:
        self.clear_widgets()
        entry = self.entry
        if entry is None:
            return
        look = current()
        self._upper = entry.upper
        for names in layouts.rows(entry.layout, symbols=self._symbols):
            row = KeyRow()
            for name in names:
                key = Key(key=name, size_hint_x=layouts.width(entry.layout, name))
                key.icon = _ICONS.get(name, "")
                key.text = "" if key.icon else self._shown(name)
                key.quiet = name in _SPOKEN and not (name == layouts.SHIFT and entry.upper)
                key.spoken = look.texts(_SPOKEN[name]) if name in _SPOKEN else ""
                key.bind(on_choose=self._chosen)
                row.add_widget(key)
            self.add_widget(row)

    def _shown(self, name: str) -> str:
        if name == layouts.SPACE:
            return current().texts("keyboard.space")
        if name == layouts.SYMBOLS:
            return "?&é"
        if name == layouts.LETTERS:
            return "abc"
        return name.upper() if len(name) == 1 and self.entry.upper and self.entry.layout is Layout.LETTERS else name

    def _chosen(self, key: Key) -> None:
        entry: Entry = self.entry
        match key.key:
            case layouts.SHIFT:
                entry.toggle_upper()
            case layouts.BACKSPACE:
                entry.backspace()
            case layouts.CLEAR:
                entry.clear()
            case layouts.SPACE:
                entry.type(" ")
            case layouts.SYMBOLS | layouts.LETTERS:
                self._symbols = key.key == layouts.SYMBOLS
                self._build()
            case characters:
                entry.type(characters)


class KeyRow(BoxLayout):
    """A row of keys."""
