"""The emulator's control page, its files and its command line."""

from __future__ import annotations

import math
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from PIL import Image

from devices.printer.emulator import EmulatorSettings, Fault, PrintedSlip, PrinterEmulator
from devices.printer.emulator.__main__ import arguments, main
from devices.printer.emulator.control import LONGEST_ROLL_MM, MAX_BODY, ControlPage
from devices.printer.transport import NetworkTransport


@pytest.fixture
def page(emulator: PrinterEmulator) -> Iterator[str]:
    with ControlPage(emulator) as control:
        yield f"http://127.0.0.1:{control.port}"


def send(emulator: PrinterEmulator, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", emulator.port)) as line:
        line.sendall(data)


def post(url: str, body: object = None) -> requests.Response:
    return requests.post(url, json={} if body is None else body, timeout=10)


def test_the_page_is_there(page: str) -> None:
    answer = requests.get(page + "/", timeout=10)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert all(fault.value in answer.text for fault in Fault)


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_can_be_set_and_cleared(page: str, emulator: PrinterEmulator, fault: Fault) -> None:
    assert post(f"{page}/faults/{fault.value}", {"on": True}).json()["faults"][fault.value] is True
    assert emulator.faults == {fault}
    assert post(f"{page}/faults/{fault.value}", {"on": False}).json()["faults"][fault.value] is False


def test_all_faults_are_cleared_at_once(page: str, emulator: PrinterEmulator) -> None:
    emulator.set_fault(Fault.COVER_OPEN)
    emulator.set_fault(Fault.UNPLUGGED)
    post(page + "/clear-faults")
    assert emulator.faults == frozenset()
    NetworkTransport("127.0.0.1", emulator.port).open(2.0).close()


def test_a_roll_is_put_in(page: str, emulator: PrinterEmulator) -> None:
    emulator.set_fault(Fault.PAPER_OUT)
    assert post(page + "/refill", {"length_mm": 1_234}).json()["paper_mm"] == 1_234
    assert emulator.faults == frozenset()


@pytest.mark.parametrize("length", [0, -5, LONGEST_ROLL_MM + 1, "long", True])
def test_a_roll_of_no_length_is_refused(page: str, length: object) -> None:
    assert post(page + "/refill", {"length_mm": length}).status_code == 400


def test_the_longest_roll_is_taken(page: str) -> None:
    assert post(page + "/refill", {"length_mm": LONGEST_ROLL_MM}).status_code == 200


@pytest.mark.parametrize("path", ["/faults/none", "/none", "/"])
def test_what_does_not_exist_is_refused(page: str, path: str) -> None:
    assert post(page + path).status_code == 400


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"on": 3}', b"\xff\xfe"])
def test_a_body_that_says_nothing_is_refused(page: str, body: bytes) -> None:
    assert requests.post(page + "/faults/silent", data=body, timeout=10).status_code == 400


@pytest.mark.parametrize(("size", "status"), [(MAX_BODY, 200), (MAX_BODY + 1, 400)])
def test_a_body_has_a_greatest_size(page: str, size: int, status: int) -> None:
    body = b'{"on": false}'.ljust(size)
    assert requests.post(page + "/faults/silent", data=body, timeout=10).status_code == status


def test_slips_can_be_seen(page: str, emulator: PrinterEmulator) -> None:
    send(emulator, b"Halo\n\x1dV\x00")
    assert emulator.wait_for_slips(1)
    assert requests.get(page + "/slips/latest.txt", timeout=10).text == "Halo\n"
    assert requests.get(page + "/slips/1.png", timeout=10).content.startswith(b"\x89PNG")
    assert requests.get(page + "/state", timeout=10).json()["latest"] == 1


@pytest.mark.parametrize("path", ["/slips/latest.png", "/slips/7.txt", "/slips/../x", "/none"])
def test_what_is_not_there_is_not_found(page: str, path: str) -> None:
    assert requests.get(page + path, timeout=10).status_code == 404


def test_slips_are_put_into_the_folder(emulator: PrinterEmulator, tmp_path: Path) -> None:
    send(emulator, b"satu\n\x1dV\x00dua\n\x1dV\x00")
    assert emulator.wait_for_slips(2)
    folder = tmp_path / "slips"
    assert sorted(p.name for p in folder.glob("[!.]*")) == [
        "latest.png",
        "slip-0001.png",
        "slip-0001.txt",
        "slip-0002.png",
        "slip-0002.txt",
    ]
    assert (folder / "slip-0002.txt").read_text() == "dua\n"
    assert Image.open(folder / "latest.png").size[0] == 576


def test_one_host_at_a_time(emulator: PrinterEmulator) -> None:
    first = NetworkTransport("127.0.0.1", emulator.port).open(2.0)
    second = NetworkTransport("127.0.0.1", emulator.port).open(2.0)
    second.write(b"\x10\x04\x01", 1.0)
    assert second.read(0.05) == b""
    first.close()
    assert second.read(5.0) == b"\x12"
    second.close()


def test_a_listener_hears_of_each_slip() -> None:
    heard = threading.Event()
    slips: list[PrintedSlip] = []

    def on_slip(slip: PrintedSlip) -> None:
        slips.append(slip)
        heard.set()

    with PrinterEmulator(EmulatorSettings(speed_mm_s=math.inf), on_slip=on_slip) as emulator:
        send(emulator, b"Halo\n\x1dV\x00")
        assert heard.wait(10)
    assert slips[0].text == "Halo\n"


def test_an_emulator_leaves_nothing_behind(tmp_path: Path) -> None:
    before = (threading.active_count(), len(list(Path("/proc/self/fd").iterdir())))
    for _ in range(3):
        with PrinterEmulator(pty_link=tmp_path / "printer.pty") as emulator, ControlPage(emulator):
            pass
    assert (threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))) == before
    assert not (tmp_path / "printer.pty").is_symlink()


def test_a_taken_port_is_reported(
    emulator: PrinterEmulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--tcp", f"127.0.0.1:{emulator.port}", "--http", "127.0.0.1:1", "--out", str(tmp_path)])
    assert code == 1
    assert "cannot start" in capsys.readouterr().err


def test_the_command_line_has_the_trial_s_addresses() -> None:
    options = arguments([])
    assert (options.tcp, options.http, options.width) == ("127.0.0.1:9100", "127.0.0.1:9180", 80)


def test_it_runs_as_a_program_and_ends_when_asked(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        tcp, http = (f"127.0.0.1:{s.getsockname()[1]}" for s in (one, two))
    command = [sys.executable, "-u", "-m", "devices.printer.emulator", "--tcp", tcp, "--http", http]
    command += ["--out", str(tmp_path / "out"), "--pty", str(tmp_path / "tty"), "--speed", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert tcp in program.stdout.readline()
        assert requests.get(f"http://{http}/state", timeout=10).json()["slips"] == 0
        assert (tmp_path / "tty").is_symlink()
        program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0
