"""What is wrong with an expression, and what other readers of forms said."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, dict[str, str]]] = {
    "expression": {
        "en": "The expression cannot be read: {reason}.",
        "id": "Rumus tidak dapat dibaca: {reason}.",
    },
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
}
