"""The syntax tree of an expression: frozen, comparable, and writable back to text with ``str``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Node: TypeAlias = "Literal | Number | Call | Path | Filter | Union | Negation | Arithmetic | Comparison | And | Or"


@dataclass(frozen=True, slots=True)
class Literal:
    value: str

    def __str__(self) -> str:
        return f'"{self.value}"' if '"' not in self.value else f"'{self.value}'"


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Call:
    prefix: str | None
    name: str
    arguments: tuple[Node, ...]

    def __str__(self) -> str:
        prefix = f"{self.prefix}:" if self.prefix else ""
        return f"{prefix}{self.name}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True, slots=True)
class Test:
    """A node test. ``kind`` is ``name``, ``*``, ``node``, ``text``, ``comment``, or ``processing-instruction``."""

    kind: str
    prefix: str | None = None
    name: str | None = None

    def __str__(self) -> str:
        prefix = f"{self.prefix}:" if self.prefix else ""
        if self.kind == "name":
            return f"{prefix}{self.name}"
        if self.kind == "*":
            return f"{prefix}*"
        return f'{self.kind}("{self.name}")' if self.name is not None else f"{self.kind}()"


@dataclass(frozen=True, slots=True)
class Step:
    axis: str
    test: Test
    predicates: tuple[Node, ...] = ()

    def __str__(self) -> str:
        tail = "".join(f"[{predicate}]" for predicate in self.predicates)
        if self.test.kind == "node" and self.axis in ("self", "parent"):
            return (".", "..")[self.axis == "parent"] + tail
        axis = {"child": "", "attribute": "@"}.get(self.axis, f"{self.axis}::")
        return f"{axis}{self.test}{tail}"


@dataclass(frozen=True, slots=True)
class Path:
    """``start`` is None for a relative path, ``"/"`` for an absolute one, or an expression."""

    start: Node | str | None
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        text = "/".join(map(str, self.steps))
        if self.start is None:
            return text
        return f"/{text}" if self.start == "/" else f"{self.start}/{text}"


@dataclass(frozen=True, slots=True)
class Filter:
    base: Node
    predicates: tuple[Node, ...]

    def __str__(self) -> str:
        return f"({self.base})" + "".join(f"[{predicate}]" for predicate in self.predicates)


@dataclass(frozen=True, slots=True)
class Union:
    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return f"({' | '.join(map(str, self.parts))})"


@dataclass(frozen=True, slots=True)
class Negation:
    operand: Node

    def __str__(self) -> str:
        return f"-({self.operand})"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A chain of operators of one precedence, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]

    def __str__(self) -> str:
        return f"({self.first}{''.join(f' {operator} {term}' for operator, term in self.rest)})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A chain of ``=`` and ``!=``, or of ``<``, ``<=``, ``>``, ``>=``, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]

    def __str__(self) -> str:
        return f"({self.first}{''.join(f' {operator} {term}' for operator, term in self.rest)})"


@dataclass(frozen=True, slots=True)
class And:
    terms: tuple[Node, ...]

    def __str__(self) -> str:
        return f"({' and '.join(map(str, self.terms))})"


@dataclass(frozen=True, slots=True)
class Or:
    terms: tuple[Node, ...]

    def __str__(self) -> str:
        return f"({' or '.join(map(str, self.terms))})"
