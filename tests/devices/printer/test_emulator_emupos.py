"""A second opinion: the same streams to our emulator and to ``emupos``.

``emupos`` wants a newer Python than ours, so it runs as a process of its own. The environment variable EMUPOS names
its program; without it, and without one on the path, this is skipped.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import zxingcpp
from PIL import Image

from devices.printer import SlipBuilder, commands
from devices.printer.emulator import EmulatorSettings, Fault, PrinterCore
from devices.printer.escpos import JobEncoder
from devices.printer.layout import Typesetter
from tests.devices.printer.printer_bench import example_slip

PROGRAM = os.environ.get("EMUPOS") or shutil.which("emupos")
PATIENCE_S = 20.0

pytestmark = pytest.mark.skipif(not PROGRAM, reason="emupos is not here; EMUPOS names its program")

CONFIG = """\
schema: 1
api: {{ host: 127.0.0.1, port: {api} }}
devices:
  - id: front
    type: printer
    profile: epson-tm-t20iii
    connections:
      - tcp: {{ port: {tcp} }}
    receipts_dir: {receipts}
"""


class Emupos:
    """The running peer."""

    def __init__(self, api: int, tcp: int) -> None:
        self.device = f"http://127.0.0.1:{api}/api/v1/devices/front"
        self.tcp = tcp

    def wait(self) -> None:
        """Until it answers; raises TimeoutError when it does not."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                requests.get(self.device, timeout=10).raise_for_status()
            except requests.ConnectionError:
                continue
            return
        raise TimeoutError("emupos does not start")

    def receipt(self, data: bytes) -> tuple[str, bytes]:
        """Text and picture of what comes out for these bytes."""
        before = len(requests.get(self.device + "/receipts", timeout=10).json())
        with socket.create_connection(("127.0.0.1", self.tcp), timeout=10) as line:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
        end = time.monotonic() + PATIENCE_S
        receipts: list[dict[str, object]] = []
        while len(receipts) <= before and time.monotonic() < end:
            receipts = requests.get(self.device + "/receipts", timeout=10).json()
        name = f"{self.device}/receipts/{receipts[0]['id']}"
        return requests.get(name + "/text", timeout=10).text, requests.get(name + "/image", timeout=10).content

    def status(self) -> tuple[int, ...]:
        """Its four answers to DLE EOT."""
        with socket.create_connection(("127.0.0.1", self.tcp), timeout=10) as line:
            answers = b""
            for n in range(1, 5):
                line.sendall(commands.real_time_status(n))
                answers += line.recv(1)
        return tuple(answers)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emupos]:
    folder = tmp_path_factory.mktemp("emupos")
    api, tcp = free_port(), free_port()
    config = folder / "emupos.yaml"
    config.write_text(CONFIG.format(api=api, tcp=tcp, receipts=folder / "receipts"))
    with subprocess.Popen(
        [str(PROGRAM), "run", "--config", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as program:
        running = Emupos(api, tcp)
        running.wait()
        yield running
        program.terminate()


def ours(data: bytes) -> tuple[str, Image.Image]:
    core = PrinterCore(EmulatorSettings(speed_mm_s=math.inf, buffer_bytes=1 << 20))
    core.receive(data)
    core.tick(0.01)
    return core.slips[-1].text, core.slips[-1].image


def words(text: str) -> list[str]:
    """Words as printed, without the notes in brackets that stand for pictures and codes."""
    return re.sub(r"\[[^\]]*\]", " ", text).split()


ENCODER = JobEncoder("TM-T20II", 80)
TYPESETTER = Typesetter(ENCODER.paper, encodable=ENCODER.encodable, native_qr=True, fonts=())
SLIPS = {
    "receipt": example_slip(),
    "accents": SlipBuilder().text("Café Müller, ñandú, 12 € – naïve").build(),
    "long": SlipBuilder().row("Alamat", "Jalan Raya Kebon Jeruk Nomor 27 " * 4).title("Judul besar").build(),
}


@pytest.mark.parametrize("name", SLIPS)
def test_the_same_words_come_out(peer: Emupos, name: str) -> None:
    data = ENCODER.encode(TYPESETTER.lay_out(SLIPS[name]))
    assert words(ours(data)[0]) == words(peer.receipt(data)[0])


def test_the_same_code_can_be_scanned(peer: Emupos, tmp_path: Path) -> None:
    data = ENCODER.encode(TYPESETTER.lay_out(SLIPS["receipt"]))
    picture = tmp_path / "peer.png"
    picture.write_bytes(peer.receipt(data)[1])
    read = [
        [code.text for code in zxingcpp.read_barcodes(image)]
        for image in (ours(data)[1], Image.open(picture).convert("L"))
    ]
    assert read[0] == read[1] != []


@pytest.mark.parametrize(
    ("fault", "name"),
    [(None, ""), (Fault.PAPER_LOW, "paper-near-end"), (Fault.PAPER_OUT, "paper-out"), (Fault.COVER_OPEN, "cover-open")],
)
def test_status_answers_mean_the_same(peer: Emupos, fault: Fault | None, name: str) -> None:
    core = PrinterCore()
    if fault is not None:
        core.set_fault(fault, True)
        requests.put(f"{peer.device}/faults/{name}", timeout=10).raise_for_status()
    try:
        theirs = peer.status()
    finally:
        if fault is not None:
            requests.delete(f"{peer.device}/faults/{name}", timeout=10)
    assert theirs == tuple(core.real_time_status(n) for n in range(1, 5))
