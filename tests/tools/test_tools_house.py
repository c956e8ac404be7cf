"""The house: no file that holds more than one subject by its length, no folder in which nobody finds anything."""

import subprocess
from collections import Counter
from pathlib import PurePosixPath

from tools.translations import ROOT

LINES_MOST = 400
MODULES_MOST = 20
SOURCES = {".py", ".kv", ".css", ".js", ".html"}


def sources() -> list[PurePosixPath]:
    """Ours, but for tests, migrations and what others wrote."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [PurePosixPath(line) for line in listed.splitlines()]
    return [
        path
        for path in paths
        if path.suffix in SOURCES
        and path.parts[0] != "tests"
        and not {"vendor", "migrations"} & set(path.parts)
        and (ROOT / path).is_file()
    ]


def test_no_file_is_too_long() -> None:
    lengths = {str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {path: lines for path, lines in lengths.items() if lines > LINES_MOST} == {}


def test_no_folder_has_too_many_modules() -> None:
    modules = Counter(str(path.parent) for path in sources() if path.suffix == ".py" and path.name != "__init__.py")
    assert {folder: number for folder, number in modules.items() if number > MODULES_MOST} == {}
