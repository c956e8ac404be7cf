"""Which of a form's languages belongs to a kiosk's language."""

from forms import Form
from forms.languages import language_code
from protocol.languages import FALLBACK


def form_language(form: Form, language: str) -> str | None:
    """The form's name for ``language``: "Basa Jawa (jv)" or "jv" for jv; Indonesian when the form lacks it, else
    the form's default; None for a form without translations."""
    by_code = {language_code(name) or name.casefold(): name for name in form.languages}
    return by_code.get(language) or by_code.get(FALLBACK) or form.default_language
