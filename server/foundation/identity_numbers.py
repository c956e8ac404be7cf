"""Numbers of 16 digits that stand for people: NIK and family card, however they were typed into a text.

Officers type them into notes and reasons with spaces, dots and dashes. What looks like one is masked, wherever a text
is shown to others or written down for good. Rather one number too many is masked than one person revealed.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

DIGITS: Final = 16
_SHOWN_START: Final = 4
_SHOWN_END: Final = 2
_HIDDEN: Final = "•"
#: What people put between the groups of a number, at most two of them.
_BETWEEN: Final = r"[\s._·\-\u00ad\u200b\u2010-\u2015\u2212]{1,2}"
#: Digits in groups, as long as they go on.
_GROUPED: Final = re.compile(rf"\d+(?:{_BETWEEN}\d+)*")
#: How such a number is grouped by those who group it: the region, the day, the serial; or by twos, fours and eights.
_GROUPINGS: Final = frozenset(
    {(6, 6, 4), (2, 2, 2, 6, 4), (2, 2, 2, 2, 2, 2, 4), (6, 2, 2, 2, 4)}
    | {(size,) * (DIGITS // size) for size in (1, 2, 4, 8)}
)
_TWO_DATES: Final = re.compile(r"\d{1,2}\D\d{1,2}\D(?:19|20)\d{2}\D+\d{1,2}\D\d{1,2}\D(?:19|20)\d{2}")
#: Identifiers of machines, whose digits are nobody's: UUIDs and hashes.
_MACHINES: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,128})(?![0-9A-Za-z])"
)
#: The first two digits: Indonesia's provinces.
_PROVINCES: Final = frozenset(
    {*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81, 82}
)
_PAPUA: Final = range(91, 98)


def masked(number: str) -> str:
    """``3578••••••••••01``: the region of issue, and two digits to compare with a card."""
    hidden = len(number) - _SHOWN_START - _SHOWN_END
    if hidden <= 0:
        return _HIDDEN * len(number)
    return number[:_SHOWN_START] + _HIDDEN * hidden + number[-_SHOWN_END:]


def mask(text: str) -> str:
    """``text`` with every such number masked; nothing else in it is changed."""
    parts = []
    end = 0
    for machine in _MACHINES.finditer(text):
        parts += [_GROUPED.sub(_mask_found, text[end : machine.start()]), machine[0]]
        end = machine.end()
    return "".join([*parts, _GROUPED.sub(_mask_found, text[end:])])


def mask_values(details: Mapping[str, Any]) -> dict[str, Any]:
    """``details`` with every text in them masked, at any depth."""
    return {key: _mask_value(value) for key, value in details.items()}


def _mask_value(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return mask_values(value)
    return [_mask_value(one) for one in value] if isinstance(value, list | tuple) else value


def _mask_found(found: re.Match[str]) -> str:
    return _mask_run(found[0])


def _mask_run(run: str) -> str:
    """Groups of digits with what stands between them: all numbers in it are masked, also where two could begin."""
    groups = list(re.finditer(r"\d+", run))
    shown = list(run)
    for first in range(len(groups)):
        last = _sixteenth(groups, first)
        if last is None or not _is_one(run, groups, first, last):
            continue
        places = [place for place in range(groups[first].start(), groups[last].end()) if run[place].isdigit()]
        for place in places[_SHOWN_START:-_SHOWN_END]:
            shown[place] = _HIDDEN
    return "".join(shown)


def _sixteenth(groups: list[re.Match[str]], first: int) -> int | None:
    """The group that ends with the sixteenth digit from the beginning of this one; None where none does."""
    count = 0
    for place in range(first, len(groups)):
        count += len(groups[place][0])
        if count >= DIGITS:
            return place if count == DIGITS else None
    return None


def _is_one(run: str, groups: list[re.Match[str]], first: int, last: int) -> bool:
    text = run[groups[first].start() : groups[last].end()]
    if first == last:
        return True
    if _TWO_DATES.fullmatch(text):
        return False
    sizes = tuple(len(group[0]) for group in groups[first : last + 1])
    alone = len(sizes) == len(groups) and not text.startswith("0")
    return (alone and sizes in _GROUPINGS) or _is_plausible("".join(filter(str.isdigit, text)))


def _is_plausible(digits: str) -> bool:
    """Whether the digits have the parts of such a number: a province, and a day (of women 40 more) and month."""
    province, day, month = int(digits[:2]), int(digits[6:8]), int(digits[8:10])
    return (province in _PROVINCES or province in _PAPUA) and 1 <= day % 40 <= 31 and day < 72 and 1 <= month <= 12
