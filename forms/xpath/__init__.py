"""XPath 1.0 as ODK XForms means it: a parser, a compiler to closures, and the function library."""

from forms.xpath.compiler import Expression, compile_expression
from forms.xpath.context import Context, Host, Work
from forms.xpath.errors import XPathError, XPathEvaluationError, XPathSyntaxError
from forms.xpath.parser import parse

__all__ = [
    "Context",
    "Expression",
    "Host",
    "Work",
    "XPathError",
    "XPathEvaluationError",
    "XPathSyntaxError",
    "compile_expression",
    "parse",
]
