"""Functions about selections and their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.xpath.context import Context
from forms.xpath.functions.registry import BOOLEAN, NUMBER, TEXT, Library
from forms.xpath.functions.texts import whole_number
from forms.xpath.values import SPACE

if TYPE_CHECKING:
    from forms.xpath.compiler import Expression

    Arguments = tuple[Expression, ...]

LIBRARY = Library()


@LIBRARY.add("selected", BOOLEAN, 2)
def selected(context: Context, arguments: Arguments) -> bool:
    values = arguments[0].text(context).split()
    return arguments[1].text(context).strip(SPACE) in (values or [""])


@LIBRARY.add("selected-at", TEXT, 2)
def selected_at(context: Context, arguments: Arguments) -> str:
    values = arguments[0].text(context).split()
    index = whole_number(arguments[1].text(context))
    return values[index] if index is not None and 0 <= index < len(values) else ""


@LIBRARY.add("count-selected", NUMBER, 1)
def count_selected(context: Context, arguments: Arguments) -> float:
    return float(len(arguments[0].text(context).split()))


@LIBRARY.add("itext", TEXT, 1, prefix="jr")
def itext(context: Context, arguments: Arguments) -> str:
    return context.host.translation(arguments[0].text(context)) or ""


@LIBRARY.add("choice-name", TEXT, 2, prefix="jr")
def choice_name(context: Context, arguments: Arguments) -> str:
    from forms.xpath.compiler import compile_expression
    from forms.xpath.parser import parse

    value, path = arguments[0].text(context), arguments[1].text(context)
    nodes = compile_expression(parse(path)).nodes(context)
    # A question in a repeat without instances is none that was written wrong: there is only nothing to name.
    return (context.host.choice_label(nodes[0], value) or "") if nodes else ""


@LIBRARY.add("property", TEXT, 1)
def device_property(context: Context, arguments: Arguments) -> str:
    return context.host.device_property(arguments[0].text(context))
