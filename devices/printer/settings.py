"""The settings of one printer."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from devices.printer.job import Confirmation
from devices.printer.transport.serial import BAUD_RATE

DriverName = Literal["network", "usb", "serial", "file"]


class PrinterSettings(BaseModel):
    """Which printer, where, and what is in it.

    ``address``: ``host:port`` for "network" (``[::1]:9100`` for IPv6), a path that stays for "serial", a path or
    "auto" for "usb", any path for "file". ``profile`` is one of python-escpos' names. ``confirmation`` says how
    the printer tells that a slip is out: "auto" finds out, "process_id" insists on ``GS ( H``, "status" never
    sends it (cheap printers print it as text), "none" asks nothing; a "file" is always "none".
    ``presenter``: the printer holds a cut slip and can draw it back (``GS e``), as those made for kiosks do.
    ``signs``: the font of the signs that a slip may hold; without it they are left out.
    What is known of the roll comes through ``Printer.know_roll``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    driver: DriverName = "network"
    address: str = Field(default="127.0.0.1:9100", min_length=1)
    profile: str = "default"
    paper_width_mm: Literal[58, 80] = 80
    confirmation: Confirmation = "auto"
    presenter: bool = False
    baud_rate: int = Field(default=BAUD_RATE, gt=0)
    fonts: tuple[Path, ...] | None = None
    signs: Path | None = None
    copy_mark: str = "SALINAN / COPY"
    check_every_s: float = Field(default=5.0, gt=0)
