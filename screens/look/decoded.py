"""Pictures from bytes that the kiosk did not make: opened as what they are said to be, and only within bounds.

What stands in a picture's header is looked at before anything is decoded, so that a small file cannot ask for gigabytes.
"""

import struct
from collections.abc import Collection
from io import BytesIO
from typing import Any, Final

from kivy.graphics.texture import Texture
from PIL import Image

from forms.limits import MAX_PICTURE_PIXELS, MAX_PICTURE_SIDE

#: No panel shows more dots on a side; larger pictures are made smaller while they are read.
SHOWN_SIDE: Final = 1920
#: Of a photograph from the kiosk's own camera; it is read at a fraction of its size.
PHOTO_PIXELS: Final = 50_000_000
#: Everything that Pillow is known to raise for a file that is damaged or lies.
_DAMAGED: Final = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)


class NotShown(ValueError):
    """It is no picture of these formats, or damaged."""


class TooLarge(NotShown):
    """It has more pixels than are decoded."""


def texture_of(
    data: bytes, formats: Collection[str], *, pixels: int = MAX_PICTURE_PIXELS, side: int = SHOWN_SIDE
) -> Any:
    """The texture of a picture in one of the formats (``PNG``, ``JPEG`` …). Raises NotShown."""
    picture = decoded(data, formats, pixels=pixels, side=side)
    texture = Texture.create(size=picture.size, colorfmt="rgba")
    texture.blit_buffer(picture.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


def decoded(
    data: bytes, formats: Collection[str], *, pixels: int = MAX_PICTURE_PIXELS, side: int = SHOWN_SIDE
) -> Image.Image:
    """The picture in RGBA, no side longer than ``side``. Raises NotShown."""
    try:
        with Image.open(BytesIO(data), formats=sorted(formats)) as picture:
            width, height = picture.size
            if width * height > pixels or max(width, height) > MAX_PICTURE_SIDE:
                raise TooLarge(f"{width} × {height} pixels")
            picture.draft("RGB", (side, side))
            whole = picture.convert("RGBA")
    except Image.DecompressionBombError as error:
        raise TooLarge(str(error)) from error
    except NotShown:
        raise
    except _DAMAGED as error:
        raise NotShown(f"{type(error).__name__}: {error}") from error
    whole.thumbnail((side, side))
    return whole


def photo_texture(jpeg: bytes, side: int = SHOWN_SIDE) -> Any:
    """The texture of a photograph that was taken here; None where it cannot be shown."""
    try:
        return texture_of(jpeg, ("JPEG", "PNG"), pixels=PHOTO_PIXELS, side=side)
    except NotShown:
        return None
