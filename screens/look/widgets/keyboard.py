"""Our keyboard and keypad: large keys that type into the entry that has the focus."""

from dataclasses import dataclass
from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from screens.look import layouts
from screens.look.current import Look, current
from screens.look.pressable import CANCELLED
from screens.look.speakable import Group, SpokenRole
from screens.look.widgets.buttons import Surface
from screens.look.widgets.entry import POINT, Entry, Layout

_ICONS = {layouts.SHIFT: "arrow-fat-up", layouts.BACKSPACE: "backspace", layouts.CLEAR: "x"}
_SPOKEN = {
    layouts.SHIFT: "keyboard.shift",
    layouts.BACKSPACE: "keyboard.backspace",
    layouts.CLEAR: "keyboard.clear",
    layouts.SPACE: "keyboard.space",
    layouts.SYMBOLS: "keyboard.symbols",
    layouts.LETTERS: "keyboard.letters",
}

#: The clear key, while it would bring back what it took away.
_BRINGS_BACK: Final = ("arrow-counter-clockwise", "keyboard.bring_back")

HOLD_S: Final = 0.45
"""Seconds that a key is held before it repeats."""

REPEAT_S: Final = 0.09
"""Seconds between two repeats."""

MOST_SHELVED: Final = 2
"""Layouts whose keys are kept: the letters, and what was typed besides."""


@dataclass(frozen=True)
class KeysMade:
    """What keys were made for: how things look, the layout, and whether they are its signs."""

    look: Look
    layout: Layout
    symbols: bool


class Key(Surface):
    """A key; ``key`` is what it types, or what it does."""

    key = StringProperty("")
    text = StringProperty("")
    icon = StringProperty("")
    quiet = BooleanProperty(False)
    repeats = BooleanProperty(True)
    #: One of the twelve large keys.
    pad = BooleanProperty(False)
    spoken_role = SpokenRole.KEY


class RepeatingKey(Key):
    """A key that goes on while it is held: ``on_repeat`` each time."""

    __events__ = ("on_repeat",)

    def __init__(self, **kwargs: Any) -> None:
        self._repeated = False
        super().__init__(**kwargs)

    def on_repeat(self) -> None:
        """It is still held."""

    def on_pressed(self, _widget: object, pressed: bool) -> None:
        self.rest()
        if pressed:
            self._repeated = False
            Clock.schedule_once(self._held, HOLD_S)

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is self and self._repeated:
            # What was meant has happened.
            touch.ud[CANCELLED] = True
        return bool(super().on_touch_up(touch))

    def rest(self) -> None:
        """It is held no more, or gone."""
        Clock.unschedule(self._held)
        Clock.unschedule(self._again)

    def _held(self, seconds: float) -> None:
        self._repeated = True
        Clock.schedule_interval(self._again, REPEAT_S)
        self._again(seconds)

    def _again(self, _seconds: float) -> None:
        self.dispatch("on_repeat")


class Keyboard(Group, BoxLayout):
    """Keys for one entry; rebuilt when the entry or its page change, lettered anew when its capitals do."""

    entry = ObjectProperty(None, allownone=True)
    key_height = NumericProperty(60)

    def __init__(self, **kwargs: Any) -> None:
        self._stop: Any = None
        self._symbols = False
        #: What is written on the keys: capitals, and whether the clear key brings back.
        self._lettered: tuple[bool, bool] | None = None
        #: What the keys in sight are.
        self._made: KeysMade | None = None
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

    def put_away(self) -> None:
        """The page is left: listens no more, and its keys lie ready for the next page."""
        self.release()
        self._shelve()

    def _follow(self) -> None:
        if self.entry is not None and (self.entry.upper, self.entry.brings_back) != self._lettered:
            self._letter()

    def _letter(self) -> None:
        """Writes capitals or small letters on the keys that are there, and what the clear key does."""
        upper, back = self._lettered = (self.entry.upper, self.entry.brings_back)
        for row in self.children:
            for key in row.children:
                if len(key.key) == 1:
                    key.text = self._shown(key.key)
                elif key.key == layouts.SHIFT:
                    key.quiet = not upper
                elif key.key == layouts.CLEAR:
                    icon, words = _BRINGS_BACK if back else (_ICONS[layouts.CLEAR], _SPOKEN[layouts.CLEAR])
                    key.icon, key.spoken = icon, current().texts(words)

    def _build(self) -> None:
        there = self._made
        self._shelve()
        entry = self.entry
        if entry is None:
            return
        self._made = KeysMade(current(), entry.layout, self._symbols)
        for row in _SHELF.take(self._made) or self._rows(self._made):
            for key in row.children:
                if self._made != there:
                    # From the shelf it may come to the very place where it was: under a finger that was sent to a field.
                    key.came()
                key.bind(on_choose=self._chosen)
                if isinstance(key, RepeatingKey):
                    key.bind(on_repeat=self._repeated)
            self.add_widget(row)
        self._letter()

    def _rows(self, made: KeysMade) -> list["KeyRow"]:
        look, layout = made.look, made.layout
        rows = []
        for names in layouts.rows(layout, symbols=made.symbols):
            row = KeyRow()
            for name in names:
                made_of = RepeatingKey if name == layouts.BACKSPACE else Key
                key = made_of(key=name, size_hint_x=layouts.width(layout, name))
                key.icon = _ICONS.get(name, "")
                key.text = "" if key.icon or len(name) == 1 else self._shown(name)
                key.quiet, key.pad = name in _SPOKEN, layout.is_keypad
                key.spoken = look.texts(_SPOKEN[name]) if name in _SPOKEN else ""
                row.add_widget(key)
            rows.append(row)
        return rows

    def _shelve(self) -> None:
        rows: list[KeyRow] = self.children[::-1]
        self.clear_widgets()
        for row in rows:
            for key in row.children:
                key.unbind(on_choose=self._chosen)
                if isinstance(key, RepeatingKey):
                    key.rest()
                    key.unbind(on_repeat=self._repeated)
                key.focused = False
        if self._made is not None and not any(key.pressed for row in rows for key in row.children):
            _SHELF.put(self._made, rows)
        self._made = None

    def _shown(self, name: str) -> str:
        if name == layouts.SPACE:
            return current().texts("keyboard.space")
        if name == layouts.SYMBOLS:
            return "?&é"
        if name == layouts.LETTERS:
            return "abc"
        if name == POINT and self.entry.layout is Layout.DECIMAL:
            return current().texts("keyboard.decimal")
        return name.upper() if len(name) == 1 and self.entry.upper and self.entry.layout is Layout.LETTERS else name

    def _repeated(self, key: RepeatingKey) -> None:
        if not self.entry.backspace():
            key.rest()

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


class Shelf:
    """Keys that were taken off a page, for the next one in the same look: making them takes a tenth of a second.

    They show letters and signs and know nothing of what was typed. One under a finger is not kept, so that no touch
    that began on one page ends on another.
    """

    def __init__(self) -> None:
        self._rows: dict[KeysMade, list[KeyRow]] = {}

    def take(self, wanted: KeysMade) -> list[KeyRow]:
        """Such keys, or none."""
        return self._rows.pop(wanted, [])

    def put(self, made: KeysMade, rows: list[KeyRow]) -> None:
        now = current()
        self._rows = {kept: its for kept, its in self._rows.items() if kept.look == now and kept != made}
        if made.look == now:
            self._rows[made] = rows
        while len(self._rows) > MOST_SHELVED:
            del self._rows[next(iter(self._rows))]


_SHELF: Final = Shelf()
