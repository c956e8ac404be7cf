"""What a printer answers: real-time status, paper sensor status, process ids, and telling them apart.

Bits as in Epson's "ESC/POS Command Reference" (DLE EOT, GS r, GS a, GS ( H). Answers are distinguished by their
fixed bits: DLE EOT ``0xx1xx10``, first ASB byte ``0xx1xx00``, ASB 2 to 4 and GS r ``0xx0xxxx``.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.frame import Condition

PROCESS_ID_HEAD = b"\x37\x22"
CLEARED = b"\x37\x25\x00"
"""The answer to DLE DC4 8: the buffers are empty."""

ASB_LENGTH = 4

BLOCKING = frozenset(
    {
        Condition.MEDIA_EMPTY,
        Condition.MEDIA_JAMMED,
        Condition.COVER_OPEN,
        Condition.CUTTER_ERROR,
        Condition.OVERHEATED,
        Condition.HARDWARE_ERROR,
        Condition.OFFLINE,
    }
)
"""Conditions under which nothing is printed."""


def is_real_time_status(byte: int) -> bool:
    """An answer to DLE EOT: ``0xx1xx10``."""
    return byte & 0x93 == 0x12


def is_asb_head(byte: int) -> bool:
    """The first of four bytes of automatic status: ``0xx1xx00``."""
    return byte & 0x93 == 0x10


def is_paper_status(byte: int) -> bool:
    """An answer to GS r, or ASB bytes 2 to 4: ``0xx0xxxx``."""
    return byte & 0x90 == 0x00


def process_id_answer(process_id: bytes) -> bytes:
    """What the printer sends when everything before this id is printed."""
    return PROCESS_ID_HEAD + process_id + b"\x00"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """The four real-time answers of one round, as they came."""

    printer: int
    offline: int
    error: int
    paper: int

    @property
    def conditions(self) -> frozenset[Condition]:
        """What holds by these four bytes."""
        found = set()
        if self.offline & 0x04:
            found.add(Condition.COVER_OPEN)
        if self.error & 0x08:
            found.add(Condition.CUTTER_ERROR)
        elif self.error & 0x04:
            found.add(Condition.MEDIA_JAMMED)
        if self.error & 0x20:
            found.add(Condition.HARDWARE_ERROR)
        if self.error & 0x40:
            found.add(Condition.OVERHEATED)
        if self.paper & 0x60 or self.offline & 0x20:
            found.add(Condition.MEDIA_EMPTY)
        elif self.paper & 0x0C:
            found.add(Condition.MEDIA_LOW)
        if self.printer & 0x08 and not found & BLOCKING:
            found.add(Condition.OFFLINE)
        return frozenset(found)

    @property
    def can_print(self) -> bool:
        return not self.conditions & BLOCKING


def automatic_conditions(status: bytes) -> frozenset[Condition]:
    """What four bytes of automatic status say; a hint that is always checked by a round of DLE EOT."""
    head, error, paper, _ = status
    found = set()
    if head & 0x20:
        found.add(Condition.COVER_OPEN)
    if error & 0x08:
        found.add(Condition.CUTTER_ERROR)
    elif error & 0x04:
        found.add(Condition.MEDIA_JAMMED)
    if error & 0x20:
        found.add(Condition.HARDWARE_ERROR)
    if error & 0x40:
        found.add(Condition.OVERHEATED)
    if paper & 0x0C:
        found.add(Condition.MEDIA_EMPTY)
    elif paper & 0x03:
        found.add(Condition.MEDIA_LOW)
    if head & 0x08 and not found & BLOCKING:
        found.add(Condition.OFFLINE)
    return frozenset(found)
