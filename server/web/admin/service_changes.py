"""What a draft changes, in the words of the page: members of the description by the names of their fields."""

import re
from collections.abc import Sequence
from typing import Any

from forms.comparison import Difference
from protocol.languages import LANGUAGES
from server.catalogue.service_drafts import Changes
from server.web.frame.visitor import Visitor

#: Of a long list of choices the beginning tells enough.
_SHOWN = 600


def of_form(visitor: Visitor, differences: Sequence[Difference]) -> list[dict[str, Any]]:
    return [_line(one, one.name, _what(visitor, one.what)) for one in differences]


def of_all(visitor: Visitor, changes: Changes | None) -> list[dict[str, Any]]:
    """Sections with their lines: description, form, files; empty where nothing is in force yet."""
    if changes is None:
        return []
    described = [
        _line(
            one,
            member_name(visitor, one.name),
            visitor.say(f"language.{one.what}") if one.what in LANGUAGES else one.what,
            switch=lambda text: visitor.say("service.yes" if text == "True" else "service.no"),
        )
        for one in changes.description
    ]
    files = [_line(one, one.name, "") for one in changes.files]
    sections = (("description", described), ("form", of_form(visitor, changes.form)), ("files", files))
    return [{"key": key, "lines": lines} for key, lines in sections]


def member_name(visitor: Visitor, column: str) -> str:
    """What a member of the description is called on the page; a part of a member is named by its beginning."""
    way = column.split(".")
    while way:
        key = f"service.{'.'.join(way)}"
        if visitor.site.texts.has(key):
            return visitor.say(key) + _rest(column.split(".")[len(way) :])
        way.pop()
    return column


def _what(visitor: Visitor, what: str) -> str:
    """What of a question changed; behind it the form's name of the language, where it is a text."""
    head = re.split(r" \[|,", what, maxsplit=1)[0]
    key = f"difference.of.{head.replace(' ', '_')}"
    return visitor.say(key) + what[len(head) :] if visitor.site.texts.has(key) else what


def _rest(parts: Sequence[str]) -> str:
    """Which stage of several."""
    return f" ({parts[0]})" if parts and not parts[0].isdigit() else ""


def _line(one: Difference, name: str, what: str, switch: Any = None) -> dict[str, Any]:
    def words(text: str) -> str:
        shown = switch(text) if switch is not None and text in ("True", "False") else text
        return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]} …"

    return {"kind": str(one.kind), "name": name, "what": what, "old": words(one.old), "new": words(one.new)}
