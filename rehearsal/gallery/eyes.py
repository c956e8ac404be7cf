"""How pages look to eyes that see otherwise: no red, green or blue cones, no colours at all, clouded, or blurred.

The three dichromacies are those of Machado, Oliveira and Fernandes (2009) at full severity, in linear light. "Clouded" is a
cataract: a yellowed, paler picture. "Blurred" is 20/80: what is read by others from four times as far.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from screens.look.colours import Rgba

Pixels = NDArray[np.float64]
Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


class Eyes(StrEnum):
    USUAL = "usual"
    PROTANOPIA = "protanopia"
    DEUTERANOPIA = "deuteranopia"
    TRITANOPIA = "tritanopia"
    NO_COLOURS = "no_colours"
    CLOUDED = "clouded"
    BLURRED = "blurred"


_SAME: Final[Matrix] = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
_GREY: Final = (0.2126, 0.7152, 0.0722)
_MATRICES: Final[Mapping[Eyes, Matrix]] = MappingProxyType(
    {
        Eyes.PROTANOPIA: (
            (0.152286, 1.052583, -0.204868),
            (0.114503, 0.786281, 0.099216),
            (-0.003882, -0.048116, 1.051998),
        ),
        Eyes.DEUTERANOPIA: (
            (0.367322, 0.860646, -0.227968),
            (0.280085, 0.672501, 0.047413),
            (-0.011820, 0.042940, 0.968881),
        ),
        Eyes.TRITANOPIA: (
            (1.255528, -0.076749, -0.178779),
            (-0.078411, 0.930809, 0.147602),
            (0.004733, 0.691367, 0.303900),
        ),
        Eyes.NO_COLOURS: (_GREY, _GREY, _GREY),
        # Blue light is scattered most by a clouded lens.
        Eyes.CLOUDED: ((0.92, 0, 0), (0, 0.86, 0), (0, 0, 0.6)),
    }
)
#: Of the light that a clouded lens scatters over everything.
_VEIL: Final = 0.03
#: Standard deviation of 20/80 at arm's length (500 mm), in millimetres: two minutes of arc.
_BLUR_MM: Final = 0.3
_MM_PER_INCH: Final = 25.4


def colour_for(eyes: Eyes, colour: Rgba) -> Rgba:
    """The colour that usual eyes would have to be shown to see the same."""
    red, green, blue = _seen(eyes, np.array([colour[:3]]))[0]
    return (float(red), float(green), float(blue), colour[3])


def picture_for(eyes: Eyes, picture: Image.Image, dpi: float) -> Image.Image:
    """The picture as those eyes see it at arm's length."""
    if eyes is Eyes.BLURRED:
        return picture.filter(ImageFilter.GaussianBlur(_BLUR_MM * dpi / _MM_PER_INCH))
    pixels = _seen(eyes, np.asarray(picture, dtype=np.float64) / 255)
    return Image.fromarray(np.round(pixels * 255).astype(np.uint8))


def _seen(eyes: Eyes, srgb: Pixels) -> Pixels:
    linear: Pixels = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ np.array(_MATRICES.get(eyes, _SAME)).T, 0, 1)
    if eyes is Eyes.CLOUDED:
        linear = linear * (1 - _VEIL) + _VEIL
    seen: Pixels = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return seen
