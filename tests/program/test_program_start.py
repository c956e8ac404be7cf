"""What a kiosk loads before it is usable, by name: each of these takes a part of a second, and nobody needs it yet."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
#: All that stands between the start and the first frame.
START: Final = """
import json, sys
import main
from screens.shell import boot
boot.prepare(boot.BootOptions(driver="offscreen"))
import screens.shell.app
print(json.dumps(sorted(sys.modules)))
"""
#: What a start needs of others and of ourselves; more is looked at before the number is raised.
MODULES_MOST: Final = 1_400
WHEN_WANTED: Final = (
    *("cv2", "numpy", "zxingcpp", "pyzbar", "mtcnn", "escpos", "yaml", "pyxform", "openpyxl"),
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
    ),
)


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    command = [sys.executable, "-c", START]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=True)
    return frozenset(json.loads(done.stdout.splitlines()[-1]))


def test_a_start_loads_the_screens(loaded: frozenset[str]) -> None:
    assert {"main", "screens.shell.stage", "kivy.core.window"} <= loaded


@pytest.mark.parametrize("name", WHEN_WANTED)
def test_a_start_does_without(loaded: frozenset[str], name: str) -> None:
    assert name not in loaded


def test_a_start_loads_so_many_modules_at_most(loaded: frozenset[str]) -> None:
    assert len(loaded) <= MODULES_MOST
