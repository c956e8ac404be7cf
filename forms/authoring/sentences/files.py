"""What is wrong with a file, its sheets and its columns."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, dict[str, str]]] = {
    "file.type": {
        "en": "A form is written as {known}, not as “{type}”.",
        "id": "Formulir ditulis sebagai {known}, bukan sebagai “{type}”.",
    },
    "file.size": {
        "en": "The file has {size} bytes; at most {most} are read.",
        "id": "Berkas berukuran {size} bita; paling besar {most} bita.",
    },
    "file.unpacked": {
        "en": "The file unpacks to more than {most} bytes.",
        "id": "Isi berkas setelah dibuka melebihi {most} bita.",
    },
    "file.rows": {
        "en": "The form has {rows} rows; at most {most} are read. A long list belongs into a file (select_one_from_file).",
        "id": "Formulir berisi {rows} baris; paling banyak {most}. Daftar panjang ditulis dalam berkas tersendiri "
        "(select_one_from_file).",
    },
    "file.cells": {
        "en": "The form has {cells} cells; at most {most} are read. A long list belongs into a file (select_one_from_file).",
        "id": "Formulir berisi {cells} sel; paling banyak {most}. Daftar panjang ditulis dalam berkas tersendiri "
        "(select_one_from_file).",
    },
    "file.unreadable": {
        "en": "The file cannot be read as {type}: {detail}.",
        "id": "Berkas tidak dapat dibaca sebagai {type}: {detail}.",
    },
    "file.no-form": {
        "en": "The file is not a form written as {type}.",
        "id": "Berkas ini bukan formulir yang ditulis sebagai {type}.",
    },
    "file.list": {
        "en": "The file “{file}” cannot be read: {detail}",
        "id": "Berkas “{file}” tidak dapat dibaca: {detail}",
    },
    "file.missing": {
        "en": "The file “{file}” belongs to the form and is missing; upload it beside the form.",
        "id": "Berkas “{file}” adalah bagian formulir, tetapi tidak ada; unggah bersama formulirnya.",
    },
    "file.missing-near": {
        "en": "The file “{file}” is missing; “{near}” is there, but names count letter by letter, capitals too.",
        "id": "Berkas “{file}” tidak ada; yang ada “{near}”, padahal nama harus sama persis, termasuk huruf besar.",
    },
    "file.name-space": {
        "en": "The file name “{file}” has a space in it; rename the file, and write its name without one.",
        "id": "Nama berkas “{file}” mengandung spasi; ubah nama berkasnya dan tulis tanpa spasi.",
    },
    "sheet.empty": {
        "en": "The sheet “survey” is missing or empty; it holds the questions.",
        "id": "Lembar “survey” tidak ada atau kosong; di sanalah pertanyaan ditulis.",
    },
    "column.missing": {
        "en": "The sheet “{sheet}” has no column “{column}”.",
        "id": "Lembar “{sheet}” tidak memiliki kolom “{column}”.",
    },
    "column.twice": {
        "en": "The column “{column}” is there twice; rename or remove one.",
        "id": "Kolom “{column}” ada dua kali; ubah namanya atau hapus salah satu.",
    },
    "sheet.unused": {
        "en": "The sheet “{sheet}” is not used here; nothing comes of what stands on it.",
        "id": "Lembar “{sheet}” tidak dipakai di sini; isinya tidak berpengaruh.",
    },
    "setting.unused": {
        "en": "The setting “{setting}” has no effect here: answers are sealed and sent by the kiosk in its own way.",
        "id": "Pengaturan “{setting}” tidak berlaku di sini: kios menyegel dan mengirim jawaban dengan caranya sendiri.",
    },
    "column.unknown": {
        "en": "The column “{column}” is not known and is ignored; “{near}” may be meant.",
        "id": "Kolom “{column}” tidak dikenal dan diabaikan; mungkin maksudnya “{near}”.",
    },
}
