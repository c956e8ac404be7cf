"""The server in a process of its own, as a measure talks to it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

from server.operator.operations import operator_token
from server.settings import ServerSettings
from tests.server.kiosk_client import TestKiosk
from tests.server.running import NO_QUOTAS

ROOT = Path(__file__).resolve().parents[1]
STARTS_WITHIN_S = 60.0


@contextmanager
def served(settings: ServerSettings) -> Iterator["subprocess.Popen[bytes]"]:
    """``settings.port`` is taken; see ``free_port``."""
    arguments = ["--data", str(settings.data), "--port", str(settings.port), "--services", str(settings.services)]
    if settings.database:
        arguments += ["--database", settings.database]
    process = subprocess.Popen(
        [sys.executable, "-m", "server", "serve", *arguments],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        # A few kiosks and one person send what a city does.
        env={**os.environ, "EKIOS_SERVER_QUOTAS": NO_QUOTAS.model_dump_json()},
    )
    try:
        end = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                requests.get(f"{settings.address}/healthz", timeout=5)
                break
            except requests.ConnectionError:
                if process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait()


def let_in(settings: ServerSettings, kiosks: Sequence[TestKiosk]) -> None:
    """As the operator does, through the server that runs."""
    headers = {"Authorization": f"Bearer {operator_token(settings.data)}"}
    for kiosk in kiosks:
        order = {"command": "approve", "arguments": {"kiosk": kiosk.id, "fingerprint": kiosk.fingerprint}}
        requests.post(f"{settings.address}/v1/operator", json=order, headers=headers, timeout=60).raise_for_status()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
