"""What a kiosk does not show, although it is right."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, dict[str, str]]] = {
    "not-shown.sound": {
        "en": "Sound cannot be recorded; the question is shown as not available.",
        "id": "Suara tidak dapat direkam; pertanyaan ditampilkan sebagai tidak tersedia.",
    },
    "not-shown.video": {
        "en": "Video cannot be recorded; the question is shown as not available.",
        "id": "Video tidak dapat direkam; pertanyaan ditampilkan sebagai tidak tersedia.",
    },
    "not-shown.video-prompt": {
        "en": "Videos are not played; say it in the label, a picture or a recorded sound.",
        "id": "Video tidak diputar; sampaikan lewat label, gambar, atau rekaman suara.",
    },
    "not-shown.choice-sound": {
        "en": "The sound of a choice is not played; put it on the question.",
        "id": "Suara pada pilihan tidak diputar; pasang pada pertanyaannya.",
    },
    "not-shown.file": {
        "en": "Files cannot be uploaded; ask for a photograph instead.",
        "id": "Berkas tidak dapat diunggah; mintalah foto.",
    },
    "not-shown.place": {
        "en": "Places cannot be taken; ask for the address instead.",
        "id": "Titik lokasi tidak dapat diambil; tanyakan alamatnya.",
    },
    "not-shown.required": {
        "en": "Nobody can answer this at a kiosk, so it cannot be required; take “required” away, or the question.",
        "id": "Ini tidak dapat dijawab di kios, jadi tidak boleh wajib; hapus isi “required”, atau pertanyaannya.",
    },
    "not-shown.background-sound": {
        "en": "Sound is not recorded in the background.",
        "id": "Suara tidak direkam di latar belakang.",
    },
    "not-shown.lines": {
        "en": "Lines and areas cannot be drawn; ask for a place instead.",
        "id": "Garis dan bidang tidak dapat digambar; mintalah satu tempat.",
    },
    "not-shown.position": {
        "en": "The position of the device is not recorded.",
        "id": "Posisi perangkat tidak dicatat.",
    },
    "not-shown.audit": {
        "en": "No log of the filling is kept.",
        "id": "Jejak pengisian tidak dicatat.",
    },
    "not-shown.telephone": {
        "en": "The device has no telephone; this stays blank.",
        "id": "Perangkat tidak memiliki telepon; isian ini tetap kosong.",
    },
    "not-shown.user": {
        "en": "Nobody is signed in; this stays blank.",
        "id": "Tidak ada pengguna yang masuk; isian ini tetap kosong.",
    },
    "not-shown.application": {
        "en": "Other applications are not started; the question is answered by typing.",
        "id": "Aplikasi lain tidak dijalankan; pertanyaan dijawab dengan mengetik.",
    },
    "not-shown.search": {
        "en": "“search()” is not supported; use select_one_from_file with a choice filter.",
        "id": "“search()” tidak didukung; pakailah select_one_from_file dengan choice_filter.",
    },
    "not-shown.map": {
        "en": "Maps are not shown; the place is chosen from a list or typed.",
        "id": "Peta tidak ditampilkan; tempat dipilih dari daftar atau diketik.",
    },
    "not-shown.image-map": {
        "en": "Choices on a drawing are shown as a list.",
        "id": "Pilihan pada gambar ditampilkan sebagai daftar.",
    },
    "not-shown.annotate": {
        "en": "Photographs cannot be drawn on; the photograph is taken as it is.",
        "id": "Foto tidak dapat digambari; foto diambil apa adanya.",
    },
    "not-shown.calendar": {
        "en": "The calendar is the Gregorian one.",
        "id": "Kalender yang dipakai adalah kalender Masehi.",
    },
    "not-shown.plain": {
        "en": "This appearance is shown as the plain question.",
        "id": "Tampilan ini ditampilkan sebagai pertanyaan biasa.",
    },
    "not-shown.last-saved": {
        "en": "Answers of the last filling are not kept; what asks for them stays blank.",
        "id": "Jawaban pengisian terakhir tidak disimpan; yang memintanya tetap kosong.",
    },
}
