"""Loads the kv files: each once in a process, the look's before the screens'."""

from pathlib import Path
from typing import Final

from kivy.factory import Factory
from kivy.lang import Builder

#: Modules of the look whose widgets and drawings kv knows by name.
_WIDGETS: Final = {
    "screens.drawing.lines": ("Outline", "Polyline"),
    "screens.look.widgets.banner": ("Banner",),
    "screens.look.widgets.buttons": (
        "Surface",
        "TextButton",
        "PrimaryButton",
        "AccentButton",
        "QuietButton",
        "DangerButton",
        "PlainButton",
        "WeightedButton",
        "IconButton",
        "Chip",
        "SwitchChip",
    ),
    "screens.look.widgets.cards": ("Card", "ChoiceCard", "TileCard", "TileGrid"),
    "screens.look.widgets.dialog": ("Dialog", "DialogCard"),
    "screens.look.widgets.field": ("Field",),
    "screens.look.widgets.field_note": ("LengthNote",),
    "screens.look.widgets.keyboard": ("Key", "KeyRow", "Keyboard"),
    "screens.look.widgets.frame": ("Bed", "Center", "Foot", "Frame", "Head", "Middle", "Over"),
    "screens.look.widgets.pane": ("Aperture", "Pane", "Rail"),
    "screens.look.widgets.picture": ("LivePicture", "Picture", "QrCode"),
    "screens.look.widgets.progress": ("Bar", "Progress"),
    "screens.look.widgets.sign": ("Batik", "Sign"),
    "screens.look.widgets.stepper": ("Stepper",),
    "screens.look.widgets.suggestions": ("Suggestions",),
    "screens.look.widgets.text": (
        "Words",
        "Txt",
        "Caption",
        "Lead",
        "Strong",
        "Title",
        "Display",
        "Word",
        "Icon",
        "FillIcon",
        "Column",
        "Row",
        "Halves",
        "Space",
    ),
}
#: In this order: a rule may stand on those before it.
_FILES: Final = (
    "text",
    "buttons",
    "sign",
    "picture",
    "cards",
    "pane",
    "keyboard",
    "field",
    "banner",
    "progress",
    "stepper",
    "suggestions",
    "dialog",
    "frame",
)


def load_look() -> None:
    """Makes the look's widgets known to kv."""
    for module, names in _WIDGETS.items():
        for name in names:
            Factory.unregister(name)
            Factory.register(name, module=module)
    for name in _FILES:
        load_file(Path(__file__).parent / "widgets" / f"{name}.kv")


def load_file(path: Path) -> None:
    """Loads a kv file unless it was loaded before: twice would apply its rules twice."""
    if str(path) not in Builder.files:
        Builder.load_file(str(path))
