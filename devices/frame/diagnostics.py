"""What may leave the kiosk about its devices: states and settings, never what a citizen showed or got.

Redaction is by allow-list of types and by pattern: numbers, yes and no, and short texts pass; a text that could
be a NIK, a tracking code or an address with a code in it does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol, runtime_checkable

from protocol.components import ComponentState

MAX_TEXT = 200
"""Characters of one text."""

REDACTED = "[redacted]"

_PERSONAL = re.compile(
    r"\d{10,}"  # NIK, KK number, telephone
    r"|\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b"  # tracking code
    r"|/t/[0-9A-Za-z-]{12,}"  # address on a slip
    r"|EKB1\."  # staff badge
)


@runtime_checkable
class Diagnosed(Protocol):
    """A device that knows more about itself than its state."""

    def diagnostics(self) -> Mapping[str, object]: ...


class Device(Protocol):
    """Any device."""

    def state(self) -> ComponentState: ...


def redact(value: object) -> object:
    """The value when it is harmless; :data:`REDACTED` or its type's name when it is not."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return REDACTED if _PERSONAL.search(value) else value[:MAX_TEXT]
    if isinstance(value, Mapping):
        return {str(key)[:MAX_TEXT]: redact(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return sorted((redact(inner) for inner in value), key=str)
    return f"[{type(value).__name__}]"


def collect(devices: Iterable[Device]) -> dict[str, object]:
    """A report by component, ready for JSON."""
    report: dict[str, object] = {}
    for device in devices:
        state = device.state()
        more = device.diagnostics() if isinstance(device, Diagnosed) else {}
        report[state.component] = redact(
            {
                "availability": str(state.availability),
                "conditions": sorted(state.conditions),
                "supplies": dict(state.supplies),
                "since": state.since.isoformat(),
                "detail": state.detail,
                **more,
            }
        )
    return report
