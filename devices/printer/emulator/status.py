"""The bytes in which a printer says how it is: DLE EOT, automatic status, GS r. Bits as in Epson's reference."""

from __future__ import annotations

from dataclasses import dataclass

KNIFE, AUTO_RECOVERABLE = 0x08, 0x40
"""Bits of an error: a recoverable one of the knife, one that ends by itself (heat)."""


@dataclass(frozen=True, slots=True)
class Status:
    """How the printer is at one moment."""

    offline: bool
    cover_open: bool
    paper_out: bool
    paper_low: bool
    knife_stuck: bool
    overheated: bool

    @property
    def _errors(self) -> int:
        return (KNIFE if self.knife_stuck else 0) | (AUTO_RECOVERABLE if self.overheated else 0)

    def real_time(self, n: int) -> int | None:
        """The byte that answers ``DLE EOT n``; None for an n it does not know."""
        match n:
            case 1:
                return 0x12 | (0x08 if self.offline else 0) | (0x20 if self.knife_stuck else 0)
            case 2:
                paper = 0x20 if self.paper_out else 0
                return 0x12 | (0x04 if self.cover_open else 0) | paper | (0x40 if self._errors else 0)
            case 3:
                return 0x12 | self._errors
            case 4:
                return 0x12 | (0x0C if self.paper_low else 0) | (0x60 if self.paper_out else 0)
            case _:
                return None

    @property
    def automatic(self) -> bytes:
        """The four bytes of automatic status (``GS a``, ``DLE DC4 7 1``)."""
        first = 0x10 | (0x08 if self.offline else 0) | (0x20 if self.cover_open else 0)
        return bytes((first, self._errors, self.paper, 0x0F))

    @property
    def paper(self) -> int:
        """The byte that answers ``GS r 1`` and ``ESC v``."""
        return (0x03 if self.paper_low else 0) | (0x0C if self.paper_out else 0)
