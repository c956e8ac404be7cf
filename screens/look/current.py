"""What the screens look like just now: one frozen value, replaced as a whole when a citizen chooses otherwise.

Kivy's rules find it under the name ``look`` in kv's own table of names, which is also where widgets made in Python
ask for it; a change of text size, contrast or language makes the screen in sight anew from its view model, so nothing
has to follow a changing value.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

from kivy.lang.parser import global_idmap

from protocol.pictograms import character
from screens.language.texts import Texts
from screens.look.colours import PALETTES, Colours, Contrast
from screens.look.tokens import DEFAULT_DPI, GAP_MM, HANDS, LINE_RATIO, TARGET_MM, Role, TextSize, font_pixels, pixels

_NAME = "look"


@dataclass(frozen=True)
class Look:
    """Sizes and colours in force. Lengths in pixels, colours as four numbers from 0 to 1."""

    texts: Texts
    #: The folder with fonts, icons and pictures.
    assets: Path
    width: int = 1080
    height: int = 1920
    #: Of the whole window; pages take the lower part of it that hands reach (``screens.look.reach``).
    panel_height: int = 1920
    dpi: float = DEFAULT_DPI
    contrast: Contrast = Contrast.LIGHT
    text_size: TextSize = TextSize.MEDIUM

    def mm(self, millimetres: float) -> float:
        return pixels(millimetres, self.dpi)

    @cached_property
    def c(self) -> Colours:
        return Colours(PALETTES[self.contrast])

    @property
    def portrait(self) -> bool:
        return self.height >= self.width

    @property
    def ceiling(self) -> float:
        """Pages that ask have what is touched below this, in pixels from the lower edge."""
        return self.panel_height * HANDS if self.portrait else float(self.panel_height)

    @cached_property
    def caption(self) -> float:
        return self._font(Role.CAPTION)

    @cached_property
    def body(self) -> float:
        return self._font(Role.BODY)

    @cached_property
    def lead(self) -> float:
        return self._font(Role.LEAD)

    @cached_property
    def title(self) -> float:
        return self._font(Role.TITLE)

    @cached_property
    def display(self) -> float:
        return self._font(Role.DISPLAY)

    @cached_property
    def target(self) -> float:
        """The least height and width of what can be touched."""
        return self.mm(TARGET_MM)

    @cached_property
    def button(self) -> float:
        """Height of a button with one line of text."""
        return max(self.mm(16), round(self.lead * LINE_RATIO + self.mm(8)))

    @cached_property
    def gap(self) -> float:
        return self.mm(max(GAP_MM, 4))

    @cached_property
    def margin(self) -> float:
        """Room left free at the screen's sides."""
        return self.mm(13 if self.portrait else 16)

    @cached_property
    def radius(self) -> float:
        return self.mm(3.5)

    @cached_property
    def stroke(self) -> float:
        """Width of an edge."""
        return max(1.0, self.mm(0.9 if self.contrast.is_high else 0.45))

    @cached_property
    def font(self) -> str:
        return str(self.assets / "fonts" / "PlusJakartaSans_500Medium.ttf")

    @cached_property
    def bold(self) -> str:
        return str(self.assets / "fonts" / "PlusJakartaSans_700Bold.ttf")

    @cached_property
    def heavy(self) -> str:
        return str(self.assets / "fonts" / "PlusJakartaSans_800ExtraBold.ttf")

    @cached_property
    def icon_font(self) -> str:
        return str(self.assets / "icons" / "Phosphor-Bold.ttf")

    @cached_property
    def icon_fill_font(self) -> str:
        return str(self.assets / "icons" / "Phosphor-Fill.ttf")

    @cached_property
    def pictogram_font(self) -> str:
        return str(self.assets / "pictograms" / "Pictograms.ttf")

    @property
    def _icons(self) -> Mapping[str, str]:
        return icon_characters(self.assets / "icons" / "icons.json")

    def icon(self, name: str) -> str:
        """The character of an icon of the set; an unknown name gives a plain dot, never a hole."""
        return self._icons.get(name) or self._icons["dot-outline"]

    def has_icon(self, name: str) -> bool:
        return name in self._icons

    def pictogram(self, name: str) -> str:
        """The character of a pictogram in its font; a sheet of paper for a name that this kiosk does not know."""
        return character(name)

    def but(self, **changes: object) -> "Look":
        """The same look with other choices."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def _font(self, role: Role) -> float:
        return font_pixels(self.text_size, role, self.dpi)


@lru_cache(maxsize=1)
def icon_characters(path: Path) -> Mapping[str, str]:
    """The icon font's characters by name; read once, because a look is made for every page."""
    codes: dict[str, str] = json.loads(path.read_text())
    return MappingProxyType({name: chr(int(code, 16)) for name, code in codes.items()})


def use(look: Look) -> None:
    """From now on widgets are made with this look."""
    global_idmap[_NAME] = look
    global_idmap["t"] = look.texts


def current() -> Look:
    look: Look = global_idmap[_NAME]
    return look
