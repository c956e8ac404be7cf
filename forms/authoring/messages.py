"""Problems as sentences (``sentences``) in the languages of back offices. A code with a dot after ``expression`` is one of the reasons why XPath cannot be
read; its sentence is put together from :data:`REASONS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from forms.authoring.sentences import SENTENCES
from forms.limits import MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_LENGTH
from forms.xpath import errors

LANGUAGES = ("en", "id")

REASONS: Mapping[str, Mapping[str, str]] = {
    "en": errors.REASONS,
    "id": {
        "axis": "“{text}” bukan sumbu XPath",
        "character": "“{text}” tidak dikenal",
        "depth": f"rumus bersarang lebih dari {MAX_EXPRESSION_DEPTH} tingkat",
        "empty": "rumus kosong",
        "expected": "seharusnya ada “{wanted}”, tetapi yang ada “{text}”",
        "length": f"rumus paling panjang {MAX_EXPRESSION_LENGTH} huruf",
        "name": "seharusnya ada nama, tetapi yang ada “{text}”",
        "operator": "“{text}” bukan operator",
        "operator-missing": "ada operator yang kurang sebelum “{text}”",
        "quotation": "ada teks yang tidak ditutup tanda kutip",
        "quotation-mark": "“{text}” adalah tanda kutip tipografis; pakailah ' atau \"",
        "reference": "rujukan ${{nama}} belum diganti",
        "unexpected": "“{text}” tidak boleh ada di sini",
        "variable": "XForms tidak memiliki variabel",
    },
}
_END = {"en": errors.END, "id": "akhir rumus"}


def sentence(code: str, parameters: Iterable[tuple[str, str]], language: str) -> str:
    """The sentence of a code in a language."""
    values = dict(parameters)
    family, _, reason = code.partition(".")
    if family != "expression":
        return SENTENCES[code][language].format(**values)
    if values.get("text") == errors.END:
        values["text"] = _END[language]
    return SENTENCES[family][language].format(reason=REASONS[language][reason].format(**values))
