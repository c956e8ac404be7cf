"""A lower count that would set answered members aside: it stands only when the citizen agrees.

The form itself loses nothing: members beyond a count are set aside and come back. This keeps which answer they went by,
so that it can be put back.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from forms import FormSession, Kind, Node

_HOLDERS = (Kind.GROUP, Kind.REPEAT, Kind.REPEAT_INSTANCE)


@dataclass(frozen=True, slots=True)
class Fewer:
    """Members with answers that would not be sent: instances of the repeats that were set aside."""

    members: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class _Before:
    """What stood in a question before it was answered anew, and who was set aside then."""

    ref: str
    value: str
    aside: frozenset[Node]


class FewerMembers:
    """Of one form that is being filled."""

    def __init__(self) -> None:
        self._before: _Before | None = None

    def note(self, form: FormSession, ref: str) -> None:
        """A question is about to get another answer, of which each key may be one. One that is not settled waits first."""
        before = self._before
        if before is None or (before.ref != ref and self.settle(form) is None):
            self._before = _Before(ref, form.nodes[ref].value, frozenset(form.aside()))

    def settle(self, form: FormSession) -> Fewer | None:
        """The answer that was being given is to stand: who would go by it, for the citizen to agree; None: it stands."""
        before = self._before
        if before is not None and before.ref in form.nodes:
            gone = (member for member in form.aside() if member not in before.aside)
            members = tuple(member for member in gone if any(answered(member)))
            if members:
                return Fewer(members)
        self._before = None
        return None

    def agree(self) -> None:
        """They may go; whoever comes back and goes again is asked about again."""
        self._before = None

    def undo(self, form: FormSession) -> str:
        """Puts the answer back that the members went by. Gives its question's reference."""
        before = self._before
        if before is None:
            raise ValueError("nothing was answered")
        form.set(before.ref, before.value)
        self._before = None
        return before.ref


def answered(node: Node) -> Iterator[Node]:
    """Questions below with an answer that is the citizen's, in the form's order."""
    for child in node.children:
        if not child.relevant:
            continue
        if child.kind in _HOLDERS:
            yield from answered(child)
        elif child.value and not child.readonly and child.kind not in (Kind.MODEL_VALUE, Kind.NOTE):
            yield child
