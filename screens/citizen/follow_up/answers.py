"""Between what people type and read, and what a form keeps: which control a question gets, and its answer in words.

Values in a form are lexical XForms values: a date is ``2026-11-24``, a choice of several is names with spaces between.
"""

import re
from collections.abc import Callable
from datetime import date, time
from enum import StrEnum
from typing import Final

from forms import PLACE_TYPES, Kind, Node
from protocol.formats import Formatting
from protocol.limits import NIK_DIGITS
from screens.citizen.follow_up.purpose import asks_email, asks_nik, asks_sixteen
from screens.language.texts import Texts
from screens.look.widgets.entry import MULTILINE_LENGTH, TEXT_LENGTH, Layout, digits_shown


class Control(StrEnum):
    """The kinds of widget that a question can get."""

    TEXT = "TEXT"
    DATE = "DATE"
    TIME = "TIME"
    DATE_TIME = "DATE_TIME"
    ONE = "ONE"
    SEVERAL = "SEVERAL"
    NOTE = "NOTE"
    PHOTO = "PHOTO"
    SIGNATURE = "SIGNATURE"
    RANGE = "RANGE"
    RANK = "RANK"
    TRIGGER = "TRIGGER"
    #: Filled in by the form itself, or not to be changed.
    SHOWN = "SHOWN"
    #: Sound, video, files, places on a map: a kiosk cannot take them.
    IMPOSSIBLE = "IMPOSSIBLE"


#: More choices than this are found by typing a few letters.
LISTED_AT_MOST: Final = 16

_TYPED: Final = frozenset({Control.TEXT, Control.DATE, Control.TIME, Control.DATE_TIME})
_DATA_CONTROLS: Final = {"date": Control.DATE, "time": Control.TIME, "dateTime": Control.DATE_TIME}
_SIGNED: Final = frozenset({"signature", "draw", "annotate"})
_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIME: Final = re.compile(r"(\d{2}):(\d{2})")


def control_of(node: Node) -> Control:
    """The control for a question."""
    if node.kind in (Kind.SELECT1, Kind.SELECT, Kind.RANK, Kind.RANGE, Kind.TRIGGER, Kind.UPLOAD) and node.readonly:
        return Control.SHOWN
    match node.kind:
        case Kind.SELECT1:
            return Control.ONE
        case Kind.SELECT:
            return Control.SEVERAL
        case Kind.RANK:
            return Control.RANK
        case Kind.RANGE:
            return Control.RANGE if node.range is not None else Control.TEXT
        case Kind.TRIGGER:
            return Control.TRIGGER
        case Kind.NOTE:
            # A question that is read-only from the start is a note to the form; its value is what there is to see.
            return Control.SHOWN if node.value else Control.NOTE
        case Kind.UPLOAD:
            if not (node.media_type or "").startswith("image/"):
                return Control.IMPOSSIBLE
            return Control.SIGNATURE if _SIGNED & set(node.appearance) else Control.PHOTO
        case Kind.INPUT:
            if node.readonly:
                return Control.SHOWN if node.value else Control.NOTE
            if node.data_type in PLACE_TYPES:
                return Control.IMPOSSIBLE
            return _DATA_CONTROLS.get(node.data_type, Control.TEXT)
        case _:
            return Control.SHOWN


def is_typed(node: Node) -> bool:
    """Whether the keyboard fills it."""
    return control_of(node) in _TYPED


def is_asked(node: Node) -> bool:
    """Whether the citizen can answer it here."""
    return control_of(node) not in (Control.NOTE, Control.SHOWN, Control.IMPOSSIBLE)


def is_scanned(node: Node) -> bool:
    """Whether a code on a document answers it."""
    return control_of(node) is Control.TEXT and node.data_type == "barcode"


def is_drawing(node: Node) -> bool:
    """Whether a picture is to be drawn rather than a signature."""
    return bool({"draw", "annotate"} & set(node.appearance))


def is_folded(node: Node) -> bool:
    """Whether the form wants its list of choices folded away among other questions."""
    return control_of(node) is Control.ONE and "minimal" in node.appearance


def is_long_choice(node: Node) -> bool:
    """Whether its choices are too many to be read."""
    return control_of(node) in (Control.ONE, Control.SEVERAL) and len(node.choices) > LISTED_AT_MOST


