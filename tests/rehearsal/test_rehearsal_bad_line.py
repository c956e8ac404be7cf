"""The bad line of rehearsals: slow where it should be, lost where the seed says, cut when it is told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from rehearsal.bad_line import PIECE, SLOW, BadLine, BadLines, Faults, bad_lines

SENT = bytes(range(256)) * 1_000
PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def lines() -> Iterator[BadLines]:
    with bad_lines() as made:
        yield made


@contextmanager
def echo() -> Iterator[tuple[str, int]]:
    """A server that sends back what it gets until its client has sent all."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    client, _ = listening.accept()
                except OSError:
                    return
                with client:
                    try:
                        while piece := client.recv(65_536):
                            client.sendall(piece)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        yield ("127.0.0.1", listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def said_back(line: BadLine, sent: bytes = SENT) -> bytes:
    """What comes back over the line until it ends, however that is."""
    parts = urlsplit(line.address)
    came = bytearray()
    with socket.create_connection((parts.hostname, parts.port), PATIENCE_S) as client:

        def send() -> None:
            try:
                client.sendall(sent)
                client.shutdown(socket.SHUT_WR)
            except OSError:
                return

        sender = threading.Thread(target=send)
        sender.start()
        try:
            while piece := client.recv(65_536):
                came += piece
        except OSError:
            pass
        sender.join()
    return bytes(came)


def test_a_good_line_carries_everything_and_tells_both_ends(lines: BadLines) -> None:
    with echo() as server:
        line = lines.open(server, "good")
        assert said_back(line) == SENT
        lines.close(line)


def test_a_slow_line_takes_the_time_of_its_bytes(lines: BadLines) -> None:
    took = []

    async def count(seconds: float) -> None:
        took.append(seconds)

    with echo() as server:
        line = lines.open(server, "slow", count)
        lines.become(line, Faults(bytes_a_second=SLOW.bytes_a_second))
        assert said_back(line) == SENT
        lines.close(line)
    assert sum(took) == pytest.approx(2 * len(SENT) / SLOW.bytes_a_second)
    assert max(took) <= PIECE / SLOW.bytes_a_second, "it trickles"


def test_what_is_lost_is_told_by_the_seed_and_is_the_beginning_of_what_was_sent(lines: BadLines) -> None:
    def run(seed: str) -> tuple[list[int], int]:
        with echo() as server:
            line = lines.open(server, seed)
            lines.become(line, Faults(loss=0.4))
            came = [said_back(line, SENT[:20_000]) for _ in range(12)]
            assert all(SENT.startswith(one) for one in came)
            lines.close(line)
            return [len(one) == 20_000 for one in came], line.lost

    whole, lost = run("one")
    assert run("one") == (whole, lost)
    assert run("another") != (whole, lost)
    assert 0 < lost == whole.count(False) < 12


def test_a_line_that_is_cut_ends_what_was_open_and_refuses_until_it_is_back(lines: BadLines) -> None:
    with echo() as server:
        line = lines.open(server, "cut")
        parts = urlsplit(line.address)
        with socket.create_connection((parts.hostname, parts.port), PATIENCE_S) as open_before:
            open_before.sendall(b"x")
            assert open_before.recv(1) == b"x"
            lines.become(line, Faults(cut=True))
            with pytest.raises(ConnectionResetError):
                if not open_before.recv(1):
                    raise ConnectionResetError
            assert said_back(line) == b""
        lines.become(line, Faults())
        assert said_back(line) == SENT
        lines.close(line)
