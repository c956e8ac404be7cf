"""``make run`` as a person meets it: everything answers, Ctrl-C stops all of it, and the next run goes on with the data."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests

from sync.enrolment import load

ROOT = Path(__file__).resolve().parents[2]
LAST_LINE = "Ctrl-C stops everything."

#: Two whole cities are started one after the other.
pytestmark = [pytest.mark.begins_first, pytest.mark.timeout(300)]


@contextmanager
def trial_city(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A trial that runs without a screen, and all that it printed until it was ready."""
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "trial.run", "--data", str(data)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    output = ""
    try:
        for line in process.stdout:
            output += line
            if LAST_LINE in line:
                break
        assert LAST_LINE in output, output
        yield process, output
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate()


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two runs on the same data, and what was seen of them."""
    data = tmp_path_factory.mktemp("trial")
    seen: dict[str, Any] = {}
    with trial_city(data) as (process, output):
        seen["output"] = output
        addresses = re.findall(r"http://127\.0\.0\.1:\d+/\S*", output)
        seen["answers"] = {address: requests.get(address, timeout=10).status_code for address in addresses}
        seen["enrolment"] = load(data / "kiosk")
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        seen["last words"] = process.communicate()[0]
        seen["code"] = process.returncode
        seen["left"] = [each.pid for each in children if each.is_running()]
    taken = urlsplit(seen["enrolment"].server).port
    # Another program listens where the server was.
    with socket.create_server(("127.0.0.1", taken)), trial_city(data) as (process, output):
        seen["output again"] = output
        seen["enrolment again"] = load(data / "kiosk")
    return seen


def test_everything_that_it_prints_can_be_reached(two_runs: dict[str, object]) -> None:
    answers = two_runs["answers"]
    assert isinstance(answers, dict) and len(answers) == 5
    assert set(answers.values()) == {200}


def test_it_prints_where_slips_appear_and_the_accounts(two_runs: dict[str, object]) -> None:
    output = str(two_runs["output"])
    assert "slips" in output and "EKB1." in output and "PIN" in output
    assert all(name in output for name in ("kelurahan", "admin", "lapangan", "pusat"))


def test_ctrl_c_stops_everything_cleanly(two_runs: dict[str, object]) -> None:
    assert two_runs["code"] == 0
    assert "everything is stopped" in str(two_runs["last words"])
    assert two_runs["left"] == []


def test_a_second_run_goes_on_with_the_same_kiosk(two_runs: dict[str, Any]) -> None:
    before, after = two_runs["enrolment"], two_runs["enrolment again"]
    assert (after.kiosk_id, after.private_key) == (before.kiosk_id, before.private_key)


def test_a_kiosk_follows_a_server_whose_port_was_taken(two_runs: dict[str, Any]) -> None:
    before, after = two_runs["enrolment"], two_runs["enrolment again"]
    assert after.server != before.server
    assert f"{after.server}/t/" in two_runs["output again"]
    assert after.city.tracking_base == after.server
