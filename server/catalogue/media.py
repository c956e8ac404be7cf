"""Files beside a form: opened as what their name says, before anybody's kiosk does.

``media_problem`` decodes what strangers made; it runs in a child (``server.catalogue.apart``), or on a folder that whoever runs the
server put there.
"""

import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import miniaudio
from PIL import Image

from forms.definition.instances import read_csv_lines, read_geojson
from forms.limits import (
    MAX_CLIP_RATE,
    MAX_CLIP_SECONDS,
    MAX_CLIP_SIDE,
    MAX_MEDIA_BYTES,
    MAX_PICTURE_PIXELS,
    MAX_PICTURE_SIDE,
    MAX_SOUND_SECONDS,
)
from forms.media import PICTURE_FORMATS, MediaKind, begins_as_clip, begins_as_sound, ending_of, kind_of
from forms.xmltree import XmlError, parse_xml
from protocol.packs import is_clip_name, is_file_name
from server.catalogue.service_drafts import Problem, Severity

#: Names that a service's own files have.
RESERVED: Final = frozenset({"form.xml", "service.json"})
#: For telling how long a sound is, few samples are enough.
_SAMPLES_A_SECOND: Final = 8_000
_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "name": {
            "id": "Berkas “{file}”: ubah namanya; hanya huruf a–z, angka, titik, garis bawah dan tanda hubung, tanpa spasi, "
            "paling panjang 100. Tulis nama baru itu juga di formulir.",
            "en": "The file “{file}”: rename it; only letters a–z, digits, dots, underscores and hyphens, no spaces, at most "
            "100. Write the new name in the form, too.",
        },
        "reserved": {
            "id": "Berkas “{file}”: nama ini dipakai oleh sistem; beri nama lain.",
            "en": "The file “{file}”: this name is taken by the system; give it another one.",
        },
        "bytes": {
            "id": "Berkas “{file}” terlalu besar: {size} bita, paling besar {most}.",
            "en": "The file “{file}” is too large: {size} bytes, at most {most}.",
        },
        "kind": {
            "id": "Berkas “{file}” tidak dipakai di kios dan tidak ikut diterbitkan; yang dipakai gambar (png, jpg, webp, "
            "bmp, gif), suara (mp3, wav, ogg, flac) dan daftar (csv, xml, geojson).",
            "en": "The file “{file}” is of no use at a kiosk and is left out; what is used are pictures (png, jpg, webp, bmp, "
            "gif), sounds (mp3, wav, ogg, flac) and lists (csv, xml, geojson).",
        },
        "picture": {
            "id": "Berkas “{file}” tidak dapat dibuka sebagai gambar {format}; simpan ulang gambarnya, lalu unggah lagi.",
            "en": "The file “{file}” cannot be opened as a {format} picture; save the picture anew and upload it again.",
        },
        "pixels": {
            "id": "Gambar “{file}” terlalu besar: {size} piksel; paling banyak {most} piksel dan {side} per sisi. Perkecil "
            "dahulu.",
            "en": "The picture “{file}” is too large: {size} pixels; at most {most} pixels, and {side} a side. Make it smaller "
            "first.",
        },
        "sound": {
            "id": "Berkas “{file}” tidak dapat dibuka sebagai suara {format}; simpan ulang rekamannya, lalu unggah lagi.",
            "en": "The file “{file}” cannot be opened as a {format} sound; save the recording anew and upload it again.",
        },
        "seconds": {
            "id": "Rekaman “{file}” terlalu panjang: {size} detik, paling panjang {most}.",
            "en": "The recording “{file}” is too long: {size} seconds, at most {most}.",
        },
        "clip": {
            "id": "Berkas “{file}” tidak dapat dibuka sebagai video {format}; simpan ulang videonya, lalu unggah lagi.",
            "en": "The file “{file}” cannot be opened as a {format} video; save the video anew and upload it again.",
        },
        "clip_side": {
            "id": "Video “{file}” terlalu besar: {size} piksel, paling besar {most} per sisi. Perkecil dahulu.",
            "en": "The video “{file}” is too large: {size} pixels, at most {most} a side. Make it smaller first.",
        },
        "clip_rate": {
            "id": "Video “{file}” punya {size} gambar per detik, paling banyak {most}. Simpan ulang dengan yang lebih sedikit.",
            "en": "The video “{file}” has {size} frames a second, at most {most}. Save it anew with fewer.",
        },
        "clip_seconds": {
            "id": "Video “{file}” terlalu panjang: lebih dari {most} detik. Potong dahulu.",
            "en": "The video “{file}” is too long: more than {most} seconds. Shorten it first.",
        },
        "list": {
            "id": "Berkas “{file}” tidak dapat dibaca sebagai {format}: {detail}.",
            "en": "The file “{file}” cannot be read as {format}: {detail}.",
        },
        "opening": {
            "id": "Berkas “{file}” tidak dapat dibuka dalam batas waktu dan memori; buat yang lebih kecil atau lebih sederhana.",
            "en": "The file “{file}” cannot be opened within the limits of time and memory; make it smaller or simpler.",
        },
        "form": {
            "id": "Formulir ini tidak dapat dikonversi dalam batas waktu dan memori; pindahkan daftar panjang ke berkas "
            "tersendiri, atau bagilah formulirnya.",
            "en": "The form cannot be converted within the limits of time and memory; put long lists into files of their own, "
            "or divide the form.",
        },
    }
)


