"""From a spreadsheet and the files it names to a form that kiosks can run."""

import hashlib
import io
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from forms import Form, FormError, load_form
from server.catalogue.service_drafts import Problem, Severity

if TYPE_CHECKING:
    from forms.authoring import AuthoringProblem

MEDIA_FILES: Final = 100
#: Loaded forms that are kept in memory.
FORMS_KEPT: Final = 8
#: Spreadsheets, and XForms as other tools and this server give them.
FILE_TYPES: Final = ("xlsx", "csv", "md", "xml")

_NOT_UTF_8: Final = {
    "id": "Berkas XForm ini tidak memakai UTF-8; simpan ulang sebagai UTF-8, lalu unggah lagi.",
    "en": "This XForm is not UTF-8; save it as UTF-8 and upload it again.",
}
_MISSING: Final = {
    "id": "Formulir memakai daftar “{file}”; unggah berkas itu bersama formulirnya.",
    "en": "The form uses the list “{file}”; upload that file together with the form.",
}


@dataclass(frozen=True)
class ConvertedForm:
    xml: str | None
    #: The loaded form; None exactly when ``xml`` is.
    form: Form | None
    resources: Mapping[str, bytes]
    problems: tuple[Problem, ...]


def convert_form(source: bytes, file_type: str, name: str, media: Mapping[str, bytes]) -> ConvertedForm:
    """The XForm of a spreadsheet, loaded once with the engine that kiosks run, so that both agree it can be filled."""
    if file_type == "xml":
        return _xform(source, media)
    # pyxform and what it needs is a good part of all that a server would load at its start; only children convert.
    from forms.authoring import convert

    converted = convert(source, file_type, name=name, resources=media)
    problems = [
        Problem(_severity(one, severity), one.message, one.sheet, one.row or None, one.column, {"id": one.text("id")})
        for severity, found in ((Severity.ERROR, converted.errors), (Severity.WARNING, converted.warnings))
        for one in found
    ]
    resources = {**converted.resources, **media}
    if converted.xml is None:
        return ConvertedForm(None, None, {}, tuple(problems))
    try:
        form = load_form(converted.xml, resources)
    except FormError as error:
        problems += [Problem(Severity.ERROR, str(one)) for one in error.problems]
        return ConvertedForm(None, None, {}, tuple(problems))
    return ConvertedForm(converted.xml, form, resources, tuple(problems))


def _xform(source: bytes, media: Mapping[str, bytes]) -> ConvertedForm:
    """A form that was converted elsewhere: it has no rows to be named, only what the engine says of it."""
    try:
        form = load_form(source, media)
        xml = source.decode("utf-8-sig")
    except FormError as error:
        return ConvertedForm(None, None, {}, tuple(Problem(Severity.ERROR, str(one)) for one in error.problems))
    except UnicodeDecodeError:
        return ConvertedForm(None, None, {}, (_said(_NOT_UTF_8),))
    missing = tuple(_said(_MISSING, file=name) for name in form.missing_resources)
    told = tuple(f"“{name}”" for name in form.missing_resources)
    warnings = tuple(
        Problem(Severity.WARNING, str(one)) for one in form.warnings if not any(name in one.message for name in told)
    )
    return ConvertedForm(xml, form, media, (*missing, *warnings))


def _said(texts: Mapping[str, str], **values: str) -> Problem:
    sentences = {language: text.format(**values) for language, text in texts.items()}
    return Problem(Severity.ERROR, sentences["en"], texts=sentences)


def _severity(found: "AuthoringProblem", severity: Severity) -> Severity:
    """A form that can be filled elsewhere, but never sent from a kiosk, is not published."""
    from forms.authoring import NEVER_ANSWERED

    return Severity.ERROR if found.code == NEVER_ANSWERED else severity


class LoadedForms:
    """Forms that were converted before, loaded; the last few are kept: a page asks for one several times, a trial at each
    step. Any thread."""

    def __init__(self, most: int = FORMS_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, Form | None] = OrderedDict()

    def load(self, xml: bytes, files: Mapping[str, bytes]) -> Form | None:
        """None when this engine does not take it any more."""
        resources = {name: data for name, data in files.items() if name != "form.xml"}
        key = _digest(xml, resources)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        try:
            form: Form | None = load_form(xml, resources)
        except FormError:
            form = None
        with self._lock:
            self._kept[key] = form
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return form


def _digest(xml: bytes, resources: Mapping[str, bytes]) -> bytes:
    """Of everything that the form is made of."""
    digest = hashlib.blake2b(hashlib.blake2b(xml).digest())
    for name, data in sorted(resources.items()):
        digest.update(hashlib.blake2b(name.encode()).digest())
        digest.update(hashlib.blake2b(data).digest())
    return digest.digest()


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def unzipped(content: bytes | None) -> dict[str, bytes]:
    if not content:
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
