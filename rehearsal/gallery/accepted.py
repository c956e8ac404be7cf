"""Pictures of the main screens that somebody looked at and accepted: small, kept beside the tests, compared with a tolerance.

Pictures by Kivy are the same to the bit while window, fonts and software renderer are; another renderer may draw an edge
half a shade lighter, which is not what these are there to find.
"""

import tempfile
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops, ImageStat

from rehearsal.gallery.plan import Shot
from rehearsal.gallery.studio import Studio, studio_hands
from screens.look.colours import Contrast
from screens.look.tokens import TextSize
from screens.navigation.appearance import Appearance
from screens.shell.boot import BootOptions

FOLDER: Final = Path(__file__).resolve().parents[2] / "tests" / "screens" / "accepted"
#: Pixels of a kept picture's longer side.
LONGER_SIDE: Final = 480
#: Mean difference of a channel, of 255, and the part of the pixels that may differ by more than EDGE.
MEAN: Final = 1.2
EDGE: Final = 48
DIFFERENT: Final = 0.004
_LARGE: Final = Appearance("mad", Contrast.DARK, TextSize.EXTRA)
#: The main screens in the kiosk's own look and way up, and some in another.
SHOTS: Final = (
    *(
        Shot(state, Appearance(), "portrait")
        for state in (
            "home",
            "services",
            "service",
            "identify-typing",
            "form-typing",
            "form-folded",
            "control-photo",
            "control-nilai",
            "review",
            "consent",
            "saved-printed",
            "case-question",
            "session-idle",
            "nothing-works",
            "staff-overview-troubled",
        )
    ),
    Shot("home", _LARGE, "landscape"),
    Shot("form-fields", _LARGE, "portrait"),
    Shot("saved-printed", _LARGE, "landscape"),
)


def small(picture: Image.Image, longer_side: int = LONGER_SIDE) -> Image.Image:
    """As it is kept and compared, unless another size is wanted."""
    scale = longer_side / max(picture.size)
    return picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BOX)


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Mean difference of a channel (0 to 255), and the part of the pixels (0 to 1) that differ by more than EDGE."""
    apart = ImageChops.difference(one, other)
    far = apart.convert("L").point([255 if value > EDGE else 0 for value in range(256)])
    return sum(ImageStat.Stat(apart).mean) / 3, ImageStat.Stat(far).mean[0] / 255


def alike(one: Image.Image, other: Image.Image) -> bool:
    if one.size != other.size:
        return False
    mean, different = difference(one, other)
    return mean <= MEAN and different <= DIFFERENT


def taken(shot: Shot, boot: BootOptions, longer_side: int = LONGER_SIDE) -> Image.Image:
    """The picture, small, of a kiosk that was started for it: neither clock nor counts tell of other pictures."""
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(studio_hands(Path(folder), boot, draws=True), boot)
        studio.lead_to(shot)
        picture = small(studio.picture(), longer_side)
        studio.close()
    return picture


def accept(boot: BootOptions) -> None:
    """Renews the kept pictures that differ, and removes those nobody compares with any more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kept in FOLDER.glob("*.png"):
        if kept.stem not in {shot.name for shot in SHOTS}:
            kept.unlink()
    for shot in SHOTS:
        picture, path = taken(shot, boot), FOLDER / f"{shot.name}.png"
        if path.exists() and alike(picture, Image.open(path).convert("RGB")):
            continue
        picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"accepted: {path.name}")
