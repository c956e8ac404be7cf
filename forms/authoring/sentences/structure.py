"""What is wrong with groups, repeats and lists of choices."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, dict[str, str]]] = {
    "group.not-begun": {
        "en": "This ends a {kind} that was never begun.",
        "id": "Baris ini menutup {kind} yang tidak pernah dibuka.",
    },
    "group.other": {
        "en": "This ends a {kind}, but row {row} begins a {begun}.",
        "id": "Baris ini menutup {kind}, tetapi baris {row} membuka {begun}.",
    },
    "group.not-ended": {
        "en": "The {kind} is never ended; add a row “end {kind}”.",
        "id": "{kind} ini tidak pernah ditutup; tambahkan baris “end {kind}”.",
    },
    "list.missing": {
        "en": "There is no list “{list}” on the sheet “{sheet}” (there is: {known}).",
        "id": "Tidak ada daftar “{list}” pada lembar “{sheet}” (yang ada: {known}).",
    },
    "list.unsaid": {
        "en": "“{type}” needs the name of its list after it, as in “select_one villages”.",
        "id": "Setelah “{type}” harus ada nama daftarnya, misalnya “select_one desa”.",
    },
    "list.ending": {
        "en": "“{type}” needs the name of a file that ends with one of {endings}; “{list}” does not.",
        "id": "“{type}” memerlukan nama berkas yang berakhiran salah satu dari {endings}; “{list}” tidak.",
    },
    "list.file-empty": {
        "en": "The file “{file}” has nothing to choose: no rows below its header.",
        "id": "Berkas “{file}” tidak berisi pilihan: tidak ada baris di bawah judul kolomnya.",
    },
    "list.file-column": {
        "en": "The file “{file}” has no column “{column}”; it has: {known}.",
        "id": "Berkas “{file}” tidak memiliki kolom “{column}”; yang ada: {known}.",
    },
    "list.file-column-near": {
        "en": "The file “{file}” has no column “{column}”; “{near}” may be meant (it has: {known}).",
        "id": "Berkas “{file}” tidak memiliki kolom “{column}”; mungkin maksudnya “{near}” (yang ada: {known}).",
    },
    "list.file-label": {
        "en": "The file “{file}” has no column “{column}”, so its choices show what is stored; it has: {known}.",
        "id": "Berkas “{file}” tidak memiliki kolom “{column}”, jadi yang tampil adalah nilainya; yang ada: {known}.",
    },
    "list.file-header": {
        "en": "The file “{file}” has the column “{column}” twice; rename or remove one.",
        "id": "Berkas “{file}” memiliki kolom “{column}” dua kali; ubah namanya atau hapus salah satu.",
    },
    "list.file-blank": {
        "en": "In the file “{file}” the column “{column}” is empty in row {rows}; such a choice cannot be chosen.",
        "id": "Pada berkas “{file}” kolom “{column}” kosong di baris {rows}; pilihan itu tidak dapat dipilih.",
    },
    "list.file-twice": {
        "en": "In the file “{file}” the column “{column}” has a value again in row {rows}; of equal ones only the first counts.",
        "id": "Pada berkas “{file}” nilai kolom “{column}” berulang di baris {rows}; hanya yang pertama yang berlaku.",
    },
    "list.file-space": {
        "en": "In the file “{file}” the column “{column}” has a space in row {rows}; where several can be chosen, a space "
        "separates them.",
        "id": "Pada berkas “{file}” kolom “{column}” mengandung spasi di baris {rows}; bila boleh memilih lebih dari satu, "
        "spasi adalah pemisah.",
    },
    "list.filter-column": {
        "en": "The list “{list}” has no column “{column}”, so nothing is ever offered; it has: {known}.",
        "id": "Daftar “{list}” tidak memiliki kolom “{column}”, jadi tidak ada yang ditawarkan; yang ada: {known}.",
    },
    "list.unnamed": {
        "en": "The choice does not say which list it is in.",
        "id": "Pilihan ini tidak menyebut daftarnya (list_name).",
    },
    "choice.name": {
        "en": "The choice has no name; the name is what is stored.",
        "id": "Pilihan ini belum memiliki nama (name); nama itulah yang disimpan.",
    },
    "choice.space": {
        "en": "The choice's name “{name}” has a space in it; where several can be chosen, a space separates them.",
        "id": "Nama pilihan “{name}” mengandung spasi; bila boleh memilih lebih dari satu, spasi adalah pemisah.",
    },
    "choice.twice": {
        "en": "The choice “{name}” is in the list already, in row {row}.",
        "id": "Pilihan “{name}” sudah ada dalam daftar ini, pada baris {row}.",
    },
}
