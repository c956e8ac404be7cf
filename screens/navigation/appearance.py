"""What a citizen may set for themselves; goes back to the kiosk's own at the end of each session."""

from dataclasses import dataclass
from typing import Final

from screens.look.colours import Contrast
from screens.look.tokens import TextSize


@dataclass(frozen=True)
class Appearance:
    language: str = "id"
    contrast: Contrast = Contrast.LIGHT
    text_size: TextSize = TextSize.MEDIUM
    #: Everything stands in the lower part of a portrait panel, within reach from a wheelchair.
    lowered: bool = False


DEFAULT_APPEARANCE: Final = Appearance()
