"""Decoding with zxing-cpp: from a grey picture to the texts of the codes in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
    import zxingcpp
    from numpy.typing import NDArray
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")
    zxingcpp = when_wanted("zxingcpp")


Grey: TypeAlias = "NDArray[np.uint8]"
"""Rows × columns of brightness."""

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


class Symbology(StrEnum):
    """Codes that a kiosk's scanner reads. Fewer is faster, and safer against reading what is not there. (The small QR
    codes come with the large one.)"""

    QR_CODE = "QRCode"
    MICRO_QR_CODE = "MicroQRCode"
    RMQR_CODE = "RMQRCode"
    PDF417 = "PDF417"
    CODE_128 = "Code128"
    CODE_39 = "Code39"
    CODE_32 = "Code32"
    PZN = "PZN"


STRONG: Final = frozenset({Symbology.QR_CODE})
"""Codes of which one read is proof. Codes of bars have a weak check character or none; of a PDF417 on a tilted card
zxing-cpp sometimes "corrects" what it saw into another text."""

ALL_SYMBOLOGIES: Final = frozenset(Symbology)
CARD_SYMBOLOGIES: Final = frozenset({Symbology.QR_CODE, Symbology.PDF417, Symbology.CODE_128, Symbology.CODE_39})
"""What stands on cards, slips and papers; Code 32 and PZN would rewrite a short Code 39 as a medicine's number."""


@dataclass(frozen=True, slots=True)
class Read:
    """One code read in one picture. ``corners`` are (x, y) in that picture, in the code's own order."""

    symbology: str
    text: str
    corners: Corners

    @property
    def is_proof(self) -> bool:
        """Whether this one read is enough; otherwise another picture or another look must agree."""
        return self.symbology in STRONG


def decode(
    grey: Grey, symbologies: frozenset[Symbology] = ALL_SYMBOLOGIES, *, thorough: bool = True
) -> tuple[Read, ...]:
    """All codes of ``symbologies`` in ``grey``. Not ``thorough``: one scale only and dark on light only."""
    if min(grey.shape[:2]) < 2 or not symbologies:
        return ()
    found = zxingcpp.read_barcodes(
        grey,
        formats=[_formats()[symbology] for symbology in sorted(symbologies)],
        text_mode=zxingcpp.TextMode.Plain,
        try_downscale=thorough,
        try_invert=thorough,
    )
    return tuple(read for barcode in found if barcode.valid and barcode.text and (read := _read(barcode)) is not None)


def decode_qr_by_opencv(grey: Grey) -> tuple[Read, ...]:
    """QR codes as OpenCV reads them: it survives reflections that cover a corner's pattern.

    It guesses the character set, so only plain ASCII is believed.
    """
    try:
        _, texts, quads, _ = cv2.QRCodeDetector().detectAndDecodeMulti(grey)
    except cv2.error:  # its assertions about contours do not hold for every picture
        return ()
    return tuple(
        Read(Symbology.QR_CODE, text, (tuple(quad[0]), tuple(quad[1]), tuple(quad[2]), tuple(quad[3])))
        for text, quad in zip(texts, [] if quads is None else quads.astype(float).tolist(), strict=False)
        if text and text.isascii()
    )


def _read(barcode: zxingcpp.Barcode) -> Read | None:
    """The read, or None for a kind that nobody asked for."""
    symbology = _names().get(str(barcode.format))
    if symbology is None:
        return None
    place = barcode.position
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    (a, b, c, d) = ((float(point.x), float(point.y)) for point in points)
    return Read(symbology, barcode.text, (a, b, c, d))


@cache
def _formats() -> dict[Symbology, zxingcpp.BarcodeFormat]:
    return {symbology: zxingcpp.barcode_format_from_str(symbology.value) for symbology in Symbology}


@cache
def _names() -> dict[str, Symbology]:
    return {str(code_format): symbology for symbology, code_format in _formats().items()} | _VARIANTS


_VARIANTS: Final = {
    "QR Code Model 1": Symbology.QR_CODE,
    "QR Code Model 2": Symbology.QR_CODE,
    "Code 39 Standard": Symbology.CODE_39,
    "Code 39 Extended": Symbology.CODE_39,
    "Compact PDF417": Symbology.PDF417,
}
"""What zxing-cpp calls the kinds of a kind: who asks for Code 39 is also given its extension to all of ASCII."""
