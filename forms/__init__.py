"""A forms engine for ODK XForms and XLSForm.

    form = load_form(xml)
    session = form.open()
    session.set("/data/name", "Siti")
    session.to_xml()

It imports nothing but the standard library, lxml, RE2, and Babel (and pyxform for :mod:`forms.authoring`).
"""

from forms.definition.model import PLACE_TYPES, SELECTIONS, Formula, Kind, Range
from forms.environment import Environment
from forms.errors import FormError, FormFault, Problem
from forms.form import Form, load_form
from forms.session.choices import Choice
from forms.session.node import Node, Violation, ViolationKind
from forms.session.pages import Page
from forms.session.reading import Entry, Origin, Reading
from forms.session.session import FormSession

__all__ = [
    "PLACE_TYPES",
    "SELECTIONS",
    "Choice",
    "Entry",
    "Environment",
    "Form",
    "FormError",
    "FormFault",
    "FormSession",
    "Formula",
    "Kind",
    "Node",
    "Origin",
    "Page",
    "Problem",
    "Range",
    "Reading",
    "Violation",
    "ViolationKind",
    "load_form",
]
