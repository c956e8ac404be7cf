"""``emupos``, an emulator by others: run as a process of its own, and what it was recorded to answer.

It wants Python 3.13, which is newer than what this project needs, so it is not among our packages. With it in an
environment of its own, ``python -m tests.devices.printer.emulator.emupos_peer PROGRAM`` writes ``emupos_recorded.json`` anew:
for each stream its words, the codes on its picture and the ink's width, and for each fault its status bytes.
"""

from __future__ import annotations

import base64
import io
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import requests
import zxingcpp
from PIL import Image

from devices.printer import commands

RECORDED = Path(__file__).with_name("emupos_recorded.json")
PATIENCE_S = 20.0
FAULTS = ("", "paper-near-end", "paper-out", "cover-open")

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


@dataclass(frozen=True, slots=True)
class Receipt:
    """What stands on a receipt: words, codes that can be scanned, left and right edge of the ink in dots."""

    words: list[str]
    codes: list[str]
    ink: list[int]


def receipt(text: str, picture: Image.Image) -> Receipt:
    """Words without the notes in brackets that stand for pictures and codes, and without letters of no page."""
    plain = re.sub(r"\[[^\]]*\]", " ", text)
    box = picture.convert("L").point(lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    codes = sorted(code.text for code in zxingcpp.read_barcodes(picture.convert("L")))
    return Receipt(re.sub("[\xa0\xad\ufffd]", " ", plain).split(), codes, [box[0], box[2]])


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

    def receipt(self, data: bytes) -> Receipt:
        """What comes out for these bytes. Raises TimeoutError when nothing does."""
        before = len(requests.get(self.device + "/receipts", timeout=10).json())
        with socket.create_connection(("127.0.0.1", self.tcp), timeout=10) as line:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
        end = time.monotonic() + PATIENCE_S
        receipts: list[dict[str, object]] = []
        while len(receipts) <= before:
            if time.monotonic() > end:
                raise TimeoutError("emupos prints nothing")
            receipts = requests.get(self.device + "/receipts", timeout=10).json()
        name = f"{self.device}/receipts/{receipts[0]['id']}"
        picture = requests.get(name + "/image", timeout=10).content
        return receipt(requests.get(name + "/text", timeout=10).text, Image.open(io.BytesIO(picture)))

    def status(self, fault: str) -> list[int]:
        """Its four answers to DLE EOT with a fault of its own name, "" for none."""
        if fault:
            requests.put(f"{self.device}/faults/{fault}", timeout=10).raise_for_status()
        try:
            with socket.create_connection(("127.0.0.1", self.tcp), timeout=10) as line:
                answers = b""
                for n in range(1, 5):
                    line.sendall(commands.real_time_status(n))
                    answers += line.recv(1)
        finally:
            if fault:
                requests.delete(f"{self.device}/faults/{fault}", timeout=10)
        return list(answers)


@contextmanager
def emupos(program: str) -> Iterator[Emupos]:
    """Started, and ended."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        api, tcp = one.getsockname()[1], two.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "emupos.yaml"
        config.write_text(CONFIG.format(api=api, tcp=tcp, receipts=Path(folder) / "receipts"))
        command = [program, "run", "--config", str(config)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            peer = Emupos(api, tcp)
            try:
                peer.wait()
                yield peer
            finally:
                running.terminate()


def recorded() -> dict[str, dict[str, dict[str, object]]]:
    """``streams``: by name, with the bytes that were sent; ``status``: by fault."""
    answers: dict[str, dict[str, dict[str, object]]] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return answers


def record(program: str) -> None:
    """Write the recording anew."""
    from tests.devices.printer.emulator.emupos_streams import streams  # which needs the tests' own emulator

    with emupos(program) as peer:
        # Status first: some of the streams switch the peer's panel or its answers off.
        status = {fault: {"answers": peer.status(fault)} for fault in FAULTS}
        said = {
            name: {"bytes": base64.b85encode(data).decode()} | asdict(peer.receipt(data))
            for name, data in streams().items()
        }
    RECORDED.write_text(json.dumps({"streams": said, "status": status}, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    record(sys.argv[1])
