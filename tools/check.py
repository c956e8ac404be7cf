"""``python -m tools.check``: the tests of what changed, the nearest first, for as long as somebody likes to wait.

Changed is what differs from the branch that the work began on, committed or not (``main``, or the commit that is named). A
test is near when it was changed itself, and then by how many imports lie between it and what was changed. What is not
reached in time is named; ``make test`` runs everything.
"""

import argparse
import ast
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import grimp
import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGES: Final = (
    "launcher",
    "program",
    "runtime",
    "protocol",
    "forms",
    "kiosk",
    "screens",
    "devices",
    "sync",
    "server",
    "rehearsal",
    "trial",
    "tools",
)
#: Seconds for the tests: with lint before them, under two minutes on two cores.
BUDGET_S: Final = 75.0
#: Imports between a test and what changed; whatever lies further is for the whole run.
FARTHEST: Final = 2
#: Where anything may be affected, only everything is a test.
EVERYWHERE: Final = frozenset({"pyproject.toml", "requirements.lock", "tests/conftest.py"})


def git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if line]


def changed_files(base: str) -> set[str]:
    """Paths below the project's root: committed since ``base``, or not yet."""
    since = git("merge-base", base, "HEAD")[0]
    return {*git("diff", "--name-only", since), *git("ls-files", "--others", "--exclude-standard")}


def module_of(path: str) -> str:
    """``kiosk/session/session.py`` is ``kiosk.session.session``; a .kv file and a template belong to the module beside them."""
    return path.rpartition(".")[0].replace("/", ".").removesuffix(".__init__")


def imported_by(source: str) -> set[str]:
    """Our modules that a test's source names in its imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.partition(".")[0] in {*PACKAGES, "tests", "main", "benchmarks"}}


def near_tests(changed: Iterable[str], imports: Mapping[str, set[str]], used: Mapping[str, set[str]]) -> list[str]:
    """Test files, the nearest first. ``imports``: by test file, what it names; ``used``: by module, what it imports."""
    modules = {module_of(path) for path in changed}
    distance: dict[str, int] = {path: 0 for path in changed if path in imports}
    ring = modules
    for away in range(1, FARTHEST + 1):
        for path, names in imports.items():
            if path not in distance and names & ring:
                distance[path] = away
        ring = ring | {module for module, names in used.items() if names & ring}
    return sorted(distance, key=lambda path: (distance[path], path))


class Deadline:
    """Ends a run, not a test, when the time is over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self.over = False
        self.done: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.done.add(report.nodeid.partition("::")[0])

    def pytest_runtest_logfinish(self, nodeid: str) -> None:  # noqa: ARG002
        if time.monotonic() > self._end and not self.over:
            self.over = True
            self._session.shouldstop = "the time is over"
            runner = self._session.config.pluginmanager.getplugin("dsession")
            if runner is not None:
                runner.shouldstop = "the time is over"

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools.check", description="The tests of what changed, the nearest first.")
    parser.add_argument("--base", default="main", help="since which commit (default: main)")
    parser.add_argument("--seconds", type=float, default=BUDGET_S)
    chosen = parser.parse_args()
    changed = changed_files(chosen.base)
    if changed & EVERYWHERE:
        print("check: what changed may affect everything; the nearest tests are run, make test runs all")
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    used = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    tests = sorted(ROOT.glob("tests/**/*.py"))
    imports = {
        str(path.relative_to(ROOT)): imported_by(path.read_text(encoding="utf-8"))
        for path in tests
        if path.name.startswith("test_")
    }
    kits = {
        module_of(str(path.relative_to(ROOT))): imported_by(path.read_text(encoding="utf-8"))
        for path in tests
        if not path.name.startswith("test_")
    }
    near = near_tests(changed, imports, {**used, **kits})
    if not near:
        print("check: nothing that changed has tests near it")
        return 0
    deadline = Deadline(chosen.seconds)
    code = pytest.main(["-q", "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider", *near], plugins=[deadline])
    if deadline.over and code is pytest.ExitCode.INTERRUPTED:
        left = [path for path in near if path not in deadline.done]
        print(
            f"check: {len(left)} of {len(near)} test files were not reached in {chosen.seconds:g} s; make test runs them"
        )
        return 0
    return 0 if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else int(code)


if __name__ == "__main__":
    sys.exit(main())
