"""What is wrong with a question."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, dict[str, str]]] = {
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
}
