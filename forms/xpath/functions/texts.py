"""Functions about text."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import re
from typing import TYPE_CHECKING

from forms.limits import MAX_STRING_LENGTH, MAX_UUID_LENGTH
from forms.xpath.context import Context
from forms.xpath.errors import XPathEvaluationError
from forms.xpath.functions.registry import BOOLEAN, MANY, NUMBER, TEXT, Library
from forms.xpath.patterns import search
from forms.xpath.values import held, to_text

if TYPE_CHECKING:
    from forms.xpath.compiler import Expression

    Arguments = tuple[Expression, ...]

LIBRARY = Library()
CHARACTERS_A_NODE = 100
"""So many characters count as one node when work is counted."""

_SPACES = re.compile(r"[ \t\r\n]+")
_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_LEADING_INTEGER = re.compile(r"\s*([+-]?\d+)", re.ASCII)


def bounded(text: str, context: Context) -> str:
    """The same text, refused when it is longer than ``MAX_STRING_LENGTH`` or when there is too much of it."""
    if len(text) > MAX_STRING_LENGTH:
        raise XPathEvaluationError(f"An expression gives more than {MAX_STRING_LENGTH:,} characters")
    if len(text) >= CHARACTERS_A_NODE:
        context.host.work.spend(len(text) // CHARACTERS_A_NODE)
    return text


def _own(context: Context, arguments: Arguments) -> str:
    return arguments[0].text(context) if arguments else context.node.string_value()


def _texts(context: Context, arguments: Arguments) -> list[str]:
    found: list[str] = []
    for argument in arguments:
        value = argument.value(context)
        if type(value) is list:
            found.extend(node.string_value() for node in held(value))
        else:
            found.append(to_text(value))
    return found


def whole_number(text: str) -> int | None:
    """The whole number that a text begins with, as JavaScript's parseInt reads it."""
    match = _LEADING_INTEGER.match(text)
    return int(match.group(1)) if match and len(match.group(1)) < 20 else None


def normalize(text: str) -> str:
    """``normalize-space()`` of a text."""
    return _SPACES.sub(" ", text).strip(" ")


@LIBRARY.add("string", TEXT, 0, 1)
def string(context: Context, arguments: Arguments) -> str:
    return _own(context, arguments)


@LIBRARY.add("concat", TEXT, 0, MANY)
def concat(context: Context, arguments: Arguments) -> str:
    return bounded("".join(_texts(context, arguments)), context)


@LIBRARY.add("join", TEXT, 1, MANY)
def join(context: Context, arguments: Arguments) -> str:
    return bounded(arguments[0].text(context).join(_texts(context, arguments[1:])), context)


@LIBRARY.add("coalesce", TEXT, 2)
def coalesce(context: Context, arguments: Arguments) -> str:
    return arguments[0].text(context) or arguments[1].text(context)


@LIBRARY.add("contains", BOOLEAN, 2)
def contains(context: Context, arguments: Arguments) -> bool:
    return arguments[1].text(context) in arguments[0].text(context)


@LIBRARY.add("starts-with", BOOLEAN, 2)
def starts_with(context: Context, arguments: Arguments) -> bool:
    return arguments[0].text(context).startswith(arguments[1].text(context))


@LIBRARY.add("ends-with", BOOLEAN, 2)
def ends_with(context: Context, arguments: Arguments) -> bool:
    return arguments[0].text(context).endswith(arguments[1].text(context))


@LIBRARY.add("substring-before", TEXT, 2)
def substring_before(context: Context, arguments: Arguments) -> str:
    text, part = arguments[0].text(context), arguments[1].text(context)
    return text.partition(part)[0] if part and part in text else ""


@LIBRARY.add("substring-after", TEXT, 2)
def substring_after(context: Context, arguments: Arguments) -> str:
    text, part = arguments[0].text(context), arguments[1].text(context)
    return text.partition(part)[2] if part else text


@LIBRARY.add("substring", TEXT, 2, 3)
def substring(context: Context, arguments: Arguments) -> str:
    text = arguments[0].text(context)
    start = _round(arguments[1].number(context))
    end = math.inf if len(arguments) < 3 else start + _round(arguments[2].number(context))
    if math.isnan(start) or math.isnan(end):
        return ""
    length = len(text)
    first = int(min(max(start, 1.0), length + 1.0)) - 1
    last = int(min(max(end, 1.0), length + 1.0)) - 1
    return text[first:last]


def _round(value: float) -> float:
    return float(math.floor(value + 0.5)) if math.isfinite(value) else float(value)


@LIBRARY.add("substr", TEXT, 2, 3)
def substr(context: Context, arguments: Arguments) -> str:
    text = arguments[0].text(context)
    start = whole_number(arguments[1].text(context))
    if start is None:
        return ""
    end = len(text)
    if len(arguments) > 2:
        end = whole_number(arguments[2].text(context)) or 0
    length = len(text)
    start = min(max(start + length if start < 0 else start, 0), length)
    end = min(max(end + length if end < 0 else end, 0), length)
    return text[start:end]


@LIBRARY.add("string-length", NUMBER, 0, 1)
def string_length(context: Context, arguments: Arguments) -> float:
    return float(len(_own(context, arguments)))


@LIBRARY.add("normalize-space", TEXT, 0, 1)
def normalize_space(context: Context, arguments: Arguments) -> str:
    return normalize(_own(context, arguments))


@LIBRARY.add("translate", TEXT, 3)
def translate(context: Context, arguments: Arguments) -> str:
    text, source, target = (argument.text(context) for argument in arguments)
    table: dict[int, str] = {}
    for position, character in enumerate(source):
        table.setdefault(ord(character), target[position] if position < len(target) else "")
    return text.translate(table)


@LIBRARY.add("regex", BOOLEAN, 2)
def regex(context: Context, arguments: Arguments) -> bool:
    return search(arguments[1].text(context), bounded(arguments[0].text(context), context))


@LIBRARY.add("digest", TEXT, 2, 3)
def digest(context: Context, arguments: Arguments) -> str:
    algorithm = _HASHES.get(arguments[1].text(context))
    if algorithm is None:
        raise XPathEvaluationError(f"“digest()” knows {', '.join(_HASHES)}")
    encoding = arguments[2].text(context) if len(arguments) > 2 else "base64"
    raw = hashlib.new(algorithm, arguments[0].text(context).encode(), usedforsecurity=False).digest()
    if encoding == "hex":
        return raw.hex()
    if encoding == "base64":
        return base64.b64encode(raw).decode()
    raise XPathEvaluationError("“digest()” knows the encodings base64 and hex")


@LIBRARY.add("base64-decode", TEXT, 1)
def base64_decode(context: Context, arguments: Arguments) -> str:
    text = _SPACES.sub("", arguments[0].text(context))
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


@LIBRARY.add("uuid", TEXT, 0, 1)
def uuid(context: Context, arguments: Arguments) -> str:
    text = context.host.uuid()
    if not arguments:
        return text
    length = arguments[0].number(context)
    if not 0 <= length <= MAX_UUID_LENGTH:
        raise XPathEvaluationError(f"“uuid()” gives between 0 and {MAX_UUID_LENGTH:,} characters")
    while len(text) < length:
        text += context.host.uuid()
    return text[: int(length)]
