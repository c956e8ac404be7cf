"""What is sent to both emulators: slips of ours, and bare ESC/POS of every subject that both know."""

from __future__ import annotations

from devices.printer import SlipBuilder
from devices.printer.slips.escpos import JobEncoder
from devices.printer.slips.layout import Typesetter
from tests.devices.printer.emulator.test_emulator_parser import REFERENCE
from tests.devices.printer.printer_bench import example_slip

BEGIN, CUT = b"\x1b@", b"\x1dVB\x00"

NOT_OF_THE_PEER = frozenset(
    {
        "DLE DC4 8",
        "ESC L",
        "ESC &",
        "ESC ?",
        "FS &",
        "FS 2",
        "FS ?",
        "FS g",
        "FS q",
        "GS C",
        "GS D",
        "GS Q 0",
        "GS g",
        "GS z 0",
    }
)
"""Commands of the reference that emupos' model lacks: it prints their data as text, as such a printer would. Page mode
(``ESC L``) it takes for standard mode, Kanji (``FS &``) for letters."""


def _code(letter: bytes, *functions: bytes) -> bytes:
    return b"".join(b"\x1d(k" + len(data).to_bytes(2, "little") + data for data in functions) + letter


def _page(number: int) -> bytes:
    """All letters of a code page, sixteen a line."""
    rows = b"".join(bytes(range(start, start + 16)) + b"\n" for start in range(0x80, 0x100, 16))
    return b"\x1bt" + bytes((number,)) + rows


def streams() -> dict[str, bytes]:
    """By name; each makes one receipt."""
    encoder = JobEncoder("TM-T20II", 80)
    setter = Typesetter(encoder.paper, encodable=encoder.encodable, native_qr=True, fonts=())
    slips = {
        "slip": example_slip(),
        "slip with accents": SlipBuilder().text("Café Müller, ñandú, 12 € – naïve").build(),
        "slip with long lines": SlipBuilder()
        .row("Alamat", "Jalan Raya Kebon Jeruk Nomor 27 " * 4)
        .title("Judul besar")
        .build(),
    }
    bare = {
        "sizes": b"\x1d!\x11AB\x1d!\x00cd\n\x1b!\x30EF\x1b!\x00\n",
        "attributes": b"\x1bE\x01bold\x1bE\x00 \x1b-\x01under\x1b-\x00 \x1dB\x01white\x1dB\x00\n",
        "justification": b"\x1ba\x01middle\n\x1ba\x02right\n\x1ba\x00left\n",
        "tabs": b"a\tb\n\x1bD\x04\x00a\tb\n",
        "a line too long": b"word " * 30 + b"\n",
        "barcodes": b"\x1ba\x01\x1dh\x60\x1dw\x02\x1dkC\x0c590123412345\n\x1dkE\x06ABC123\n\x1dkI\x09{BABC-123\n\x1dkF\x041234\n",
        "qr": b"\x1ba\x01" + _code(b"\n", b"1A2\x00", b"1C\x06", b"1E1", b"1P0Halo QR!", b"1Q0"),
        "raster picture": b"\x1dv0\x00\x02\x00\x02\x00\xff\x00\x00\xff",
        "column picture": b"\x1b*\x21\x02\x00\xff\xff\xff\xff\xff\xff\n",
        "graphics": b"\x1d(L\x0c\x00p0\x01\x011\x08\x00\x02\x00\xff\x81\x1d(L\x02\x0002",
    }
    pages = {f"code page {number}": _page(number) for number in (0, 2, 16, 18, 19)}
    commands = {
        f"command {name}": b"before\n" + data + b"in step\n"
        for name, data in REFERENCE.items()
        if name not in NOT_OF_THE_PEER
    }
    jobs = {name: encoder.encode(setter.lay_out(slip)) for name, slip in slips.items()}
    return jobs | {name: BEGIN + data + CUT for name, data in (bare | pages | commands).items()}
