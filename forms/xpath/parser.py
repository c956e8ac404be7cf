"""Tokens to a syntax tree, by the grammar of XPath 1.0.

Chains of one operator become one node with many terms, so that a sum of a thousand terms is flat; what really
nests is counted against ``MAX_EXPRESSION_DEPTH``.
"""

from __future__ import annotations

import functools

from forms.limits import MAX_EXPRESSION_DEPTH
from forms.xpath.errors import END, XPathSyntaxError
from forms.xpath.lexer import Token, tokenize
from forms.xpath.syntax import (
    And,
    Arithmetic,
    Call,
    Comparison,
    Filter,
    Literal,
    Negation,
    Node,
    Number,
    Or,
    Path,
    Step,
    Test,
    Union,
)

AXES = frozenset(
    {
        "ancestor",
        "ancestor-or-self",
        "attribute",
        "child",
        "descendant",
        "descendant-or-self",
        "following",
        "following-sibling",
        "namespace",
        "parent",
        "preceding",
        "preceding-sibling",
        "self",
    }
)
NODE_TYPES = frozenset({"comment", "node", "processing-instruction", "text"})

_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
_PRECEDENCE = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_ANYWHERE_BELOW = Step("descendant-or-self", Test("node"))


def parse(expression: str) -> Node:
    """Read an expression. Raises :class:`XPathSyntaxError` with the place of the fault."""
    return _Parser(expression).whole()


