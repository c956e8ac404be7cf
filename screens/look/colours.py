"""Colours by role, in four contrasts, and the pairs that must be legible.

A screen names a role, never a colour. Every pair of roles that text or a control's edge relies on stands in
:data:`TEXT_PAIRS` and :data:`EDGE_PAIRS`; a test holds them to WCAG 2.2 (1.4.3, 1.4.6, 1.4.11).
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

Rgba = tuple[float, float, float, float]


class Contrast(StrEnum):
    LIGHT = "LIGHT"
    DARK = "DARK"
    HIGH_LIGHT = "HIGH_LIGHT"
    HIGH_DARK = "HIGH_DARK"

    @property
    def is_high(self) -> bool:
        return self in (Contrast.HIGH_LIGHT, Contrast.HIGH_DARK)


def rgba(code: str) -> Rgba:
    """``#0B5563`` as four numbers from 0 to 1."""
    return (int(code[1:3], 16) / 255, int(code[3:5], 16) / 255, int(code[5:7], 16) / 255, 1.0)


@dataclass(frozen=True)
class Palette:
    """One colour for each role, as ``#RRGGBB``."""

    #: Behind everything.
    ground: str
    #: Cards, fields, keys.
    surface: str
    #: Quiet areas: the keyboard's bed, tracks, disabled controls.
    sunken: str
    ink: str
    ink_soft: str
    #: Edges that must be seen: of fields, cards and outlined buttons.
    edge: str
    #: Decorative hairlines.
    hairline: str
    primary: str
    primary_pressed: str
    on_primary: str
    #: A chosen card, a focused field.
    primary_soft: str
    on_primary_soft: str
    #: The home screen's field of colour, and its pattern.
    hero: str
    hero_pattern: str
    on_hero: str
    accent: str
    accent_pressed: str
    on_accent: str
    success: str
    success_soft: str
    on_success_soft: str
    danger: str
    on_danger: str
    danger_soft: str
    on_danger_soft: str
    warning: str
    warning_soft: str
    on_warning_soft: str
    disabled_ink: str
    pressed: str
    #: The ring round what has the focus, and the band within it: one of both is seen on whatever lies below.
    focus: str
    focus_halo: str
    #: Beside a live picture that does not fill its frame: dark in every contrast, so that it does not glare.
    viewfinder: str = "#10181B"


PALETTES: Final[dict[Contrast, Palette]] = {
    Contrast.LIGHT: Palette(
        ground="#F7F5F0",
        surface="#FFFFFF",
        sunken="#ECE8DF",
        ink="#1B2A2F",
        ink_soft="#4C5B60",
        edge="#7C888B",
        hairline="#DDD8CC",
        primary="#0B5563",
        primary_pressed="#083E49",
        on_primary="#FFFFFF",
        primary_soft="#DDECEE",
        on_primary_soft="#083E49",
        hero="#0B5563",
        hero_pattern="#0F5E6D",
        on_hero="#FFFFFF",
        accent="#E8A33D",
        accent_pressed="#D08C26",
        on_accent="#1B2A2F",
        success="#2E7D4F",
        success_soft="#E0F0E6",
        on_success_soft="#1C5B37",
        danger="#B3372B",
        on_danger="#FFFFFF",
        danger_soft="#FBE6E3",
        on_danger_soft="#8C241A",
        warning="#A86400",
        warning_soft="#FCEFD8",
        on_warning_soft="#6B4100",
        disabled_ink="#5F696C",
        pressed="#E0DBCF",
        focus="#101820",
        focus_halo="#FFB547",
    ),
    Contrast.DARK: Palette(
        ground="#10191C",
        surface="#1B282D",
        sunken="#0A1113",
        ink="#F2EFE8",
        ink_soft="#B9C4C7",
        edge="#7F9095",
        hairline="#2C3B41",
        primary="#4FB3C4",
        primary_pressed="#83CEDB",
        on_primary="#06171B",
        primary_soft="#173F48",
        on_primary_soft="#D5F0F5",
        hero="#0B3F49",
        hero_pattern="#0E4651",
        on_hero="#FFFFFF",
        accent="#E8A33D",
        accent_pressed="#F3BF72",
        on_accent="#1B2A2F",
        success="#62BF88",
        success_soft="#16382A",
        on_success_soft="#BFEBD0",
        danger="#F0857A",
        on_danger="#2A0905",
        danger_soft="#4A1D18",
        on_danger_soft="#FFD5CF",
        warning="#F0B45A",
        warning_soft="#463214",
        on_warning_soft="#FFE5B8",
        disabled_ink="#93A0A4",
        pressed="#2E4047",
        focus="#FFC861",
        focus_halo="#0A1113",
    ),
    Contrast.HIGH_LIGHT: Palette(
        ground="#FFFFFF",
        surface="#FFFFFF",
        sunken="#F0F0F0",
        ink="#000000",
        ink_soft="#2B2B2B",
        edge="#000000",
        hairline="#000000",
        primary="#003B46",
        primary_pressed="#00242B",
        on_primary="#FFFFFF",
        primary_soft="#D9F1F5",
        on_primary_soft="#00242B",
        hero="#003B46",
        hero_pattern="#003B46",
        on_hero="#FFFFFF",
        accent="#FFC04D",
        accent_pressed="#E5A020",
        on_accent="#000000",
        success="#0F5A30",
        success_soft="#E6F7EC",
        on_success_soft="#063B1D",
        danger="#8B1409",
        on_danger="#FFFFFF",
        danger_soft="#FFEAE7",
        on_danger_soft="#6B0D05",
        warning="#5E3A00",
        warning_soft="#FFF3DC",
        on_warning_soft="#452A00",
        disabled_ink="#4A4A4A",
        pressed="#D6D6D6",
        focus="#000000",
        focus_halo="#FFC04D",
    ),
    Contrast.HIGH_DARK: Palette(
        ground="#000000",
        surface="#000000",
        sunken="#1A1A1A",
        ink="#FFFFFF",
        ink_soft="#DADADA",
        edge="#FFFFFF",
        hairline="#FFFFFF",
        primary="#FFD54A",
        primary_pressed="#FFE58F",
        on_primary="#000000",
        primary_soft="#3A3000",
        on_primary_soft="#FFF1B8",
        hero="#000000",
        hero_pattern="#000000",
        on_hero="#FFFFFF",
        accent="#FFD54A",
        accent_pressed="#FFE58F",
        on_accent="#000000",
        success="#7DF0A8",
        success_soft="#00280F",
        on_success_soft="#C8FFDC",
        danger="#FFA79E",
        on_danger="#000000",
        danger_soft="#3A0500",
        on_danger_soft="#FFDAD5",
        warning="#FFC861",
        warning_soft="#332200",
        on_warning_soft="#FFE9C2",
        disabled_ink="#BDBDBD",
        pressed="#3D3D3D",
        focus="#00E5FF",
        focus_halo="#000000",
    ),
}

