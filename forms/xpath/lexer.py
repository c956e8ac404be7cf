"""Characters to tokens, by XPath 1.0 section 3.7."""

from __future__ import annotations

import re
from typing import NamedTuple

from forms.limits import MAX_EXPRESSION_LENGTH
from forms.xpath.errors import XPathSyntaxError


class Token(NamedTuple):
    """``kind`` is ``number``, ``string``, ``name``, ``operator``, ``symbol``, ``path``, or ``end``.

    A ``path`` is a whole absolute path of names alone, as ``/data/group/name``: most of what forms refer to.
    """

    kind: str
    text: str
    position: int


_TOKEN = re.compile(
    r"""
    (?P<path>(?:/[^\W\d][\w\-\u00b7]*+)++(?![ \t\r\n]*[\[/(:.]))
  | (?P<space>[\x20\t\r\n]+)
  | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<string>"[^"]*"|'[^']*')
  | (?P<symbol>::|//|\.\.|!=|<=|>=|[()\[\].@,/|+\-=<>*:$])
  | (?P<name>[^\W\d][\w.\-\u00b7]*)
    """,
    re.VERBOSE,
)
_OPERATOR_NAMES = frozenset({"and", "or", "mod", "div"})
_OPERATOR_SYMBOLS = frozenset({"|", "+", "-", "=", "!=", "<", "<=", ">", ">="})
_EXPECT_OPERAND_AFTER = frozenset({"@", "::", "(", "[", ",", "/", "//", ":", "$"})


def tokenize(expression: str) -> list[Token]:
    """All tokens of an expression, the last of kind ``end``. Raises XPathSyntaxError."""
    if len(expression) > MAX_EXPRESSION_LENGTH:
        raise XPathSyntaxError("length", expression, 0)
    tokens: list[Token] = []
    position = 0
    length = len(expression)
    operand_expected = True
    match_token = _TOKEN.match
    while position < length:
        match = match_token(expression, position)
        if match is None:
            raise XPathSyntaxError(_unreadable(expression[position]), expression, position, text=expression[position])
        kind = match.lastgroup
        text = match.group()
        if kind == "space":
            position = match.end()
            continue
        if kind == "name":
            if not operand_expected:
                operator = next((name for name in _OPERATOR_NAMES if text.startswith(name)), None)
                if operator is None:
                    raise XPathSyntaxError("operator-missing", expression, position, text=text)
                # “1div1” and “5mod 2” are written; only the operator's own letters are taken.
                if text != operator and not text[len(operator)].isdigit():
                    raise XPathSyntaxError("operator", expression, position, text=text)
                tokens.append(Token("operator", operator, position))
                position += len(operator)
                operand_expected = True
                continue
            text = text.rstrip(".") if text.endswith(".") else text
            operand_expected = False
            tokens.append(Token("name", text, position))
            position += len(text)
            continue
        if kind == "path" and not operand_expected:
            # What goes on from a step or a call, as in “a/b”, is no path of its own.
            kind, text = "symbol", "/"
            tokens.append(Token(kind, text, position))
            operand_expected = True
            position += 1
            continue
        if kind == "symbol" and (text in _OPERATOR_SYMBOLS or (text == "*" and not operand_expected)):
            tokens.append(Token("operator", text, position))
            operand_expected = True
        elif kind == "symbol":
            tokens.append(Token("symbol", text, position))
            operand_expected = text in _EXPECT_OPERAND_AFTER
        else:
            tokens.append(Token(kind or "", text, position))
            operand_expected = False
        position = match.end()
    tokens.append(Token("end", "", length))
    return tokens


def _unreadable(character: str) -> str:
    """Why a character cannot begin a token."""
    if character in "\"'":
        return "quotation"
    if character in "“”‘’":
        return "quotation-mark"
    return "reference" if character in "{}" else "character"
