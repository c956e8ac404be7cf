"""The ways to a printer keep their deadlines and say truly when the line is gone."""

from __future__ import annotations

import os
import pty
import socket
import threading
import tty
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from devices.frame import Condition, PermanentFault
from devices.printer.drivers import HIGHEST_PORT, printer_drivers, split_address
from devices.printer.settings import PrinterSettings
from devices.printer.transport import FileTransport, LineFault, NetworkTransport, SerialTransport
from devices.printer.transport.base import Connection


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


BACKLOG_FILLED_BY = 4
"""Callers after which a listener without backlog answers nobody any more."""


def fill(connection: Connection) -> int:
    """Write until the line takes no more; returns what it took."""
    taken, more = 0, 1
    while more:
        more = connection.write(bytes(65_536), 0.05)
        taken += more
    return taken


def test_a_closed_port_is_not_reachable(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(LineFault) as caught:
        NetworkTransport("127.0.0.1", port).open(1.0)
    assert caught.value.condition is Condition.NOT_REACHABLE


def test_a_printer_that_does_not_take_the_call_is_not_reachable_within_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, ExitStack() as callers:
        for _ in range(BACKLOG_FILLED_BY):
            caller = callers.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(server.getsockname())
        with pytest.raises(LineFault) as caught:
            NetworkTransport(*server.getsockname()).open(0.1)
    assert caught.value.condition is Condition.NOT_REACHABLE


def test_a_printer_that_never_reads_ends_the_write_and_what_it_took_is_known(listener: socket.socket) -> None:
    line = NetworkTransport("127.0.0.1", listener.getsockname()[1]).open(1.0)
    host_side, _ = listener.accept()
    taken = fill(line)
    assert line.write(b"more", 0.01) == 0
    line.close()
    received = sum(len(piece) for piece in iter(lambda: host_side.recv(1 << 20), b""))
    host_side.close()
    assert received == taken > 0


def test_a_read_of_a_silent_line_is_empty(listener: socket.socket) -> None:
    line = NetworkTransport("127.0.0.1", listener.getsockname()[1]).open(1.0)
    assert line.read(0.01) == b""
    line.close()


def test_a_closed_connection_is_disconnected(listener: socket.socket) -> None:
    line = NetworkTransport("127.0.0.1", listener.getsockname()[1]).open(1.0)
    listener.accept()[0].close()
    with pytest.raises(LineFault) as caught:
        line.read(5.0)
    line.close()
    assert caught.value.condition is Condition.DISCONNECTED


def test_ipv6_works() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        host, port = split_address(f"[::1]:{server.getsockname()[1]}")
        line = NetworkTransport(host, port).open(1.0)
        came, _ = server.accept()
        assert (line.write(b"slip", 1.0), came.recv(4)) == (4, b"slip")
        came.close()
        line.close()


def test_a_host_is_reached_by_its_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = NetworkTransport("localhost", server.getsockname()[1]).open(5.0)
        came, _ = server.accept()
        assert (line.write(b"slip", 1.0), came.recv(4)) == (4, b"slip")
        came.close()
        line.close()


def test_a_resolver_that_hangs_does_not_hold_up_the_kiosk(monkeypatch: pytest.MonkeyPatch) -> None:
    released, asked, real = threading.Event(), [], socket.getaddrinfo

    def hangs(host: str, *rest: Any, **more: Any) -> Any:
        if host != "printer.example":
            return real(host, *rest, **more)
        asked.append(host)
        released.wait()
        return real("127.0.0.1", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    with socket.create_server(("127.0.0.1", 0)) as server:
        transport = NetworkTransport("printer.example", server.getsockname()[1])
        for _ in range(2):
            with pytest.raises(LineFault, match="the name is not answered") as caught:
                transport.open(0.01)
            assert caught.value.condition is Condition.NOT_REACHABLE
        assert asked == ["printer.example"], "one lookup at a time"
        released.set()
        transport.open(5.0).close()


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 64 + ".example"])
def test_a_name_that_nobody_has_is_said_so(host: str) -> None:
    with pytest.raises(LineFault) as caught:
        NetworkTransport(host).open(5.0)
    assert caught.value.condition is Condition.NOT_REACHABLE


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    name = os.ttyname(theirs)
    os.close(theirs)
    yield ours, name
    os.close(ours)