def layout_of(node: Node) -> Layout:
    """Which keys an answer is typed with."""
    match node.data_type:
        case "int":
            return Layout.NUMBER
        case "decimal":
            return Layout.DECIMAL
        case "date":
            return Layout.DATE
        case "time":
            return Layout.TIME
    if asks_nik(node) or asks_sixteen(node):
        return Layout.NIK
    if "numbers" in node.appearance:
        return Layout.DIGITS
    return Layout.EMAIL if asks_email(node) else Layout.LETTERS


def limit_of(node: Node, layout: Layout) -> int | None:
    """How many characters can be typed; None: as many as is usual for the layout. What is there already always fits."""
    if layout is Layout.NIK:
        return max(NIK_DIGITS, len(node.value))
    if layout is not Layout.LETTERS:
        return None
    return max(MULTILINE_LENGTH if "multiline" in node.appearance else TEXT_LENGTH, len(node.value))


def to_entry(node: Node, layout: Layout) -> str:
    """What stands in the entry for the answer that is there."""
    if layout is Layout.DATE:
        found = _DATE.match(node.value)
        return "".join(reversed(found.groups())) if found else ""
    if layout is Layout.TIME:
        clock = _TIME.search(node.value.partition("T")[2] or node.value)
        return "".join(clock.groups()) if clock else ""
    return node.value


class Incomplete(ValueError):
    """Not yet, or never, a value: a date with five digits, the 31st of February. ``key`` is what people read."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def from_entry(layout: Layout, text: str) -> str:
    """The lexical value of what was typed; "" for nothing. Raises Incomplete."""
    if layout is Layout.DATE:
        return _date_value(text)
    if layout is Layout.TIME:
        return _time_value(text)
    if layout in (Layout.NUMBER, Layout.DECIMAL) and text in ("-", "."):
        raise Incomplete("form.problem.number")
    return text.rstrip(".") if layout is Layout.DECIMAL else text


def value_of(node: Node, layout: Layout, typed: Callable[[Layout], str]) -> str:
    """The lexical value of a question's answer; a day with its time is typed in two parts. Raises Incomplete."""
    if node.data_type != "dateTime":
        return from_entry(layout, typed(layout))
    day, clock = from_entry(Layout.DATE, typed(Layout.DATE)), from_entry(Layout.TIME, typed(Layout.TIME))
    if bool(day) != bool(clock):
        raise Incomplete("form.problem.date_time")
    return f"{day}T{clock}" if day else ""


def _date_value(text: str) -> str:
    if not text:
        return ""
    if len(text) < 8:
        raise Incomplete("form.problem.date_incomplete")
    try:
        return date(int(text[4:]), int(text[2:4]), int(text[:2])).isoformat()
    except ValueError as error:
        raise Incomplete("form.problem.date") from error


def _time_value(text: str) -> str:
    if not text:
        return ""
    if len(text) < 4:
        raise Incomplete("form.problem.time_incomplete")
    try:
        return time(int(text[:2]), int(text[2:])).strftime("%H:%M:00.000")
    except ValueError as error:
        raise Incomplete("form.problem.time") from error


def in_words(node: Node, formatting: Formatting, texts: Texts) -> str:
    """The answer as people read it, for the review; "" when there is none."""
    value = node.value
    if not value:
        return ""
    # By what was asked, not by its control: read-only, they are all shown alike.
    match node.kind:
        case Kind.SELECT1 | Kind.SELECT:
            return ", ".join(node.labels(value))
        case Kind.RANK:
            return ", ".join(f"{place}. {label}" for place, label in enumerate(node.labels(value), 1))
        case Kind.UPLOAD:
            return _picture(node, texts)
        case Kind.TRIGGER:
            return texts("form.acknowledged")
        case _:
            return "" if control_of(node) is Control.IMPOSSIBLE else _plain(node, value, formatting, texts)


def _picture(node: Node, texts: Texts) -> str:
    if not (node.media_type or "").startswith("image/"):
        return ""
    if _SIGNED & set(node.appearance):
        return texts("form.drawn" if is_drawing(node) else "form.signed")
    return texts("form.photo_taken")


def _plain(node: Node, value: str, formatting: Formatting, texts: Texts) -> str:
    if node.data_type == "boolean":
        return texts("form.yes") if value in ("true", "1") else texts("form.no")
    said = formatting.answer("decimal" if node.is_number and "." in value else node.data_type, value)
    if said != value:
        return said
    if layout_of(node) in (Layout.DIGITS, Layout.NIK):
        return digits_shown(value)
    choices = {choice.value: choice.label for choice in node.choices}
    return choices.get(value, value)
