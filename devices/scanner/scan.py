"""What a scanner gives: one stream of scans, whichever device read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from protocol.peripherals import ScanKind


@dataclass(frozen=True, slots=True)
class Scan:
    """One code that was read once.

    ``symbology`` is the code's kind ("QRCode", "Code128", "PDF417" …) or the way it came ("keyboard", "serial")
    when the device does not tell. ``text`` is cleaned (see :func:`devices.scanner.recognition.clean`). At most one
    of ``nik`` (16 digits), ``code`` (12 characters, no hyphens) and ``url`` is set, by kind; a slip whose QR holds
    an address has ``url`` as well.
    """

    symbology: str
    text: str
    kind: ScanKind
    at: datetime
    nik: str | None = None
    url: str | None = None
    code: str | None = None
