"""A filled form as an officer reads it: its groups with their labels, choices in words, identity numbers masked.

It tells what was sent. What the form calculated (a fee, a fine) stands where the form has it, under its label or else its
name; what breaks the form's rules is said in the officer's language, with the name of the question.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from forms import Entry, Environment, Kind, Origin, Reading
from protocol.formats import Formatting
from protocol.messages import Content
from server.cases.filled_forms import form_language, form_of
from server.catalogue.pack_content import PackService
from server.foundation.identity_numbers import mask as mask

_INSTANCE: Final = re.compile(r"\[(\d+)\]$")


@dataclass(frozen=True)
class Answer:
    """A question and its answer, or a heading with lines below.

    ``kind``: "answer", "calculated" (the form gave the value), "agreed" (somebody agreed to what the label says),
    "group".
    """

    label: str
    value: str = ""
    kind: str = "answer"
    lines: tuple["Answer", ...] = ()
    nested: bool = False
    #: "scanned" when the scanner read the very value that was sent; "typed" where it might have; else "".
    how: str = ""


@dataclass(frozen=True)
class FilledForm:
    lines: tuple[Answer, ...]
    #: What the form calls an attachment, by file name.
    attachment_labels: Mapping[str, str]
    reading: Reading


def read(
    service: PackService | None,
    content: Content,
    language: str,
    *,
    reveal: bool = False,
    environment: Environment | None = None,
) -> FilledForm | None:
    """The answers of ``content``; None when its form cannot be opened any more.

    Numbers that stand for people are masked unless ``reveal``. ``environment`` is the world that it was filled in.
    """
    form = None if service is None else form_of(service)
    if form is None:
        return None
    try:
        reading = form.read(content.instance.encode(), environment, language=form_language(form, language))
    except ValueError:
        return None
    files = {one.value: one.label or one.name for one in reading.walk() if one.kind is Kind.UPLOAD and one.value}
    marks = None if content.scanned is None else frozenset(content.scanned)
    return FilledForm(_lines(reading.entries, _Seen(language, reveal, marks)), files, reading)


def violation_texts(
    violations: Iterable[Mapping[str, str]], reading: Reading | None, say: Callable[..., str], *, reveal: bool = False
) -> list[str]:
    """What is wrong with the answers, a sentence each: the author's own message where the form has one.

    ``violations`` as they are kept with a case: {ref, kind}. ``reading`` None: the form cannot be opened any more.
    """
    found = []
    for violation in violations:
        ref, kind = violation["ref"], violation["kind"]
        message = reading.message(ref, kind).strip() if reading is not None else ""
        key = "case.violation.said" if message else f"case.violation.{kind}"
        sentence = say(key, question=_question(reading, ref), message=message)
        found.append(sentence if reveal else mask(sentence))
    return found


def _question(reading: Reading | None, ref: str) -> str:
    """How officers recognise a question: by its label, with the instances of repeats that it is in."""
    steps = [step for step in ref.split("/") if step]
    names = []
    for place in range(2, len(steps) + 1):
        step, last = steps[place - 1], place == len(steps)
        instance = _INSTANCE.search(step)
        if last or instance is not None:
            name = _INSTANCE.sub("", step)
            label = reading.label("/" + "/".join(steps[:place])) if reading is not None else None
            names.append(f"{label or name} {instance[1]}" if instance is not None else label or name)
    return " › ".join(names)


@dataclass(frozen=True)
class _Seen:
    """By whom, and what is known of the answers."""

    language: str
    reveal: bool
    #: Questions whose answers the scanner read; None: the kiosk did not tell.
    scanned: frozenset[str] | None

    def how(self, entry: Entry) -> str:
        if self.scanned is None or not entry.value:
            return ""
        if entry.ref in self.scanned:
            return "scanned"
        return "typed" if entry.data_type == "barcode" or "nik" in entry.name.lower().split("_") else ""


def _lines(entries: Iterable[Entry], seen: _Seen) -> tuple[Answer, ...]:
    found: list[Answer] = []
    for entry in entries:
        if entry.origin is Origin.record or entry.kind is Kind.UPLOAD:
            continue
        if entry.kind in (Kind.GROUP, Kind.REPEAT, Kind.REPEAT_INSTANCE):
            lines = _lines(entry.entries, seen)
            label = entry.label or ""
            if entry.kind is Kind.REPEAT_INSTANCE:
                label = f"{label or entry.name} {len(found) + 1}"
            if lines and label and entry.kind is not Kind.REPEAT:
                label = label if seen.reveal else mask(label)
                found.append(Answer(label, kind="group", lines=lines, nested=entry.kind is Kind.REPEAT_INSTANCE))
            else:
                found.extend(lines)
        else:
            found.append(_line(entry, seen))
    return tuple(found)


def _line(entry: Entry, seen: _Seen) -> Answer:
    label, value, how = entry.label or entry.name, _value(entry, seen.language), seen.how(entry)
    kind = "calculated" if entry.origin is Origin.form else "answer"
    if entry.kind is Kind.TRIGGER and entry.value:
        kind = "agreed"
    return Answer(label, value, kind, how=how) if seen.reveal else Answer(mask(label), mask(value), kind, how=how)


def _value(entry: Entry, language: str) -> str:
    if entry.chosen:
        return ", ".join(entry.chosen)
    try:
        if entry.data_type == "date" and entry.value:
            return Formatting(language, UTC).day(date.fromisoformat(entry.value[:10]))
        if entry.data_type == "dateTime" and entry.value:
            at = datetime.fromisoformat(entry.value)
            return Formatting(language, at.tzinfo or UTC).short_moment(at)
        if entry.is_number and "." in entry.value:
            return Formatting(language, UTC).number(float(entry.value))
    except ValueError:
        return entry.value
    return entry.value
