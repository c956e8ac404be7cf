"""What a kiosk loads before it is usable, by name: each of these takes a part of a second, and nobody needs it yet."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
#: All that stands between the start and the first frame.
START: Final = """
import json, sys
import main
from screens.shell import boot
boot.prepare(boot.BootOptions(driver="offscreen"))
import screens.shell.app
import gc
from protocol.line.base import Message
made = [kind.__name__ for kind in Message.__subclasses__() if kind.__pydantic_complete__]
print(json.dumps([sorted(sys.modules), made, gc.get_stats()[0]["collections"]]))
"""
#: What a start needs of others and of ourselves; more is looked at before the number is raised.
MODULES_MOST: Final = 1_400
#: How often the youngest objects are looked through; by Python's own measure it would be five hundred times.
COLLECTIONS_MOST: Final = 40
WHEN_WANTED: Final = (
    *("cv2", "numpy", "zxingcpp", "pyzbar", "mtcnn", "escpos", "yaml", "pyxform", "openpyxl", "rapidfuzz"),
    *("typer", "http.server", "unittest", "matplotlib", "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.mysql"),
    *(
        "fastapi",
        "uvicorn",
        "playwright",
        "server",
        "rehearsal",
        "trial",
        "devices.simulator.bench",
        "kivy.uix.recycleview",
        "screens.staff",
        "statistics",
    ),
)


@pytest.fixture(scope="module")
def start() -> list[Any]:
    command = [sys.executable, "-c", START]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=True)
    told: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.fixture(scope="module")
def loaded(start: list[Any]) -> frozenset[str]:
    return frozenset(start[0])


def test_a_start_loads_the_screens(loaded: frozenset[str]) -> None:
    assert {"main", "screens.shell.stage", "kivy.core.window"} <= loaded


@pytest.mark.parametrize("name", WHEN_WANTED)
def test_a_start_does_without(loaded: frozenset[str], name: str) -> None:
    assert name not in loaded


def test_a_start_loads_so_many_modules_at_most(loaded: frozenset[str]) -> None:
    assert len(loaded) <= MODULES_MOST


def test_a_start_makes_no_checks_of_messages_that_nobody_sent(start: list[Any]) -> None:
    assert start[1] == []


def test_a_start_seldom_looks_for_garbage(start: list[Any]) -> None:
    assert start[2] <= COLLECTIONS_MOST
