"""What a draft changes in the service that is in force: its description member by member, its form, its files."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from forms import Form
from forms.comparison import Difference, DifferenceKind, compare
from protocol.languages import LANGUAGES

#: Told by the form's own differences, never changed, or no part of a draft.
_UNTOLD: Final = frozenset({"id", "form_id", "paused"})
_BETWEEN: Final = "\n"


def of_descriptions(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Difference, ...]:
    """``name`` is the member with dots (``standard.time``, ``stages.periksa.name``), ``what`` the language of a text.

    Both as JSON. What is empty in one and absent in the other is the same.
    """
    before, after = dict(_flat(old)), dict(_flat(new))
    places = [*after, *(place for place in before if place not in after)]
    return tuple(
        Difference(
            _kind(before.get(place, ""), after.get(place, "")), *place, before.get(place, ""), after.get(place, "")
        )
        for place in places
        if before.get(place, "") != after.get(place, "") and place[0] not in _UNTOLD
    )


def of_forms(old: Form | None, new: Form | None) -> tuple[Difference, ...]:
    return () if old is None or new is None else compare(old, new)


def of_files(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[Difference, ...]:
    """Pictures, sounds and lists beside the form, by name; what is in them is told by their size alone."""
    return tuple(
        Difference(
            _kind(_size(old.get(name)), _size(new.get(name))), name, "", _size(old.get(name)), _size(new.get(name))
        )
        for name in sorted({*old, *new} - {"form.xml"})
        if old.get(name) != new.get(name)
    )


def _flat(members: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, str], str]]:
    """Leaves by (path, language)."""
    if isinstance(members, Mapping):
        for name, member in members.items():
            yield from _flat(member, (*way, str(name)))
    elif isinstance(members, list | tuple) and any(isinstance(one, Mapping) for one in members):
        # Stages: one that moved is told by the order, which is a text of its own.
        yield (".".join(way), ""), _BETWEEN.join(str(one.get("id", "")) for one in members)
        for one in members:
            rest = {name: member for name, member in one.items() if name != "id"}
            yield from _flat(rest, (*way, str(one.get("id", ""))))
    elif way:
        text = _BETWEEN.join(map(str, members)) if isinstance(members, list | tuple) else _plain(members)
        *path, last = way
        yield ((".".join(path), last) if last in LANGUAGES else (".".join(way), "")), text


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _size(data: bytes | None) -> str:
    return "" if data is None else f"{len(data):,} B"


def _kind(old: str, new: str) -> DifferenceKind:
    if not old:
        return DifferenceKind.added
    return DifferenceKind.changed if new else DifferenceKind.removed
