"""The sentences of all problems, by code, in the languages of back offices. Codes are stable: they may be stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from forms.authoring.sentences import expressions, files, not_shown, questions, structure

SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    **files.SENTENCES,
    **questions.SENTENCES,
    **structure.SENTENCES,
    **expressions.SENTENCES,
    **not_shown.SENTENCES,
}
