"""A fifth language is one entry and its catalogues; what is missing is named."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.translations import KIOSK, PUBLIC, ROOT

ENTRY = '    Language("ban", "Basa Bali", "id_ID", ("id", "ms")),\n)\nLANGUAGES'
SHOW = """
from pathlib import Path
from protocol.formats import Formatting
from screens.language.texts import load_catalogues
from server.foundation.texts import load
print(load_catalogues(Path("assets/translations")).texts("ban")("home.start"))
print(Formatting("ban", "Asia/Makassar").rupiah(5000))
print(load().say("ban", "complaint.closed_unanswered", n=10))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the sources with a fifth language registered."""
    folders = (
        "protocol",
        "program",
        "runtime",
        "screens",
        "kiosk",
        "forms",
        "tools",
        "server",
        "assets/translations",
    )
    for folder in folders:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    shutil.copy(ROOT / "main.py", tmp_path)
    registry = tmp_path / "protocol" / "languages.py"
    source = registry.read_text(encoding="utf-8")
    assert source.count(")\nLANGUAGES") == 1
    registry.write_text(source.replace(")\nLANGUAGES", ENTRY), encoding="utf-8")
    return tmp_path


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=project, capture_output=True, text=True, timeout=60)


def add_catalogues(project: Path) -> None:
    for one in (KIOSK, PUBLIC):
        path = project / one.path("ban")
        path.parent.mkdir(parents=True)
        shutil.copy(project / one.path("jv"), path)


def test_what_a_new_language_lacks_is_named(project: Path) -> None:
    done = run(project, "-m", "tools.translations")
    assert done.returncode == 1
    assert "ban: assets/translations/ban/LC_MESSAGES/kiosk.po is missing" in done.stdout
    assert "ban: server/foundation/translations/ban/LC_MESSAGES/public.po is missing" in done.stdout


def test_a_text_that_a_new_language_lacks_is_named(project: Path) -> None:
    add_catalogues(project)
    path = project / KIOSK.path("ban")
    path.write_text(path.read_text(encoding="utf-8").replace('"home.start"', '"home.begin"'), encoding="utf-8")
    done = run(project, "-m", "tools.translations")
    assert "ban: home.start is missing" in done.stdout


def test_with_its_catalogues_it_is_spoken_on_screens_slips_and_pages(project: Path) -> None:
    add_catalogues(project)
    assert run(project, "-m", "tools.translations").stdout == ""
    shown = run(project, "-c", SHOW)
    assert shown.returncode == 0, shown.stderr
    javanese = run(ROOT, "-c", SHOW.replace('"ban"', '"jv"')).stdout.splitlines()
    assert shown.stdout.splitlines() == [javanese[0], "Rp 5.000", javanese[2]]
