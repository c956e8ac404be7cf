"""All functions of the ODK XForms specification, by prefix and name."""

from forms.xpath.functions import choices, dates, geo, logic, nodes, numbers, texts
from forms.xpath.functions.registry import Function

FUNCTIONS: dict[tuple[str, str], Function] = {
    key: function
    for library in (
        logic.LIBRARY,
        numbers.LIBRARY,
        texts.LIBRARY,
        dates.LIBRARY,
        nodes.LIBRARY,
        choices.LIBRARY,
        geo.LIBRARY,
    )
    for key, function in library.functions.items()
}

__all__ = ["FUNCTIONS", "Function"]
