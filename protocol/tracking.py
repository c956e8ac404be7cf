"""Tracking codes: what stands on the slip.

``KKKK-RRRR-RRRC``: four characters name the kiosk (assigned once at enrolment, so two kiosks can never make the
same code), seven are random (35 bits, so codes cannot be guessed from a neighbour's), one is the check character.

The alphabet is Crockford's base 32 (no I, L, O, U); what people confuse is read as what was meant: O is 0, I and L
are 1. The check character is ISO/IEC 7064 hybrid system MOD 33,32: it finds every single wrong character and
almost every exchange of two neighbours.
"""

from collections.abc import Callable
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KIOSK_LENGTH: Final = 4
RANDOM_LENGTH: Final = 7
CODE_LENGTH: Final = KIOSK_LENGTH + RANDOM_LENGTH + 1

_MODULUS: Final = len(ALPHABET)
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_CONFUSED: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_IGNORED: Final = str.maketrans("", "", " -\t\r\n")


def check_character(payload: str) -> str:
    """The check character for ``payload`` (characters of ALPHABET), by ISO/IEC 7064 MOD 33,32.

    Raises KeyError on a character outside the alphabet.
    """
    remainder = _MODULUS
    for character in payload:
        remainder = (remainder + _VALUE[character]) % _MODULUS or _MODULUS
        remainder = remainder * 2 % (_MODULUS + 1)
    return ALPHABET[(_MODULUS + 1 - remainder) % _MODULUS]


def mint(kiosk: str, random_below: Callable[[int], int]) -> str:
    """A new code of the kiosk whose four characters are ``kiosk``, as twelve characters without hyphens.

    ``random_below(n)`` gives a uniform integer in [0, n); pass ``secrets.randbelow``. Unique only together with
    the caller's check against the codes that this kiosk has made before.
    """
    if len(kiosk) != KIOSK_LENGTH or any(character not in _VALUE for character in kiosk):
        raise ValueError(f"a kiosk's part of a code is {KIOSK_LENGTH} characters of {ALPHABET}, not {kiosk!r}")
    payload = kiosk + "".join(ALPHABET[random_below(_MODULUS)] for _ in range(RANDOM_LENGTH))
    return payload + check_character(payload)


def kiosk_part(number: int) -> str:
    """The four characters of the kiosk with this number (0 to 1,048,575)."""
    if not 0 <= number < _MODULUS**KIOSK_LENGTH:
        raise ValueError(f"a kiosk's number is from 0 to {_MODULUS**KIOSK_LENGTH - 1}, not {number}")
    return "".join(ALPHABET[number // _MODULUS**place % _MODULUS] for place in reversed(range(KIOSK_LENGTH)))


def parse(text: str) -> str | None:
    """The twelve characters of a code as somebody typed or scanned it, or None when it cannot be one.

    Case, spaces and hyphens do not count. An address that ends in ``/t/<code>`` (what a slip's QR holds) is
    understood as well.
    """
    if len(text) > 300:
        return None
    if "/t/" in text:
        text = text.rpartition("/t/")[2]
    code = text.translate(_IGNORED).upper().translate(_CONFUSED)
    if len(code) != CODE_LENGTH or any(character not in _VALUE for character in code):
        return None
    return code if check_character(code[:-1]) == code[-1] else None


def display(code: str) -> str:
    """``K7M29QXF4TRC`` as ``K7M2-9QXF-4TRC``."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def address(base: str, code: str) -> str:
    """The address of a code's public tracking page, which the slip's QR holds."""
    return f"{base.rstrip('/')}/t/{code}"
