"""The pages of docs name what is there: files, tests, commands, decisions."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.main import get_command

from server.__main__ import cli
from tools.translations import ROOT

#: Pages that stand beside what they are about.
BESIDE = (
    "assets/signing/README.md",
    "devices/simulator/drawing/sheens/README.md",
    "devices/speech/pronouncing/SOURCES.md",
    "tests/devices/camera/pictures/README.md",
)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *(ROOT / path for path in BESIDE)]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_TEST = re.compile(r"`(tests/[\w/.]+?)(?:::(\w+))?`")
_MODULE = re.compile(r"python -m ([a-z_][\w.]*)")
_MEASURE = re.compile(r"python -m benchmarks ([a-z]+)")
_ORDER = re.compile(r"python -m server ([a-z][a-z-]*)")
#: What the operator's command knows.
ORDERS = frozenset(get_command(cli).commands)
_FILE = re.compile(
    r"`((?:kiosk|screens|devices|sync|server|forms|protocol|rehearsal|trial|tools|deploy|benchmarks)/[\w/.]+\.\w+)`"
)
_PLACE = re.compile(r"`([a-z_]+/[\w/]+\.(?:py|html|toml))`: ((?:`[\w =]+`(?:, )?)+)")
_TARGET = re.compile(r"`make ([a-z]+)")


@pytest.fixture(params=PAGES, ids=NAMES)
def page(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_tests_that_are_named_exist(page: Path) -> None:
    missing = []
    for path, name in _TEST.findall(page.read_text(encoding="utf-8")):
        file = ROOT / path
        if not file.exists() or (name and f"def {name}(" not in file.read_text(encoding="utf-8")):
            missing.append(f"{path}::{name}" if name else path)
    assert missing == []


def test_files_that_are_named_exist(page: Path) -> None:
    assert [path for path in _FILE.findall(page.read_text(encoding="utf-8")) if not (ROOT / path).exists()] == []


def test_what_is_said_to_stand_in_a_file_stands_there(page: Path) -> None:
    """``file``: ``name``, ``name`` …: the places that develop.md sends newcomers to."""
    missing = [
        f"{path}: {name}"
        for path, names in _PLACE.findall(page.read_text(encoding="utf-8"))
        for name in re.findall(r"`([^`]+)`", names)
        if not re.search(rf"\b{re.escape(name)}\b", (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert missing == []


def test_commands_that_are_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [name for name in _MODULE.findall(text) if find_spec(name) is None] == []
    assert [name for name in _MEASURE.findall(text) if not (ROOT / f"benchmarks/measure_{name}.py").exists()] == []
    assert [name for name in _ORDER.findall(text) if name not in ORDERS] == []
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [name for name in _TARGET.findall(text) if f"\n{name}:" not in makefile] == []


def test_every_decision_is_in_the_index() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    pages = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [name for name in pages if f"({name})" not in index] == []


def test_no_two_decisions_have_one_number() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")]
    assert len(set(numbers)) == len(numbers)
