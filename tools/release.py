"""The last release, to be tested beside today's kiosk and server.

``python -m tools.release build FOLDER`` builds its wheel from a work tree of its tag, and lays the wheel's packages and the kits
of its tests in FOLDER, where a process of its own runs them (``PYTHONPATH=FOLDER``).
``python -m tools.release record`` writes down what its kiosk and server say (``tests/sync/versions/recording.py``): once, when
a release was made. What is written down is in git, and never changed afterwards.

The last release is the newest tag ``v…`` before this commit. While there is none, it is the commit that ``released/commit`` names.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
RELEASED: Final = ROOT / "tests" / "sync" / "versions" / "released"
#: How a release from before there was any is made a wheel: as this one is.
_PACKAGING: Final = ("[build-system]", "[tool.setuptools.packages.find]", "[tool.setuptools.package-data]")


def last_release() -> str:
    """A tag, or a commit."""
    tags = _git("tag", "--list", "v*", "--merged", "HEAD", "--no-contains", "HEAD", "--sort=-version:refname").split()
    return tags[0] if tags else recorded_release()


def recorded_release() -> str:
    """The commit whose kiosk and server were written down."""
    return (RELEASED / "commit").read_text(encoding="utf-8").strip()


def commit_of(release: str) -> str:
    return _git("rev-parse", f"{release}^{{commit}}").strip()


def build(release: str, folder: Path) -> Path:
    """The release's packages, out of its wheel, and its tests' kits in ``folder``; gives the wheel."""
    folder.mkdir(parents=True, exist_ok=True)
    with _tree(release) as tree:
        _make_a_package(tree)
        wheels = folder / "wheels"
        _pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(wheels), str(tree))
        (wheel,) = wheels.glob("*.whl")
        _pip("install", "--no-deps", "--no-index", "--target", str(folder), str(wheel))
        shutil.copytree(tree / "tests", folder / "tests")
    return wheel


def environment(folder: Path) -> dict[str, str]:
    """For a process that runs what ``build`` laid into ``folder``."""
    return {**os.environ, "PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}


def record() -> None:
    """Writes down what the last release says."""
    with tempfile.TemporaryDirectory() as work:
        built = Path(work) / "built"
        build(last_release(), built)
        recording = built / "tests" / "sync" / "versions" / "recording.py"
        command = [sys.executable, str(recording), f"{work}/city", str(RELEASED)]
        subprocess.run(command, cwd=work, env=environment(built), check=True)
    (RELEASED / "commit").write_text(commit_of(last_release()) + "\n", encoding="utf-8")


@contextmanager
def _tree(release: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        _git("worktree", "add", "--quiet", "--detach", str(tree), release)
        try:
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


def _make_a_package(tree: Path) -> None:
    project = tree / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    if _PACKAGING[0] not in text:
        ours = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("\n\n")
        sections = [part for part in ours if part.startswith(_PACKAGING)]
        project.write_text("\n\n".join((text, *sections)) + "\n", encoding="utf-8")


def _git(*arguments: str) -> str:
    """Raises RuntimeError."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(
            f"git {arguments[0]}: {done.stderr.strip()} (a release is built from the history: fetch it whole)"
        )
    return done.stdout


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, cwd=ROOT, check=True)


def main() -> int:
    match sys.argv[1:]:
        case ["build", folder]:
            print(build(last_release(), Path(folder)))
        case ["record"]:
            record()
        case _:
            print(__doc__)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
