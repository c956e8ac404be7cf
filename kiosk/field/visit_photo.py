"""A photo for the office: what somebody should see at the kiosk, small enough for a slow line."""

from io import BytesIO
from typing import TYPE_CHECKING, Final

from kiosk.ports import Frame
from protocol.field.visits import PHOTO_BYTES
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    from PIL import Image
else:
    Image = when_wanted("PIL.Image")

#: Pixels of the longer side: a scratch and a label can be seen.
LONGER_SIDE: Final = 1_024
#: Tried one after the other until the photo fits.
QUALITIES: Final = (80, 65, 50, 35, 20)


def photo_of(frame: Frame) -> bytes:
    """JPEG of at most PHOTO_BYTES. Takes some tens of milliseconds."""
    whole = Image.frombuffer("RGBA", (frame.width, frame.height), bytes(frame.rgba), "raw", "RGBA", 0, 1).convert("RGB")
    whole.thumbnail((LONGER_SIDE, LONGER_SIDE))
    while True:
        for quality in QUALITIES:
            buffer = BytesIO()
            whole.save(buffer, "JPEG", quality=quality)
            if buffer.tell() <= PHOTO_BYTES:
                return buffer.getvalue()
        # Only noise is so large.
        whole.thumbnail((whole.width // 2, whole.height // 2))