class _Parser:
    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.tokens = tokenize(expression)
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        if self.tokens[0].kind == "end":
            raise self.error("empty")
        node = self.operators()
        token = self.tokens[self.at]
        if token.kind != "end":
            raise self.error("unexpected", text=token.text)
        return node

    def error(self, reason: str, **parameters: str) -> XPathSyntaxError:
        return XPathSyntaxError(reason, self.expression, self.tokens[self.at].position, **parameters)

    def symbol(self, text: str) -> bool:
        token = self.tokens[self.at]
        if token.kind == "symbol" and token.text == text:
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.symbol(text):
            raise self.error("expected", wanted=text, text=self.tokens[self.at].text or END)

    def operators(self) -> Node:
        """A whole expression, by precedence climbing without recursion."""
        # Each open level holds its first operand and the (operator, operand) pairs read so far.
        stack: list[tuple[int, Node, list[tuple[str, Node]]]] = []
        operand = self.unary()
        while True:
            token = self.tokens[self.at]
            found = _PRECEDENCE.get(token.text, -1) if token.kind == "operator" else -1
            while stack and stack[-1][0] > found:
                operand = _chain(*stack.pop(), operand)
            if found < 0:
                return operand
            if stack and stack[-1][0] == found:
                rest = stack[-1][2]
                rest[-1] = (rest[-1][0], operand)
                rest.append((token.text, operand))
            else:
                stack.append((found, operand, [(token.text, operand)]))
            self.at += 1
            operand = self.unary()

    def unary(self) -> Node:
        negative = 0
        while self.tokens[self.at].kind == "operator" and self.tokens[self.at].text == "-":
            negative += 1
            self.at += 1
        node = self.union()
        if negative == 0:
            return node
        return Negation(node) if negative % 2 else Negation(Negation(node))

    def union(self) -> Node:
        parts = [self.path()]
        while self.tokens[self.at].kind == "operator" and self.tokens[self.at].text == "|":
            self.at += 1
            parts.append(self.path())
        return parts[0] if len(parts) == 1 else Union(tuple(parts))

    def path(self) -> Node:
        token = self.tokens[self.at]
        if token.kind == "path":
            self.at += 1
            return _plain_path(token.text)
        if token.kind == "symbol" and token.text in ("/", "//"):
            return self.absolute()
        if not self.starts_primary(token):
            return Path(None, self.steps([]))
        base = self.primary()
        predicates = self.predicates()
        node = Filter(base, predicates) if predicates else base
        steps: list[Step] = []
        if self.symbol("//"):
            steps.append(_ANYWHERE_BELOW)
        elif not self.symbol("/"):
            return node
        return Path(node, self.steps(steps))

    def absolute(self) -> Node:
        if self.symbol("//"):
            return Path("/", self.steps([_ANYWHERE_BELOW]))
        self.at += 1
        return Path("/", self.steps([]) if self.starts_step() else ())

    def starts_step(self) -> bool:
        token = self.tokens[self.at]
        return token.kind == "name" or (token.kind == "symbol" and token.text in (".", "..", "@", "*"))

    def starts_primary(self, token: Token) -> bool:
        if token.kind in ("number", "string"):
            return True
        if token.kind == "symbol":
            return token.text in ("(", "$")
        if token.kind != "name":
            return False
        after = self.tokens[self.at + 1]
        if after.kind == "symbol" and after.text == ":":
            after = self.tokens[min(self.at + 3, len(self.tokens) - 1)]
            return after.kind == "symbol" and after.text == "("
        return after.kind == "symbol" and after.text == "(" and token.text not in NODE_TYPES

    def primary(self) -> Node:
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "number":
            return Number(float(token.text), token.text)
        if token.kind == "string":
            return Literal(token.text[1:-1])
        if token.text == "$":
            raise XPathSyntaxError("variable", self.expression, token.position)
        self.enter()
        if token.text == "(":
            node = self.operators()
            self.expect(")")
        else:
            node = self.call(token)
        self.depth -= 1
        return node

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_EXPRESSION_DEPTH:
            raise self.error("depth")

    def call(self, token: Token) -> Node:
        prefix, name = None, token.text
        if self.symbol(":"):
            prefix, name = name, self.tokens[self.at].text
            self.at += 1
        self.expect("(")
        arguments: list[Node] = []
        if not self.symbol(")"):
            arguments.append(self.operators())
            while self.symbol(","):
                arguments.append(self.operators())
            self.expect(")")
        return Call(prefix, name, tuple(arguments))

    def predicates(self) -> tuple[Node, ...]:
        found: list[Node] = []
        while self.symbol("["):
            self.enter()
            found.append(self.operators())
            self.depth -= 1
            self.expect("]")
        return tuple(found)

    def steps(self, steps: list[Step]) -> tuple[Step, ...]:
        while True:
            steps.append(self.step())
            if self.symbol("//"):
                steps.append(_ANYWHERE_BELOW)
            elif not self.symbol("/"):
                return tuple(steps)

    def step(self) -> Step:
        if self.symbol("."):
            return Step("self", Test("node"), self.predicates())
        if self.symbol(".."):
            return Step("parent", Test("node"), self.predicates())
        axis = "child"
        if self.symbol("@"):
            axis = "attribute"
        elif self.tokens[self.at].kind == "name" and self.tokens[self.at + 1].text == "::":
            axis = self.tokens[self.at].text
            if axis not in AXES:
                raise self.error("axis", text=axis)
            self.at += 2
        return Step(axis, self.test(), self.predicates())

    def test(self) -> Test:
        token = self.tokens[self.at]
        if self.symbol("*"):
            return Test("*")
        if token.kind != "name":
            raise self.error("name", text=token.text or END)
        self.at += 1
        if token.text in NODE_TYPES and self.symbol("("):
            name = None
            if token.text == "processing-instruction" and self.tokens[self.at].kind == "string":
                name = self.tokens[self.at].text[1:-1]
                self.at += 1
            self.expect(")")
            return Test(token.text, name=name)
        if self.symbol(":"):
            if self.symbol("*"):
                return Test("*", prefix=token.text)
            local = self.tokens[self.at]
            if local.kind != "name":
                raise self.error("name", text=local.text or END)
            self.at += 1
            return Test("name", token.text, local.text)
        return Test("name", name=token.text)


@functools.lru_cache(maxsize=8_192)
def _plain_path(text: str) -> Path:
    return Path("/", tuple(_child(name) for name in text[1:].split("/")))


@functools.lru_cache(maxsize=8_192)
def _child(name: str) -> Step:
    """``child::name``: one for all paths that have it, as a form's paths begin alike."""
    return Step("child", Test("name", name=name))


def _chain(level: int, first: Node, rest: list[tuple[str, Node]], last: Node) -> Node:
    pairs = (*rest[:-1], (rest[-1][0], last))
    if level == 0:
        return Or((first, *(term for _, term in pairs)))
    if level == 1:
        return And((first, *(term for _, term in pairs)))
    if level in (2, 3):
        return Comparison(first, pairs)
    return Arithmetic(first, pairs)