#: (text, what it stands on)
TEXT_PAIRS: Final = (
    ("ink", "ground"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink", "pressed"),
    ("ink_soft", "ground"),
    ("ink_soft", "surface"),
    ("primary", "ground"),
    ("primary", "surface"),
    ("on_primary", "primary"),
    ("on_primary", "primary_pressed"),
    ("on_primary_soft", "primary_soft"),
    ("on_hero", "hero"),
    ("on_hero", "hero_pattern"),
    ("on_accent", "accent"),
    ("on_accent", "accent_pressed"),
    ("on_success_soft", "success_soft"),
    ("success", "surface"),
    ("danger", "surface"),
    ("on_danger", "danger"),
    ("on_danger_soft", "danger_soft"),
    ("on_warning_soft", "warning_soft"),
    ("disabled_ink", "sunken"),
)
#: (edge or sign, what it stands on): at least 3:1 in every contrast.
EDGE_PAIRS: Final = (
    ("edge", "ground"),
    ("edge", "surface"),
    ("primary", "ground"),
    ("primary", "primary_soft"),
    ("danger", "ground"),
    ("success", "ground"),
    ("success", "success_soft"),
    ("warning", "warning_soft"),
    ("danger", "danger_soft"),
    ("accent", "hero"),
    ("focus", "focus_halo"),
)
#: What the focus ring may lie on. Its two bands make sure that it is seen: one has the ratio of an edge at least.
FOCUS_GROUNDS: Final = (
    "ground",
    "surface",
    "sunken",
    "hero",
    "hero_pattern",
    "primary",
    "primary_soft",
    "accent",
    "success_soft",
    "warning_soft",
    "danger_soft",
    "pressed",
)
TEXT_RATIO: Final = 4.5
HIGH_TEXT_RATIO: Final = 7.0
EDGE_RATIO: Final = 3.0


class Colours:
    """A palette as Kivy takes it: ``colours.ink`` is four numbers from 0 to 1."""

    def __init__(self, palette: Palette) -> None:
        self._rgba = {field.name: rgba(getattr(palette, field.name)) for field in fields(palette)}

    def __getattr__(self, role: str) -> Rgba:
        try:
            return self.__dict__["_rgba"][role]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(f"no colour has the role {role!r}") from None


def luminance(colour: Rgba) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in colour[:3]]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def ratio(one: Rgba, other: Rgba) -> float:
    """Contrast ratio by WCAG 2.2: from 1 to 21."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
