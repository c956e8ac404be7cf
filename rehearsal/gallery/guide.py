"""Pictures for the field staff's guide: what each of their pages looks like, small enough for a page of text."""

from pathlib import Path
from typing import Final

from PIL import Image

from rehearsal.gallery.accepted import taken
from rehearsal.gallery.plan import Shot
from screens.navigation.appearance import Appearance
from screens.shell.boot import BootOptions

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "field"
COLOURS: Final = 64
#: In pixels: the letters can be read.
LONGER_SIDE: Final = 760
#: States of the gallery, in English: the guide's own language.
STATES: Final = (
    "staff-badge-refused",
    "staff-pin",
    "staff-overview-troubled",
    "staff-printer",
    "staff-scanner",
    "staff-camera",
    "staff-panel-dead",
    "staff-touch-wiped",
    "staff-line",
    "staff-versions",
    "staff-faults",
    "staff-cleaning",
    "staff-power-asked",
    "staff-visit-ticked",
    "staff-report-made",
)


def draw(boot: BootOptions) -> None:
    """Takes all of them anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for state in STATES:
        picture = taken(Shot(state, Appearance("en"), "portrait"), boot, LONGER_SIDE)
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{state}.png", optimize=True)
