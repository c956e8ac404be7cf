"""What can be wrong with the emulated printer; set and cleared while it runs."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """Names are those of the control page."""

    PAPER_LOW = "paper_low"
    """The near-end sensor sees little paper."""
    PAPER_OUT = "paper_out"
    """The roll is used up or taken out."""
    COVER_OPEN = "cover_open"
    KNIFE_JAMMED = "knife_jammed"
    """Shows when the knife is used the next time."""
    OVERHEATED = "overheated"
    OFFLINE = "offline"
    """Switched off-line at its panel."""
    SILENT = "silent"
    """Prints, but answers nothing."""
    GARBAGE = "garbage"
    """Answers are damaged on the line."""
    BUSY = "busy"
    """Takes nothing from the line and answers nothing; what is in its buffer is printed."""
    SLOW = "slow"
    """Prints at a twentieth of its speed."""
    UNPLUGGED = "unplugged"
    """The data line is out; power is on and the buffer is kept."""


SLOWNESS = 20.0
"""How many times slower a slow printer is."""
