"""How a function of the library is described."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forms.xpath.context import Context

if TYPE_CHECKING:
    pass

Arguments = "tuple[Expression, ...]"
Call = Callable[[Context, Any], Any]

ANY, BOOLEAN, NODES, NUMBER, TEXT = "any", "boolean", "nodes", "number", "text"
MANY = 100_000


@dataclass(frozen=True, slots=True)
class Function:
    """A function by its name, the type it gives, how many arguments it takes, and what it does.

    ``call`` gets the context and the arguments unevaluated, so that ``if`` and ``coalesce`` evaluate only what they need.
    """

    name: str
    kind: str
    least: int
    most: int
    call: Call

    def takes(self, count: int) -> bool:
        """Whether so many arguments may be given."""
        return self.least <= count <= self.most


class Library:
    """Functions under construction: a decorator that collects them."""

    def __init__(self) -> None:
        self.functions: dict[tuple[str, str], Function] = {}

    def add(
        self, name: str, kind: str, least: int, most: int | None = None, *, prefix: str = ""
    ) -> Callable[[Call], Call]:
        """Register the decorated callable; ``most`` is ``least`` where it is not given."""

        def register(call: Call) -> Call:
            self.functions[prefix, name] = Function(name, kind, least, least if most is None else most, call)
            return call

        return register
