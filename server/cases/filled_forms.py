"""The forms of published services, as whoever reads or judges a filled one needs them."""

import re
from typing import Final

from forms import Form, FormError, load_form
from server.catalogue.pack_content import PackService

FORM_FILE: Final = "form.xml"
#: Kiosks fall back to it as well. Calculations may yield words, so a form is judged in the language it was filled in.
FALLBACK: Final = "id"
_CODE: Final = re.compile(r"\(([A-Za-z-]+)\)\s*$")


def form_of(service: PackService) -> Form | None:
    """The service's form; None where it cannot be loaded any more."""
    resources = {name: data for name, data in service.files.items() if name != FORM_FILE}
    try:
        return load_form(service.files[FORM_FILE], resources)
    except (FormError, KeyError):
        return None


def form_language(form: Form, language: str) -> str | None:
    """The form's name of ``language``: "Basa Jawa (jv)" or "jv" for jv; the Indonesian one when the form lacks it, else
    the form's default; None for a form without translations."""
    by_code = {_code(name): name for name in form.languages}
    return by_code.get(language) or by_code.get(FALLBACK) or form.default_language


def _code(name: str) -> str:
    match = _CODE.search(name)
    return (match[1] if match else name).casefold()
