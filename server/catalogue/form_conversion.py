"""From a spreadsheet and the files it names to a form that kiosks can run."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from forms import Form, FormError, load_form
from forms.authoring import NEVER_ANSWERED, AuthoringProblem, convert
from server.catalogue.service_drafts import Problem, Severity

MEDIA_FILES: Final = 100
FILE_TYPES: Final = ("xlsx", "csv", "md")


@dataclass(frozen=True)
class ConvertedForm:
    xml: str | None
    #: The loaded form; None exactly when ``xml`` is.
    form: Form | None
    resources: Mapping[str, bytes]
    problems: tuple[Problem, ...]


def convert_form(source: bytes, file_type: str, name: str, media: Mapping[str, bytes]) -> ConvertedForm:
    """The XForm of a spreadsheet, loaded once with the engine that kiosks run, so that both agree it can be filled."""
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


def _severity(found: AuthoringProblem, severity: Severity) -> Severity:
    """A form that can be filled elsewhere, but never sent from a kiosk, is not published."""
    return Severity.ERROR if found.code == NEVER_ANSWERED else severity


def load(xml: bytes, files: Mapping[str, bytes]) -> Form | None:
    """The form again, from what was converted; None when this engine does not take it any more."""
    try:
        return load_form(xml, {name: data for name, data in files.items() if name != "form.xml"})
    except FormError:
        return None


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
