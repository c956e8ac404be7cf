"""Whether a question can be answered at all: its type, its list, its constraint, and what it begins with.

A constraint is tried with answers, by the engine itself, in a form of one question. Only those parts of it are tried
whose meaning leaves nothing open: what they ask about is the answer alone, and what they compare it with stands there.
So a constraint that is found impossible is; one that is not understood is taken for possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.sax.saxutils import quoteattr

from pyxform.utils import default_is_dynamic

from forms.authoring.bare_names import column_names
from forms.authoring.choices.selections import Selection, Source, list_name, selections
from forms.authoring.patterns import PatternUnread
from forms.authoring.problems import AuthoringProblem
from forms.authoring.sheets import Workbook
from forms.authoring.structure import at, bind_type, is_required, is_shown_only
from forms.authoring.tried_answers import candidates
from forms.authoring.understood import understood_parts
from forms.errors import FormError
from forms.form import load_form
from forms.session.datatypes import describe, normalize
from forms.xpath import XPathSyntaxError, parse

_TRIED_TYPES = frozenset({"string", "barcode", "int", "decimal", "date", "dateTime", "time"})
_WHOLE_NUMBER = "int"
_OF_DIGITS = re.compile(r"regex\(|string-length\(|\d{10}")
"""Of constraints that have the digits of a number in mind, rather than its size."""
_AT_THE_END = re.compile(r"(?:get )?end(?: time)?\Z")
"""Filled when the form is written, after it was looked at whether everything is answered."""


def check_constraints(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """Constraints that no answer of the question's type can meet."""
    lists = {one.row.number: one for one in selections(workbook)}
    for row in workbook.survey:
        constraint, data_type = row.get("constraint").strip(), bind_type(row)
        if not constraint or data_type not in _TRIED_TYPES or row.get("calculation").strip():
            continue
        chosen = lists.get(row.number)
        if chosen is not None and (chosen.source is Source.FILE or (chosen.several and "rank" in row.get("type"))):
            continue
        choices = () if chosen is None else _choices(workbook, chosen)
        if not _possible(data_type, constraint, row.get("type").strip(), row.get("parameters"), choices, chosen):
            digits = data_type == _WHOLE_NUMBER and "range" not in row.get("type") and _OF_DIGITS.search(constraint)
            code = "answer.never-number" if digits else "answer.never-time" if data_type == "time" else "answer.never"
            yield at(row, "constraint", code, type=row.get("type").strip())


def check_filled(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """Questions that must be answered and cannot be: only shown or hidden, and nothing fills them in time."""
    for row in workbook.survey:
        kind = " ".join(row.get("type").lower().split())
        shown = is_shown_only(row) or row.get("read_only").strip().lower() in ("yes", "true", "true()")
        if not is_required(row) or not (shown or kind == "hidden" or _AT_THE_END.match(kind)):
            continue
        filled = any(row.get(name).strip() for name in ("calculation", "default", "trigger"))
        set_by_others = any(row.get("name").strip() in other.get("trigger") for other in workbook.survey)
        if _AT_THE_END.match(kind) or not (filled or set_by_others):
            yield at(row, "required", "answer.read-only")


def default_warnings(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """What a question is said to begin with, but cannot hold: it begins blank."""
    lists = {one.row.number: one for one in selections(workbook)}
    for row in workbook.survey:
        text, data_type = row.get("default").strip(), bind_type(row)
        if not text or default_is_dynamic(text, data_type):
            continue
        chosen = lists.get(row.number)
        if chosen is not None and chosen.source is not Source.FILE:
            known = _choices(workbook, chosen)
            wrong = [one for one in (text.split() if chosen.several else [text]) if known and one not in known]
            if wrong:
                yield at(row, "default", "default.choice", default=wrong[0], list=chosen.list)
        elif data_type in _TRIED_TYPES and not normalize(data_type, text):
            yield at(row, "default", "default.type", default=text, takes=describe(data_type))


def _choices(workbook: Workbook, one: Selection) -> tuple[str, ...]:
    rows = workbook.choices if one.source is Source.CHOICES else workbook.external_choices
    names = (row.get("name").strip() for row in rows if list_name(row) == one.list)
    other = ("other",) if one.rest.replace(" ", "_").lower() == "or_other" else ()
    return tuple(dict.fromkeys((*names, *other)))


def _possible(
    data_type: str, constraint: str, kind: str, parameters: str, choices: tuple[str, ...], chosen: Selection | None
) -> bool:
    if chosen is not None and not choices:
        return True  # That its list is missing is said already.
    several = chosen is not None and chosen.several
    bounds = parameters if kind == "range" else None
    if bounds is not None and "." in bounds:
        data_type = "decimal"
    return _tried(data_type, constraint, bounds, choices, several)


@lru_cache(maxsize=512)
def _tried(data_type: str, constraint: str, bounds: str | None, choices: tuple[str, ...], several: bool) -> bool:
    """Whether some answer meets the constraint, or nothing can be said about it."""
    try:
        parts = understood_parts(parse(column_names(constraint)))
    except XPathSyntaxError:
        return True
    if not parts:
        return True
    try:
        answers = candidates(data_type, parts, range_parameters=bounds, choices=choices, several=several)
    except PatternUnread:
        return True
    tried = " and ".join(f"({part})" for part in parts)
    try:
        form = load_form(_FORM.format(type=data_type, constraint=quoteattr(tried)))
    except FormError:
        return True
    session = form.open()
    question = session.nodes["/d/q"]
    for answer in filter(None, answers):
        try:
            session.set("/d/q", answer)
        except ValueError:
            continue  # Not of this type.
        if question.violation is None:
            return True
    # An expression that cannot be computed says nothing about answers.
    return bool(session.faults)


_FORM = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>t</h:title>'
    '<model><instance><d id="d"><q/></d></instance><bind nodeset="/d/q" type="{type}" constraint={constraint}/></model>'
    '</h:head><h:body><input ref="/d/q"/></h:body></h:html>'
)
