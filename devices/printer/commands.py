"""The ESC/POS commands we send ourselves. Names and codes as in Epson's "ESC/POS Command Reference"."""

from __future__ import annotations

INITIALISE = b"\x1b@"
"""ESC @"""

SIXTH_INCH_LINES = b"\x1b2"
"""ESC 2: default line spacing, a sixth of an inch on every model."""

FEED_AND_PARTIAL_CUT = b"\x1dVB\x00"
"""GS V 66 0: feed to the knife and cut, leaving a bridge."""

EJECT = b"\x1de\x05"
"""GS e 5, of kiosk printers with a presenter: give the slip out."""

RETRACT = b"\x1de\x02"
"""GS e 2, of kiosk printers with a presenter: draw the slip back into the bin."""

TEAR_OFF_LINES = 4
"""Lines that bring a slip past the tear bar of a printer without a knife (16 mm)."""

REAL_TIME_OFF = b"\x1d(D\x05\x00\x14\x01\x00\x02\x00"
"""GS ( D: do not execute the pulse and power-off real-time commands, while picture data pass."""

REAL_TIME_ON = b"\x1d(D\x05\x00\x14\x01\x01\x02\x01"
"""GS ( D: execute them again."""

ASB_OFF = b"\x1da\x00"
"""GS a 0: no automatic status."""

ASB_ON = b"\x1da\x0e"
"""GS a 14: tell by itself when on-line state, errors or paper change."""

TRANSMIT_PAPER_STATUS = b"\x1dr\x01"
"""GS r 1: answered when everything before it was taken from the buffer."""

CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 8: clear the receive and print buffers at once."""

RECOVER_AND_CLEAR = b"\x10\x05\x02"
"""DLE ENQ 2: recover from a recoverable error (the knife) after clearing the buffers."""

PROCESS_ID_LENGTH = 4


def real_time_status(n: int) -> bytes:
    """DLE EOT n, n from 1 to 4: printer, off-line cause, error cause, paper sensor."""
    if not 1 <= n <= 4:
        raise ValueError("DLE EOT knows 1 to 4")
    return bytes((0x10, 0x04, n))


def request_process_id(process_id: bytes) -> bytes:
    """GS ( H function 48: answer with this id once everything before it is printed.

    Raises:
        ValueError: when the id is not four bytes from 0x20 to 0x7E.
    """
    if len(process_id) != PROCESS_ID_LENGTH or not all(0x20 <= byte <= 0x7E for byte in process_id):
        raise ValueError("a process id is four printable ASCII characters")
    return b"\x1d(H\x06\x0000" + process_id


def raster(width_bytes: int, rows: int, data: bytes) -> bytes:
    """GS v 0: print a picture, one bit a dot.

    Raises:
        ValueError: when the data do not fill the picture.
    """
    if len(data) != width_bytes * rows:
        raise ValueError("the data do not fill the picture")
    return b"\x1dv0\x00" + width_bytes.to_bytes(2, "little") + rows.to_bytes(2, "little") + data