def media_problem(name: str, data: bytes) -> Problem | None:
    """What is wrong with a file, as a sentence that names it; a warning for what is left out. None: it can be published."""
    refused = name_problem(name)
    if refused is not None:
        return refused
    if len(data) > MAX_MEDIA_BYTES:
        return said("bytes", name, size=f"{len(data):,}", most=f"{MAX_MEDIA_BYTES:,}")
    if is_clip_name(name):
        return _clip(name, data)
    match kind_of(name):
        case MediaKind.PICTURE:
            return _picture(name, data)
        case MediaKind.SOUND:
            return _sound(name, data)
        case MediaKind.LIST:
            return _list(name, data)
    return said("kind", name, severity=Severity.WARNING)


def name_problem(name: str) -> Problem | None:
    """What is wrong with a file's name."""
    if not is_file_name(name):
        return said("name", name)
    return said("reserved", name) if name.lower() in RESERVED else None


def said(kind: str, file: str, *, severity: Severity = Severity.ERROR, **values: str) -> Problem:
    """A problem of a file, in the languages of back offices."""
    texts = {language: text.format(file=file, **values) for language, text in _SENTENCES[kind].items()}
    return Problem(severity, texts["en"], texts=texts)


def _picture(name: str, data: bytes) -> Problem | None:
    form = PICTURE_FORMATS[ending_of(name)]
    try:
        with Image.open(io.BytesIO(data), formats=[form]) as picture:
            width, height = picture.size
            if width * height > MAX_PICTURE_PIXELS or max(width, height) > MAX_PICTURE_SIDE:
                return _too_many_pixels(name, f"{width:,} × {height:,}")
            picture.convert("RGBA")
    except Image.DecompressionBombError:
        return _too_many_pixels(name, f"> {MAX_PICTURE_PIXELS:,}")
    except (OSError, SyntaxError, ValueError, EOFError):
        return said("picture", name, format=form)
    return None


def _too_many_pixels(name: str, size: str) -> Problem:
    return said("pixels", name, size=size, most=f"{MAX_PICTURE_PIXELS:,}", side=f"{MAX_PICTURE_SIDE:,}")


def _sound(name: str, data: bytes) -> Problem | None:
    form = ending_of(name).upper()
    if not begins_as_sound(name, data):
        return said("sound", name, format=form)
    try:
        decoded = miniaudio.decode(data, miniaudio.SampleFormat.SIGNED16, 1, _SAMPLES_A_SECOND)
    except miniaudio.DecodeError:
        return said("sound", name, format=form)
    seconds = len(decoded.samples) / _SAMPLES_A_SECOND
    if seconds > MAX_SOUND_SECONDS:
        return said("seconds", name, size=f"{seconds:,.0f}", most=f"{MAX_SOUND_SECONDS:,}")
    return said("sound", name, format=form) if not decoded.samples else None


def _clip(name: str, data: bytes) -> Problem | None:
    """Every frame is decoded: what the office cannot play to its end, no kiosk gets."""
    import cv2  # Only the child that opens a clip needs it.

    form = ending_of(name).upper()
    if not begins_as_clip(name, data):
        return said("clip", name, format=form)
    # OpenCV's own types do not know that it reads from any stream.
    source: Any = io.BytesIO(data)
    video = cv2.VideoCapture(source, cv2.CAP_FFMPEG, [])
    width, height = video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT)
    if max(width, height) > MAX_CLIP_SIDE:
        return said("clip_side", name, size=f"{width:,.0f} × {height:,.0f}", most=f"{MAX_CLIP_SIDE:,}")
    rate = video.get(cv2.CAP_PROP_FPS)
    if rate > MAX_CLIP_RATE:
        return said("clip_rate", name, size=f"{rate:,.0f}", most=str(MAX_CLIP_RATE))
    frames = 0
    while video.read()[0]:
        frames += 1
        if frames > MAX_CLIP_SECONDS * max(rate, 1):
            return said("clip_seconds", name, most=str(MAX_CLIP_SECONDS))
    return None if frames else said("clip", name, format=form)


def _list(name: str, data: bytes) -> Problem | None:
    ending = ending_of(name)
    try:
        if ending == "csv":
            read_csv_lines(data)
        elif ending == "xml":
            parse_xml(data, limit=MAX_MEDIA_BYTES)
        else:
            read_geojson(data)
    except (XmlError, ValueError) as error:
        return said("list", name, format=ending, detail=str(error).rstrip("."))
    return None
