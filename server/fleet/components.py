"""What a kiosk's components said last, and what follows from it."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Row

from protocol.components import CONTENT, FORMS, PAPER_MM, PRINTER, Condition
from protocol.messages import Component

Components = tuple[Component, ...]
_KEPT: Final = TypeAdapter(Components)


def components_of(kiosk: Row[Any]) -> Components:
    """As the last heartbeat of a row of ``kiosks`` had them."""
    return _KEPT.validate_python(kiosk.components)


def paper_mm(components: Sequence[Component]) -> float | None:
    """What the printer's counter says is left, in millimetres."""
    printer = _named(components, PRINTER)
    return None if printer is None else printer.supplies.get(PAPER_MM)


def without_paper(components: Sequence[Component]) -> bool:
    printer = _named(components, PRINTER)
    return printer is not None and Condition.MEDIA_EMPTY in printer.conditions


def form_fault(components: Sequence[Component]) -> str | None:
    """Which form failed, and where; None where none did."""
    forms = _named(components, FORMS)
    return forms.detail if forms is not None and Condition.FORM_FAULT in forms.conditions else None


def broken_content(components: Sequence[Component]) -> str | None:
    """Which file of the pack a kiosk cannot show; None when it reported none."""
    content = _named(components, CONTENT)
    return None if content is None else content.detail


def _named(components: Sequence[Component], name: str) -> Component | None:
    return next((one for one in components if one.component == name), None)
