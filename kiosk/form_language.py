"""Which of a form's languages belongs to a kiosk's language."""

import re
from typing import Final

from forms import Form
from kiosk.text import FALLBACK

_CODE: Final = re.compile(r"\(([A-Za-z-]+)\)\s*$")


def form_language(form: Form, language: str) -> str | None:
    """The form's name for ``language``: "Basa Jawa (jv)" or "jv" for jv; Indonesian when the form lacks it, else
    the form's default; None for a form without translations."""
    by_code = {_code(name): name for name in form.languages}
    return by_code.get(language) or by_code.get(FALLBACK) or form.default_language


def _code(name: str) -> str:
    match = _CODE.search(name)
    return (match.group(1) if match else name).casefold()
