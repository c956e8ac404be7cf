"""What of the project, and which Python distributions, a program needs: read from its imports, so that no list grows old."""

import ast
import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[2]


def own_packages(first: str) -> frozenset[str]:
    """The project's top-level packages that ``first`` reaches, itself among them."""
    found: set[str] = set()
    ahead = {first}
    while ahead:
        package = ahead.pop()
        found.add(package)
        ahead |= {
            name for name in imported(package) if (ROOT / name).is_dir() and (ROOT / name / "__init__.py").is_file()
        }
        ahead -= found
    return frozenset(found)


def distributions(packages: Iterable[str]) -> dict[str, metadata.Distribution]:
    """Of everything that these packages of ours import, and of what that wants itself, by canonical name."""
    asked = {canonicalize_name(wish.name): wish for wish in _project_requirements()}
    providers = metadata.packages_distributions()
    names = {name for package in packages for name in imported(package)}
    first = {canonicalize_name(provider) for name in names for provider in providers.get(name, ())}
    # What is named in the project brings the extras that are named there; the rest is as it is.
    ahead = [asked.get(name, Requirement(name)) for name in first & set(asked)]
    # Without an import of its own: the database's driver and the window's server are named in settings.
    ahead += [wish for name, wish in asked.items() if wish.extras and name in first | {"psycopg", "uvicorn"}]
    found: dict[str, metadata.Distribution] = {}
    done: set[str] = set()
    while ahead:
        wish = ahead.pop()
        if str(wish) in done:
            continue
        done.add(str(wish))
        name = canonicalize_name(wish.name)
        found[name] = metadata.distribution(wish.name)
        ahead += _wants(found[name], wish.extras)
    return found


@functools.cache
def imported(package: str) -> frozenset[str]:
    """Top-level names that the modules of one of our packages import, anywhere in them."""
    return frozenset(name for path in (ROOT / package).rglob("*.py") for name in _imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _project_requirements() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(line) for line in project["dependencies"]]


def _wants(distribution: metadata.Distribution, extras: Iterable[str]) -> Iterator[Requirement]:
    for line in distribution.requires or ():
        wish = Requirement(line)
        if wish.marker is None or any(wish.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield wish


def files_of(distribution: metadata.Distribution) -> Iterator[tuple[Path, Path]]:
    """Each installed file and its place below the folder of packages; no commands and no compiled caches."""
    for file in distribution.files or ():
        if ".." in file.parts or "__pycache__" in file.parts or re.search(r"\.(pyc|pyi)$", file.name):
            continue
        place = Path(str(distribution.locate_file(file)))
        if place.is_file():
            yield place, Path(*file.parts)
