"""Texts that a regular expression takes: samples, to see whether any of them can be typed.

What is read here is what authors write: characters, classes, groups, alternatives, repetitions, anchors. Anything else
raises :class:`PatternUnread`, and whoever asked knows nothing about the pattern, which is no fault of it.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass

SAMPLES = 300
MORE = 3
"""How many more than the least are tried where a repetition has no end."""
LONGEST = 400
"""Repetitions of one part that are tried at most."""
MAX_SAMPLE = 2_000
"""Characters of one sample."""
MAX_DEPTH = 30
"""Groups within groups."""

_CLASSES = {
    "d": string.digits,
    "w": string.digits + string.ascii_letters + "_",
    "s": " ",
    "D": "a -",
    "W": " -",
    "S": string.digits + string.ascii_letters,
}
_POSIX = {
    "alpha": string.ascii_letters,
    "digit": string.digits,
    "alnum": string.digits + string.ascii_letters,
    "upper": string.ascii_uppercase,
    "lower": string.ascii_lowercase,
    "space": " ",
    "punct": string.punctuation,
}
_PRINTABLE = string.digits + string.ascii_letters + " .,-/@_'()+:;!?#&*=%\"<>[]{}\\|~^$`"
_REPEATED = re.compile(r"\{(\d{1,4})(?:(,)(\d{0,4}))?\}")
_ESCAPED_AS_ITSELF = frozenset(string.punctuation + " ")


class PatternUnread(ValueError):
    """A pattern with something in it that is not read here."""


@dataclass(frozen=True, slots=True)
class _Characters:
    """One character of these."""

    allowed: str


@dataclass(frozen=True, slots=True)
class _Sequence:
    parts: tuple[_Part, ...]


@dataclass(frozen=True, slots=True)
class _Alternatives:
    parts: tuple[_Part, ...]


@dataclass(frozen=True, slots=True)
class _Repeated:
    part: _Part
    least: int
    #: None: without end.
    most: int | None


_Part = _Characters | _Sequence | _Alternatives | _Repeated


def samples(pattern: str, preferred: str, counts: Sequence[int] = ()) -> list[str]:
    """Texts that the pattern matches, the same ones each time; of ``preferred`` characters where it leaves the choice.

    ``counts`` are lengths worth trying where a part repeats. Raises PatternUnread.
    """
    part = _Reader(pattern).read()
    chance = random.Random(0)
    return list(dict.fromkeys(_sample(part, preferred, counts, chance) for _ in range(SAMPLES)))


def _sample(part: _Part, preferred: str, counts: Sequence[int], chance: random.Random) -> str:
    match part:
        case _Characters(allowed):
            return chance.choice([one for one in allowed if one in preferred] or allowed)
        case _Sequence(parts):
            return "".join(_sample(one, preferred, counts, chance) for one in parts)
        case _Alternatives(parts):
            return _sample(chance.choice(parts), preferred, counts, chance)
        case _Repeated(inner, least, most):
            end = min(LONGEST, least + MORE if most is None else most)
            wanted = [count for count in counts if least <= count <= (LONGEST if most is None else end)]
            times = chance.choice([least, min(least + 1, end), chance.randint(least, max(least, end)), end, *wanted])
            text = ""
            for _ in range(min(times, LONGEST)):
                text += _sample(inner, preferred, counts, chance)
                if len(text) > MAX_SAMPLE:
                    raise PatternUnread(text[:LONGEST])
            return text


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._depth = 0

    def read(self) -> _Part:
        part = self._alternatives()
        if self._at < len(self._text):
            raise PatternUnread(self._text)
        return part

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise PatternUnread(self._text)
        self._at += 1
        return character

    def _alternatives(self) -> _Part:
        parts = [self._sequence()]
        while self._peek() == "|":
            self._take()
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else _Alternatives(tuple(parts))

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while self._peek() not in ("", "|", ")"):
            part = self._atom()
            if part is not None:
                parts.append(self._repetition(part))
        return _Sequence(tuple(parts))

    def _atom(self) -> _Part | None:
        character = self._take()
        match character:
            case "^" | "$":
                return None
            case ".":
                return _Characters(_PRINTABLE)
            case "[":
                return self._class()
            case "(":
                return self._group()
            case "\\":
                return _Characters(self._escaped())
            case "*" | "+" | "?" | "{":
                raise PatternUnread(self._text)
        return _Characters(character)

    def _group(self) -> _Part:
        if self._peek() == "?":
            if not self._text.startswith("?:", self._at):
                raise PatternUnread(self._text)
            self._at += 2
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise PatternUnread(self._text)
        part = self._alternatives()
        self._depth -= 1
        if self._take() != ")":
            raise PatternUnread(self._text)
        return part

    def _escaped(self) -> str:
        character = self._take()
        if character in _CLASSES:
            return _CLASSES[character]
        if character in _ESCAPED_AS_ITSELF:
            return character
        raise PatternUnread(self._text)

    def _class(self) -> _Part:
        negated = self._peek() == "^"
        if negated:
            self._take()
        found: list[str] = []
        while (character := self._take()) != "]" or not found:
            if character == "[" and self._peek() == ":":
                found.append(self._posix())
                continue
            low = self._escaped() if character == "\\" else character
            if len(low) == 1 and self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
                self._take()
                high = self._take()
                high = self._escaped() if high == "\\" else high
                if len(high) != 1 or ord(high) < ord(low) or ord(high) - ord(low) > 10_000:
                    raise PatternUnread(self._text)
                found.append("".join(map(chr, range(ord(low), ord(high) + 1))))
            else:
                found.append(low)
        allowed = "".join(found)
        if negated:
            allowed = "".join(one for one in _PRINTABLE if one not in allowed)
        if not allowed:
            raise PatternUnread(self._text)
        return _Characters(allowed)

    def _posix(self) -> str:
        name, mark, _ = self._text[self._at + 1 :].partition(":]")
        if not mark or name not in _POSIX:
            raise PatternUnread(self._text)
        self._at += len(name) + 3
        return _POSIX[name]

    def _repetition(self, part: _Part) -> _Part:
        character = self._peek()
        least: int
        most: int | None
        if character == "{":
            found = _REPEATED.match(self._text, self._at)
            if found is None:
                raise PatternUnread(self._text)
            self._at = found.end()
            least = int(found[1])
            most = least if not found[2] else int(found[3]) if found[3] else None
        elif character in ("*", "+", "?") and character:
            self._take()
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[character]
        else:
            return part
        if most is not None and most < least:
            raise PatternUnread(self._text)
        if self._peek() == "?":
            self._take()
        return _Repeated(part, least, most)
