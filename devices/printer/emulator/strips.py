"""What the controller hands to the mechanism: strips to print, and marks between them."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True, slots=True)
class Strip:
    """Rows of dots to print; None for blank feed. ``text`` is what they show."""

    rows: int
    image: Image.Image | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """The knife falls here."""

    partial: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Send this when everything before it is on paper."""

    answer: bytes


@dataclass(frozen=True, slots=True)
class Presenter:
    """The presenter of a kiosk printer gives out the slip that was cut, or draws it back into its bin."""

    retract: bool


Item = Strip | Cut | Mark | Presenter
