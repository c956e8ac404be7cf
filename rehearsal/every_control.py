"""A service whose form asks one question of every kind: what the gallery shows and the table of tests goes through."""

import json
import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw

from forms import load_form
from forms.authoring import convert
from rehearsal.clip import clip

SERVICE_ID: Final = "setiap-isian"
READONLY_ID: Final = "setiap-isian-baca"
_FORM: Final = Path(__file__).with_name("every_control.md")
_TOWNS: Final = tuple(
    [
        "Bangkalan",
        "Banyuwangi",
        "Batu",
        "Blitar",
        "Bojonegoro",
        "Bondowoso",
        "Gresik",
        "Jember",
        "Jombang",
        "Kediri",
        "Lamongan",
        "Lumajang",
        "Madiun",
        "Magetan",
        "Malang",
        "Mojokerto",
        "Nganjuk",
        "Ngawi",
        "Pacitan",
        "Pamekasan",
        "Pasuruan",
        "Ponorogo",
        "Probolinggo",
        "Sampang",
        "Sidoarjo",
        "Situbondo",
        "Sumenep",
        "Surabaya",
        "Trenggalek",
        "Tuban",
        "Tulungagung",
    ]
)
#: Each question, by its name, with an answer; None where there is nothing to answer.
ANSWERS: Final[Mapping[str, str | None]] = {
    "nama": "Siti Aminah",
    "keterangan": "Pindah karena pekerjaan suami di Sidoarjo.",
    "telepon": "081234567890",
    "surel": "siti@contoh.id",
    "anak": "2",
    "luas": "72.5",
    "lahir": "1990-08-17",
    "jam": "08:30:00.000",
    "janji": "2026-12-01T09:30:00.000",
    "pindah": "ya",
    "pekerjaan": "guru",
    "pekerjaan_cepat": "dagang",
    "kepuasan": "3",
    "kota": "surabaya",
    "bantuan": "kursi baca",
    "kota_lain": "malang",
    "urutan": "ramah waktu biaya",
    "jarak": "10",
    "nilai": "4",
    "suhu": "36.5",
    "usia": "34",
    "catatan": None,
    "paham": "OK",
    "foto": "",
    "wajah": "",
    "tanda_tangan": "",
    "denah": "",
    "nomor_dokumen": "AB1234",
    "lokasi": None,
    "berkas": None,
    "suara": None,
    "dengan_suara": "Sumiati",
    "jenis_rumah": "tembok",
    "wilayah": None,
}
#: Answers that the question's constraint does not take.
WRONG: Final[Mapping[str, str]] = {
    "nama": "Si",
    "keterangan": "Pindah rumah karena pekerjaan. " * 7,
    "telepon": "7123",
    "surel": "siti",
    "anak": "21",
    "luas": "0",
    "lahir": "2099-01-01",
    "jam": "17:00:00.000",
    "janji": "2020-01-01T09:00:00.000",
    "pindah": "ragu",
    "pekerjaan": "lain",
    "pekerjaan_cepat": "lain",
    "kepuasan": "0",
    "kota": "lain",
    "bantuan": "kursi juru baca",
    "kota_lain": "malang gresik tuban",
    "urutan": "biaya waktu ramah",
    "jarak": "20",
    "nilai": "1",
    "suhu": "41.5",
    "usia": "99",
    "nomor_dokumen": "AB1",
    "dengan_suara": "Su",
    "jenis_rumah": "lain",
}


def every_control() -> dict[str, bytes]:
    """The files of both services, by their path in a pack: one to be filled in, one that is filled in and read-only."""
    return _service(SERVICE_ID, readonly=False) | _service(READONLY_ID, readonly=True)


def _service(service: str, *, readonly: bool) -> dict[str, bytes]:
    files: dict[str, bytes] = {"kota.csv": _towns(), "contoh.png": _picture(), "tanya.mp3": b"ID3"}
    converted = convert(_FORM.read_bytes(), "md", name=SERVICE_ID)
    if converted.xml is None:
        raise ValueError("; ".join(problem.message for problem in converted.errors))
    files |= converted.resources
    xml = _filled_in(converted.xml) if readonly else converted.xml
    form = load_form(xml, files)
    document = _document() | {"id": service, "form_id": form.id, "form_version": form.version}
    files["signing-service.webm"] = clip()
    files |= {"service.json": json.dumps(document).encode(), "form.xml": xml.encode()}
    return {f"services/{service}/{name}": content for name, content in files.items()}


def _filled_in(xml: str) -> str:
    """The form with an answer in each question, none of which may be changed."""
    for name, value in ANSWERS.items():
        if value:
            xml = xml.replace(f"<{name}/>", f"<{name}>{value}</{name}>", 1)
    writable = re.sub(r' readonly="[^"]*"', "", xml)
    return writable.replace("<bind ", '<bind readonly="true()" ')


def _document() -> dict[str, Any]:
    name = {"id": "Setiap Isian", "jv": "Saben Isian", "mad": "Sabbhân Èssèyan", "en": "Every Control"}
    text = {"id": "Contoh", "jv": "Conto", "mad": "Conto", "en": "Sample"}
    return {
        "agency": {"id": "kominfo", "name": {"id": "Dinas Komunikasi dan Informatika"}},
        "name": name,
        "summary": text,
        "icon": "form",
        "life_events": [],
        "keywords": {"id": ["isian"]},
        "standard": {
            "requirements": {"id": ["Contoh"]},
            "procedure": {"id": ["Contoh"]},
            "working_days": 1,
            "time": text,
            "fee_rupiah": 0,
            "fee": text,
            "product": text,
            "complaints": text,
        },
        "stages": [{"id": "periksa", "name": text, "working_days": 1}],
        "slip": {"title": text, "next_step": text},
        "identification": "none",
        "nik_question": "",
        "consent": True,
        "needs": [],
    }


def _towns() -> bytes:
    return "\n".join(["name,label", *(f"{town.lower()},{town}" for town in _TOWNS), "lain,Lainnya"]).encode()


def _picture() -> bytes:
    """A house, drawn: a question may be asked with a picture."""
    picture = Image.new("RGB", (480, 320), (230, 238, 240))
    pen = ImageDraw.Draw(picture)
    pen.polygon([(90, 160), (240, 50), (390, 160)], fill=(160, 70, 50))
    pen.rectangle((120, 160, 360, 290), fill=(244, 232, 205), outline=(90, 70, 50), width=4)
    pen.rectangle((215, 205, 265, 290), fill=(90, 110, 120))
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
