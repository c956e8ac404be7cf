"""``python -m tools.packages kiosk`` (of dist/kiosk, which PyInstaller made) and ``python -m tools.packages server``."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer

from sync.enrolment import insecure
from tools.packages.kiosk import kiosk_tree
from tools.packages.needs import ROOT
from tools.packages.server import server_tree
from tools.packages.tree import Tree

DIST: Final = ROOT / "dist"

cli = typer.Typer(no_args_is_help=True, add_completion=False)
Into = Annotated[Path, typer.Option(help="Where the package goes.")]


@cli.command()
def kiosk(
    program: Annotated[Path, typer.Option(help="The folder that PyInstaller made.")] = DIST / "kiosk",
    into: Into = DIST,
    server: Annotated[str, typer.Option(help="The city's address: a technician types a code and nothing else.")] = "",
) -> None:
    """The kiosk's package."""
    if not (program / "kiosk").is_file():
        raise typer.BadParameter(f"{program} has no program named kiosk; make package makes it")
    if server and (problem := insecure(server)):
        raise typer.BadParameter(problem)
    with tempfile.TemporaryDirectory() as folder:
        _build(kiosk_tree(Path(folder) / "tree", program, server=server), into)


@cli.command()
def server(into: Into = DIST) -> None:
    """The server's package."""
    with tempfile.TemporaryDirectory() as folder:
        _build(server_tree(Path(folder) / "tree"), into)


def _build(tree: Tree, into: Path) -> None:
    package = tree.build(into)
    shutil.rmtree(tree.folder)
    print(
        f"package: {package.relative_to(ROOT) if package.is_relative_to(ROOT) else package}: {package.stat().st_size // 2**20} MiB"
    )


if __name__ == "__main__":
    cli()
