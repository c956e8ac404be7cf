"""Cleaning what a scanner sent, and telling what it is.

Everything a scanner sends is data from a stranger: control characters are dropped, the length is capped, and only
text that matches a pattern as a whole gets a kind.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from devices.scanner.scan import Scan
from protocol.peripherals import ScanKind

LONGEST_TEXT: Final = 2048
"""Characters kept of one scan: a full 2,000-character PDF417 fits, a flood does not."""

LONGEST_URL: Final = 1000
"""Characters of an address that is still taken for a document's."""

NIK_LENGTH: Final = 16
WOMEN_DAY_OFFSET: Final = 40
BADGE_PREFIX: Final = "EKB1."

_DIGIT_RUN: Final = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")
_CODE_CHARACTERS: Final = "0-9A-HJKMNP-TV-Z"  # Crockford's base 32
_SLIP_CODE: Final = re.compile(
    rf"([{_CODE_CHARACTERS}]{{4}})-?([{_CODE_CHARACTERS}]{{4}})-?([{_CODE_CHARACTERS}]{{4}})"
)
_SLIP_URL: Final = re.compile(rf"https?://[^\s/?#]+(?:/[^\s?#]*)?/t/([{_CODE_CHARACTERS}]{{12}})", re.IGNORECASE)
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
#: EMVCo: the format's version comes first, the checksum last.
_PAYMENT_BEGIN: Final = "000201"
_CHECKSUM: Final = "63"
_CONTROL_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean(text: str) -> str:
    """``text`` without control and invisible characters, spaces at its ends, and what exceeds LONGEST_TEXT.

    Line breaks and tabs become one space, so that words do not run together.
    """
    head = text[: LONGEST_TEXT * 2]
    spaced = re.sub(r"[\r\n\t]+", " ", head)
    visible = "".join(c for c in spaced if unicodedata.category(c) not in _CONTROL_CATEGORIES)
    return visible.strip()[:LONGEST_TEXT]


def could_be_nik(digits: str) -> bool:
    """Whether ``digits`` passes the hard checks of a NIK: 16 digits, a birth date that exists, a serial above 0.

    A NIK has no check digit, and its region may be an abolished one: nothing more can be refused. The century is
    not in the number, so 29 February passes when it exists in 1900+yy or 2000+yy.
    """
    if len(digits) != NIK_LENGTH or not (digits.isascii() and digits.isdigit()):
        return False
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    if day > WOMEN_DAY_OFFSET:
        day -= WOMEN_DAY_OFFSET
    return int(digits[12:16]) > 0 and (_exists(1900 + year, month, day) or _exists(2000 + year, month, day))


def find_nik(text: str) -> str | None:
    """The first run of exactly 16 digits in ``text`` that could be a NIK."""
    return next((run for run in _DIGIT_RUN.findall(text) if could_be_nik(run)), None)


def find_slip_code(text: str) -> str | None:
    """The 12 characters of a tracking code in ``text`` (the code alone or ``…/t/<code>``), not yet verified."""
    if address := _SLIP_URL.fullmatch(text):
        return str(address.group(1)).upper()
    if alone := _SLIP_CODE.fullmatch(text.upper()):
        return "".join(alone.groups())
    return None


def is_document_url(text: str) -> bool:
    """Whether ``text`` is an http(s) address with a host name, no user name in it, and of a sane length."""
    if len(text) > LONGEST_URL or any(character.isspace() for character in text):
        return False
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme.lower() not in ("http", "https") or host is None or "@" in parts.netloc:
        return False
    return "." in host and ".." not in host and _HOST.fullmatch(host) is not None


def is_payment(text: str) -> bool:
    """Whether ``text`` is a payment code (QRIS, EMVCo merchant-presented): two digits of tag, two of length, the value,
    again and again, and the checksum last. Whether the checksum is right is the bank's app's business."""
    position, tag = 0, ""
    while text.startswith(_PAYMENT_BEGIN) and position < len(text):
        tag, length = text[position : position + 2], text[position + 2 : position + 4]
        if not (length.isascii() and length.isdigit() and len(length) == 2):
            return False
        position += 4 + int(length)
    return tag == _CHECKSUM and position == len(text)


def recognise(symbology: str, raw: str, at: datetime) -> Scan:
    """The scan that ``raw`` (as decoded) makes: cleaned, and with the kind that its text as a whole matches."""
    text = clean(raw)
    if text.startswith(BADGE_PREFIX):
        return Scan(symbology, text, ScanKind.STAFF_BADGE, at)
    if is_payment(text):
        return Scan(symbology, text, ScanKind.PAYMENT, at)
    if code := find_slip_code(text):
        return Scan(symbology, text, ScanKind.SLIP, at, url=text if "/" in text else None, code=code)
    if text.lower().startswith(("http://", "https://")):
        if is_document_url(text):
            return Scan(symbology, text, ScanKind.DOCUMENT_URL, at, url=text)
        return Scan(symbology, text, ScanKind.UNKNOWN, at)
    if nik := find_nik(text):
        return Scan(symbology, text, ScanKind.NIK_CARD, at, nik=nik)
    return Scan(symbology, text, ScanKind.UNKNOWN, at)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
