"""The tree of a Debian package: what lies where, with which mode, and the package made of it by dpkg-deb."""

import hashlib
import os
import platform
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tools.packages.needs import ROOT

#: For whoever the package's manager asks about it.
MAINTAINER: Final = "eKios <root@localhost>"
DEPLOY: Final = ROOT / "deploy"
SCRIPTS: Final = ("postinst", "prerm", "postrm")
PLAIN: Final = 0o644
PROGRAM: Final = 0o755
UNITS: Final = "usr/lib/systemd/system"


def version() -> str:
    """Of the project, as its pyproject.toml says."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()


@dataclass
class Tree:
    """``folder`` becomes the package ``name``; all of it belongs to root and nobody else writes it."""

    folder: Path
    name: str
    depends: tuple[str, ...]
    about: str
    recommends: tuple[str, ...] = ()
    suggests: tuple[str, ...] = ()
    version: str = field(default_factory=version)

    def lay(self, source: Path, place: str, mode: int = PLAIN) -> Path:
        """A copy of the file at ``place`` below the root."""
        target = self.folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(mode)
        return target

    def lay_folder(self, source: Path, place: str) -> None:
        """All files and links below ``source``, without caches; what can be executed still can."""
        for path in sorted(source.rglob("*")):
            target = f"{place}/{path.relative_to(source)}"
            if "__pycache__" in path.parts:
                continue
            if path.is_symlink():
                self.link(target, str(path.readlink()))
            elif path.is_file():
                self.lay(path, target, PROGRAM if os.access(path, os.X_OK) else PLAIN)

    def link(self, place: str, target: str) -> None:
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)

    def close(self, scripts: Path) -> None:
        """Writes what dpkg reads, with the maintainer's scripts out of ``scripts``; the tree is whole then."""
        self._documents()
        control = self.folder / "DEBIAN"
        control.mkdir()
        for folder, _, _ in os.walk(self.folder):
            Path(folder).chmod(0o755)
        payload = [path for path in files_below(self.folder) if control not in path.parents]
        fields = {
            "Package": self.name,
            "Version": self.version,
            "Architecture": architecture(),
            "Maintainer": MAINTAINER,
            "Installed-Size": str(sum(path.stat().st_size for path in payload) // 1024 + 1),
            "Section": "misc",
            "Priority": "optional",
            "Depends": ", ".join(self.depends),
            "Recommends": ", ".join(self.recommends),
            "Suggests": ", ".join(self.suggests),
            "Description": self.about,
        }
        _write(control / "control", "".join(f"{key}: {value}\n" for key, value in fields.items() if value))
        places = [path.relative_to(self.folder) for path in payload]
        _write(control / "conffiles", "".join(f"/{place}\n" for place in places if place.parts[0] == "etc"))
        # `dpkg --verify` tells whether somebody changed the program.
        sums = (f"{_md5(path)}  {place}\n" for path, place in zip(payload, places, strict=True))
        _write(control / "md5sums", "".join(sums))
        for script in SCRIPTS:
            self.lay(scripts / script, f"DEBIAN/{script}", PROGRAM)

    def build(self, into: Path, compression: str = "zstd") -> Path:
        """The package's file in ``into``, compressed as dpkg-deb knows it. Raises CalledProcessError when dpkg-deb refuses the tree."""
        into.mkdir(parents=True, exist_ok=True)
        package = into / f"{self.name}_{self.version}_{architecture()}.deb"
        for old in into.glob(f"{self.name}_*.deb"):
            old.unlink()
        # The same tree gives the same package, byte for byte.
        environment = {**os.environ, "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", _commit_time())}
        command = ["dpkg-deb", "--root-owner-group", f"-Z{compression}", "--build", str(self.folder), str(package)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        return package

    def _documents(self) -> None:
        documents = f"usr/share/doc/{self.name}"
        self.lay(ROOT / "LICENSE", f"{documents}/copyright")
        for page in ("install.md", "hardening.md"):
            self.lay(ROOT / "docs" / page, f"{documents}/{page}")


def files_below(folder: Path) -> Iterator[Path]:
    """In a fixed order, without links."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def least_libc() -> str:
    """The program is linked against the C library of the machine that it was built on: none older will do."""
    return f"libc6 (>= {platform.libc_ver()[1]})"


def _commit_time() -> str:
    asked = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
    return asked.stdout.strip() or "0"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(PLAIN)


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
