"""Which files may stand beside a form: pictures, sounds, and lists, distinguished by the ending of their name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class MediaKind(StrEnum):
    """What a file is opened as."""

    PICTURE = "picture"
    SOUND = "sound"
    LIST = "list"


PICTURE_FORMATS: Mapping[str, str] = MappingProxyType(
    {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP", "bmp": "BMP", "gif": "GIF"}
)
"""By ending, what decoders call the format: a file is opened as what its name says, and as nothing else."""

SOUND_BEGINNINGS: Mapping[str, tuple[bytes, ...]] = MappingProxyType(
    {
        "mp3": (b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3", b"\xff\xe2"),
        "wav": (b"RIFF",),
        "ogg": (b"OggS",),
        "flac": (b"fLaC",),
    }
)
"""By ending, how a sound begins."""

LIST_ENDINGS = frozenset({"csv", "xml", "geojson", "json"})


CLIP_BEGINNINGS: Mapping[str, tuple[int, bytes]] = MappingProxyType(
    {"webm": (0, b"\x1a\x45\xdf\xa3"), "mp4": (4, b"ftyp")}
)
"""By ending, where in a clip stands what it begins with."""


def ending_of(name: str) -> str:
    """The ending of a file's name in small letters, without its dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def kind_of(name: str) -> MediaKind | None:
    """What a file is by its name; None for what no form uses here, such as videos."""
    ending = ending_of(name)
    if ending in PICTURE_FORMATS:
        return MediaKind.PICTURE
    if ending in SOUND_BEGINNINGS:
        return MediaKind.SOUND
    return MediaKind.LIST if ending in LIST_ENDINGS else None


def begins_as_sound(name: str, data: bytes) -> bool:
    """Whether a file begins as a sound of the kind that its name says."""
    return data.startswith(SOUND_BEGINNINGS.get(ending_of(name), ()))


def begins_as_clip(name: str, data: bytes) -> bool:
    """Whether a file begins as a clip of the kind that its name says."""
    place, mark = CLIP_BEGINNINGS.get(ending_of(name), (0, b""))
    return bool(mark) and data[place:].startswith(mark)
