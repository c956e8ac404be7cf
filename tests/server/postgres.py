"""A private PostgreSQL for tests, of the distribution's binaries: a free loopback port, a temporary folder."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

BINARIES = Path("/usr/lib/postgresql")
STARTS_WITHIN_S = 30.0


class Cluster:
    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://ekios@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=ekios dbname=postgres", autocommit=True) as one:
            one.execute(statement)  # type: ignore[call-overload]


def binaries() -> Path | None:
    found = sorted(BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def running(programs: Path) -> Iterator[Cluster]:
    """PostgreSQL does not run as root: then the distribution's own user runs it."""
    user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="ekios-pg-"))
    try:
        if user:
            shutil.chown(folder, **user)
        data = folder / "data"
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "ekios", "-A", "trust", "--no-sync", "--locale=C.UTF-8"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **user,
        )
        port = free_port()
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
            + ["-c", f"unix_socket_directories={folder}", "-c", "fsync=off", "-c", "max_connections=200"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            **user,
        )
        try:
            cluster = Cluster(port)
            _wait(cluster, process)
            yield cluster
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(cluster: Cluster, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            cluster.execute("SELECT 1")
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.05)
