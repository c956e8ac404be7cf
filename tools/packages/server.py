"""The server's package: its sources, the Python distributions that they import, and its units. Nothing is resolved, fetched
or compiled where it is installed."""

import compileall
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Final

from tools.packages.needs import ROOT, distributions, files_of, own_packages
from tools.packages.tree import DEPLOY, PLAIN, PROGRAM, UNITS, Tree, least_libc

FILES: Final = DEPLOY / "server"
HOME: Final = "usr/lib/ekios/server"
PACKAGES: Final = f"{HOME}/packages"
EXAMPLES: Final = "usr/share/doc/ekios-server/examples"
#: File of deploy, its place, its mode.
PLACES: Final = (
    ("server/ekios-server", "usr/bin/ekios-server", PROGRAM),
    ("server/server.env", "etc/ekios/server.env", PLAIN),
    ("server/sysusers.conf", "usr/lib/sysusers.d/ekios-server.conf", PLAIN),
    ("server/tmpfiles.conf", "usr/lib/tmpfiles.d/ekios-server.conf", PLAIN),
    ("server/journald.conf", "usr/lib/systemd/journald.conf.d/ekios-server.conf", PLAIN),
    ("systemd/ekios-server@.service", f"{UNITS}/ekios-server@.service", PLAIN),
    ("systemd/ekios-backup.service", f"{UNITS}/ekios-backup.service", PLAIN),
    ("systemd/ekios-backup.timer", f"{UNITS}/ekios-backup.timer", PLAIN),
)
#: What the distributions of pictures load of the system's.
LIBRARIES: Final = ("libgl1", "libglib2.0-0")
#: Folders of deploy that are handed out to be changed, beside its ekios.env.
SAMPLES: Final = ("etcd", "nats", "nginx", "patroni", "prometheus", "seaweedfs")


def server_tree(
    folder: Path, *, bring: Iterable[Distribution] | None = None, version: str = "", compiled: bool = True
) -> Tree:
    """Lays the package into ``folder``. ``bring``: the Python distributions, by default all that the server imports.
    ``compiled``: with their bytecode, so that each start is quick."""
    own = own_packages("server")
    major, minor = sys.version_info[:2]
    tree = Tree(
        folder,
        "ekios-server",
        # Compiled distributions are for one Python.
        depends=(
            f"python3 (>= {major}.{minor})",
            f"python3 (<< {major}.{minor + 1})",
            least_libc(),
            "systemd (>= 252)",
        ),
        recommends=("nginx", "postgresql"),
        suggests=("prometheus", "nats-server"),
        about="central server of a city's self-service kiosks\n The server, its office's pages, and all Python packages it needs.",
    )
    tree.version = version or tree.version
    for package in sorted(own):
        tree.lay_folder(ROOT / package, f"{HOME}/{package}")
    tree.lay_folder(ROOT / "assets" / "services", f"{HOME}/assets/services")
    for distribution in distributions(own).values() if bring is None else bring:
        for source, place in files_of(distribution):
            tree.lay(source, f"{PACKAGES}/{place}")
    if compiled:
        _compile(tree.folder / HOME)
    for name, target, mode in PLACES:
        tree.lay(DEPLOY / name, target, mode)
    tree.lay(DEPLOY / "ekios.env", f"{EXAMPLES}/ekios.env")
    for sample in SAMPLES:
        tree.lay_folder(DEPLOY / sample, f"{EXAMPLES}/{sample}")
    tree.close(FILES)
    return tree


def _compile(folder: Path) -> None:
    """Beside the sources, as nobody may write there later; believed without a look at the source's time."""
    compileall.compile_dir(
        folder,
        quiet=2,
        stripdir=str(folder),
        prependdir=f"/{HOME}",
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