def test_a_serial_line_carries_bytes_both_ways(terminal: tuple[int, str]) -> None:
    ours, name = terminal
    line = SerialTransport(name).open(1.0)
    assert line.write(b"\x10\x04\x01", 1.0) == 3
    assert os.read(ours, 10) == b"\x10\x04\x01"
    os.write(ours, b"\x12")
    assert line.read(5.0) == b"\x12"
    line.close()


def test_a_serial_line_is_found_by_a_link_that_stays(terminal: tuple[int, str], tmp_path: Path) -> None:
    link = tmp_path / "usb-printer"
    link.symlink_to(terminal[1])
    line = SerialTransport(str(link)).open(1.0)
    assert line.write(b"abc", 1.0) == 3
    line.close()


def test_a_serial_line_is_ours_alone(terminal: tuple[int, str]) -> None:
    line = SerialTransport(terminal[1]).open(1.0)
    with pytest.raises(LineFault) as caught:
        SerialTransport(terminal[1]).open(1.0)
    line.close()
    assert caught.value.condition is Condition.NOT_REACHABLE


def test_a_stuck_serial_line_ends_the_write_and_still_closes(terminal: tuple[int, str]) -> None:
    line = SerialTransport(terminal[1]).open(1.0)
    assert fill(line) > 0
    assert line.write(b"more", 0.01) == 0
    line.close()
    SerialTransport(terminal[1]).open(1.0).close()


def test_a_serial_port_that_is_not_there_is_not_reachable(tmp_path: Path) -> None:
    with pytest.raises(LineFault) as caught:
        SerialTransport(str(tmp_path / "none")).open(1.0)
    assert caught.value.condition is Condition.NOT_REACHABLE


def test_a_pulled_serial_line_is_disconnected() -> None:
    ours, theirs = pty.openpty()
    name = os.ttyname(theirs)
    line = SerialTransport(name).open(1.0)
    os.close(theirs)
    os.close(ours)
    with pytest.raises(LineFault) as caught:
        line.read(5.0)
    line.close()
    assert caught.value.condition is Condition.DISCONNECTED


def test_a_file_gathers_jobs(tmp_path: Path) -> None:
    for job in (b"one", b"two"):
        line = FileTransport(tmp_path / "jobs").open(1.0)
        assert line.write(job, 1.0) == 3
        assert line.read(0.0) == b""
        line.close()
    assert (tmp_path / "jobs").read_bytes() == b"onetwo"


def test_a_file_in_no_folder_is_not_reachable(tmp_path: Path) -> None:
    with pytest.raises(LineFault) as caught:
        FileTransport(tmp_path / "none" / "jobs").open(1.0)
    assert caught.value.condition is Condition.NOT_REACHABLE


def test_a_pipe_that_nobody_reads_ends_the_write(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "jobs")
    reader = os.open(tmp_path / "jobs", os.O_RDONLY | os.O_NONBLOCK)
    line = FileTransport(tmp_path / "jobs").open(1.0)
    assert fill(line) > 0
    assert line.write(b"more", 0.01) == 0
    line.close()
    os.close(reader)


def test_a_full_disk_is_reported() -> None:
    line = FileTransport(Path("/dev/full")).open(1.0)
    with pytest.raises(LineFault) as caught:
        line.write(b"job", 1.0)
    line.close()
    assert caught.value.condition is Condition.DISCONNECTED


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("printer.local", ("printer.local", 9100)),
        ("10.0.0.7:9101", ("10.0.0.7", 9101)),
        ("[fe80::1]:9102", ("fe80::1", 9102)),
        ("[::1]", ("::1", 9100)),
        ("::1", ("::1", 9100)),
        ("host:", ("host", 9100)),
        (f"host:{HIGHEST_PORT}", ("host", HIGHEST_PORT)),
    ],
)
def test_addresses_are_taken_apart(address: str, parts: tuple[str, int]) -> None:
    assert split_address(address) == parts


@pytest.mark.parametrize("address", [":9100", "host:abc", "host:0", f"host:{HIGHEST_PORT + 1}", "[]:1"])
def test_what_is_no_address_is_a_permanent_fault(address: str) -> None:
    with pytest.raises(PermanentFault) as caught:
        split_address(address)
    assert caught.value.condition is Condition.CONFIGURATION_ERROR


@pytest.mark.parametrize("driver", ["network", "usb", "serial", "file"])
def test_every_driver_of_the_settings_is_on_the_list(driver: str) -> None:
    settings = PrinterSettings.model_validate({"driver": driver, "address": "x"})
    assert printer_drivers().build(driver, settings).address.startswith("x")
