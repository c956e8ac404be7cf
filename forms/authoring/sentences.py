"""The sentences of all problems, by code, in the languages of back offices. Codes are stable: they may be stored."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "expression": {
        "en": "The expression cannot be read: {reason}.",
        "id": "Rumus tidak dapat dibaca: {reason}.",
    },
    # --- the file ---
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
    # --- sheets and columns ---
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
    # --- questions ---
    "type.missing": {
        "en": "The question has no type.",
        "id": "Pertanyaan ini belum memiliki jenis (type).",
    },
    "type.unknown": {
        "en": "“{type}” is no type of question.",
        "id": "“{type}” bukan jenis pertanyaan.",
    },
    "type.near": {
        "en": "“{type}” is no type of question; “{near}” may be meant.",
        "id": "“{type}” bukan jenis pertanyaan; mungkin maksudnya “{near}”.",
    },
    "name.missing": {
        "en": "The question has no name; under its name the answer is stored.",
        "id": "Pertanyaan ini belum memiliki nama (name); jawaban disimpan dengan nama itu.",
    },
    "name.form": {
        "en": "“{name}” is no name: it begins with a letter and has letters, digits, - _ and .",
        "id": "“{name}” tidak dapat dipakai sebagai nama: mulailah dengan huruf, lalu huruf, angka, - _ dan titik.",
    },
    "name.twice": {
        "en": "The name “{name}” is used in row {row} already.",
        "id": "Nama “{name}” sudah dipakai pada baris {row}.",
    },
    "label.missing": {
        "en": "The question has no label; the label is what people read.",
        "id": "Pertanyaan ini belum memiliki label; label adalah tulisan yang dibaca warga.",
    },
    "translation.missing": {
        "en": "“{column}” is empty here, though the row has this text in another language.",
        "id": "“{column}” kosong, padahal baris ini memiliki teks itu dalam bahasa lain.",
    },
    "translation.only": {
        "en": "This text is there in one language only; in “{language}” it is missing. Add a column “{column}”.",
        "id": "Teks ini hanya ada dalam satu bahasa; dalam “{language}” belum ada. Tambahkan kolom “{column}”.",
    },
    "default.type": {
        "en": "The question cannot begin with “{default}”: it takes {takes}. It begins blank.",
        "id": "Pertanyaan ini tidak dapat diawali “{default}”, yang bukan nilai jenisnya ({takes}). Isinya kosong.",
    },
    "default.choice": {
        "en": "The question cannot begin with “{default}”: the list “{list}” has no such name. It begins blank.",
        "id": "Pertanyaan ini tidak dapat diawali “{default}”: nama itu tidak ada dalam daftar “{list}”. Isinya kosong.",
    },
    "answer.never": {
        "en": "No answer of the type “{type}” passes this constraint; whoever is asked cannot go on. Correct one of the two.",
        "id": "Tidak ada jawaban jenis “{type}” yang memenuhi batasan (constraint) ini; perbaiki salah satunya.",
    },
    "answer.never-number": {
        "en": "No answer of the type “{type}” passes this constraint: it takes whole numbers up to 2,147,483,647, without "
        "zeros before them. For digits such as a NIK use the type “text” with the appearance “numbers”.",
        "id": "Tidak ada jawaban jenis “{type}” yang memenuhi batasan (constraint) ini: jenis itu menerima bilangan bulat "
        "sampai 2.147.483.647 tanpa nol di depan. Untuk angka seperti NIK, pakailah jenis “text” dengan appearance "
        "“numbers”.",
    },
    "answer.never-time": {
        "en": "No time passes this constraint. Times are compared as numbers: decimal-time(.) <= decimal-time('16:00').",
        "id": "Tidak ada jam yang memenuhi batasan (constraint) ini. Jam dibandingkan sebagai angka: decimal-time(.) <= "
        "decimal-time('16:00').",
    },
    "answer.read-only": {
        "en": "Nobody can answer this, since it is only shown; take “required” away, or fill it by a calculation.",
        "id": "Ini hanya ditampilkan dan tidak dapat dijawab; hapus isi “required”, atau isilah dengan rumus (calculation).",
    },
    "bare.question": {
        "en": "“{name}” is a question; in an expression it is written as ${{{name}}}. As it stands it is always blank.",
        "id": "“{name}” adalah pertanyaan; dalam rumus ditulis ${{{name}}}. Seperti ini isinya selalu kosong.",
    },
    "bare.near": {
        "en": "“{name}” is no question and always blank; ${{{near}}} may be meant. A text stands in quotation marks: '{name}'.",
        "id": "“{name}” bukan pertanyaan dan selalu kosong; mungkin maksudnya ${{{near}}}. Teks ditulis dalam tanda kutip: "
        "'{name}'.",
    },
    "bare.unknown": {
        "en": "“{name}” is no question and always blank. A text stands in quotation marks: '{name}'; a question is written as "
        "${{name}}.",
        "id": "“{name}” bukan pertanyaan dan selalu kosong. Teks ditulis dalam tanda kutip: '{name}'; pertanyaan ditulis "
        "${{nama}}.",
    },
    "bare.condition": {
        "en": "“{text}” is no condition and never true; write “yes”, “no”, or an expression.",
        "id": "“{text}” bukan syarat dan tidak pernah benar; tulislah “yes”, “no”, atau sebuah rumus.",
    },
    "calculation.missing": {
        "en": "A calculate needs a calculation.",
        "id": "Pertanyaan calculate memerlukan rumus (calculation).",
    },
    "trigger.form": {
        "en": "The trigger is written as ${{name}}.",
        "id": "Pemicu (trigger) ditulis sebagai ${{nama}}.",
    },
    "reference.unknown": {
        "en": "There is no question “{name}”.",
        "id": "Tidak ada pertanyaan “{name}”.",
    },
    "reference.near": {
        "en": "There is no question “{name}”; “{near}” may be meant.",
        "id": "Tidak ada pertanyaan “{name}”; mungkin maksudnya “{near}”.",
    },
    "reference.open": {
        "en": "A reference is written as ${{name}}; here a bracket is missing.",
        "id": "Rujukan ditulis sebagai ${{nama}}; di sini ada kurung yang kurang.",
    },
    "parameters": {
        "en": "The parameters cannot be used: {detail}",
        "id": "Parameter tidak dapat dipakai: {detail}",
    },
    "range.number": {
        "en": "The range needs a number as its “{name}”.",
        "id": "Rentang (range) memerlukan angka untuk “{name}”.",
    },
    "appearance.unknown": {
        "en": "The appearance “{appearance}” is not known; it is ignored.",
        "id": "Tampilan (appearance) “{appearance}” tidak dikenal dan diabaikan.",
    },
    "appearance.type": {
        "en": "The appearance “{appearance}” is not for questions of the type “{type}”; it is ignored.",
        "id": "Tampilan (appearance) “{appearance}” bukan untuk pertanyaan jenis “{type}” dan diabaikan.",
    },
    # --- groups and lists ---
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
    # --- expressions ---
    "function.unknown": {
        "en": "There is no function “{name}()”.",
        "id": "Tidak ada fungsi “{name}()”.",
    },
    "function.arguments": {
        "en": "The function “{name}()” does not take {count} arguments.",
        "id": "Fungsi “{name}()” tidak menerima {count} argumen.",
    },
    "circle": {
        "en": "These depend on each other in a circle: {circle}.",
        "id": "Pertanyaan ini saling bergantung tanpa ujung: {circle}.",
    },
    "circle.own": {
        "en": "The “{what}” depends on the question's own value.",
        "id": "“{what}” bergantung pada nilai pertanyaan itu sendiri.",
    },
    # --- what others say ---
    "conversion": {
        "en": "The form cannot be converted: {detail}",
        "id": "Formulir tidak dapat dikonversi: {detail}",
    },
    "conversion.note": {
        "en": "{detail}",
        "id": "Catatan konversi: {detail}",
    },
    "form": {
        "en": "The form cannot be opened: {detail}",
        "id": "Formulir tidak dapat dibuka: {detail}",
    },
    # --- what a kiosk does not show ---
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
