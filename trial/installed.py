"""``python -m trial.installed``: both packages of dist in a bare Debian, installed by apt, started, walked to the home screen.

The Debian is made by debootstrap from the mirror that apt on this machine is set up for; the programs run in it as the users that
their units name, since no systemd runs there.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import requests

from trial.processes import ROOT, Group, NotReady, free_port, wait_until

DIST: Final = ROOT / "dist"
OUT: Final = ROOT / "build" / "installed"
SIZE: Final = (1080, 1920)
KIOSK: Final = "Kelurahan Ketintang"
KIOSK_DATA: Final = "var/lib/ekios-kiosk"
SERVER_DATA: Final = "var/lib/ekios/8700"
#: What stands in for a panel where there is none, and presses its keys.
PANEL: Final = ("xvfb", "xdotool", "imagemagick")
DISPLAY: Final = ":70"
START_S: Final = 120.0


class Machine:
    """A Debian below ``root``."""

    def __init__(self, root: Path, group: Group) -> None:
        self.root, self.group = root, group

    @classmethod
    @contextmanager
    def made(cls, folder: Path, group: Group) -> Iterator["Machine"]:
        """Bare, with this machine's own sources of apt. Raises CalledProcessError when they do not answer."""
        root = folder / "root"
        mirror, suite = _mirror()
        _run("debootstrap", "--variant=minbase", suite, str(root), mirror)
        for name in ("sources.list", "sources.list.d", "apt.conf.d", "auth.conf.d", "keyrings", "trusted.gpg.d"):
            _copy(Path("/etc/apt") / name, root / "etc/apt" / name)
        for name in ("etc/resolv.conf", "etc/hosts"):
            shutil.copyfile(f"/{name}", root / name)
        # Nothing starts while it is installed: nobody is there to start it.
        (root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
        (root / "usr/sbin/policy-rc.d").chmod(0o755)
        mounts = [root / "proc", root / "dev"]
        _run("mount", "-t", "proc", "proc", str(mounts[0]))
        _run("mount", "--rbind", "--make-rslave", "/dev", str(mounts[1]))
        try:
            yield cls(root, group)
        finally:
            group.stop()
            for mount in reversed(mounts):
                _run("umount", "--recursive", "--lazy", str(mount))

    def run(self, *command: str, user: str = "") -> str:
        return _run(*self._within(user, {}, command))

    def start(self, name: str, *command: str, user: str, environment: dict[str, str]) -> None:
        self.group.start(name, self._within(user, environment, command))

    def install(self, packages: Sequence[Path]) -> str:
        """By apt, with all that they depend on."""
        for package in packages:
            shutil.copyfile(package, self.root / "var/tmp" / package.name)
        self.run("apt-get", "update", "-q")
        quiet = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", "--no-install-recommends")
        names = [f"/var/tmp/{package.name}" for package in packages]
        return self.run(*quiet, *PANEL, *names)

    def _within(self, user: str, environment: dict[str, str], command: Sequence[str]) -> list[str]:
        who = ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "--no-new-privs"] if user else []
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        given = [f"{name}={value}" for name, value in environment.items()]
        return ["chroot", str(self.root), "/usr/bin/env", "-i", path, "LC_ALL=C.UTF-8", *given, *who, *command]


class Installed:
    """The city in it: a server, a kiosk that enrolled with one code."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.group, self.port = machine, machine.group, free_port()

    def start_server(self) -> None:
        self.machine.run("ekios-server", "seed")
        command = ("ekios-server", "serve", "--data", f"/{SERVER_DATA}", "--port", str(self.port))
        self.machine.start("server", *command, user="ekios", environment={})
        wait_until("server", self._answers, self.group, seconds=START_S)

    def start_kiosk(self) -> None:
        """With one code typed, in the session that the unit starts; the panel is a virtual one."""
        root = self.machine.root
        settings = root / "etc/ekios/kiosk.env"
        text = settings.read_text(encoding="utf-8")
        address = next(line for line in text.splitlines() if line.startswith("EKIOS_SERVER="))
        settings.write_text(text.replace(address, f"EKIOS_SERVER=http://127.0.0.1:{self.port}"), encoding="utf-8")
        said = self.machine.run("ekios-server", "enrol-code", KIOSK)
        code = next(line.split(": ", 1)[1] for line in said.splitlines() if line.startswith("code: "))
        self.machine.run("ekios-kiosk", "enrol", code)
        runtime = root / "run/ekios-kiosk"
        self.machine.run("install", "-d", "-m", "0700", "-o", "ekios-kiosk", "-g", "ekios-kiosk", "/run/ekios-kiosk")
        lines = [line for line in settings.read_text(encoding="utf-8").splitlines() if line.startswith("EKIOS_")]
        given = dict(line.split("=", 1) for line in lines)
        given |= {
            "EKIOS_DATA": f"/{KIOSK_DATA}",
            "RUNTIME_DIRECTORY": "/run/ekios-kiosk",
            "EKIOS_XORG_DISPLAY": DISPLAY,
        }
        given |= {"EKIOS_XORG_PROGRAM": "/usr/bin/Xvfb", "EKIOS_XORG": f"-screen 0 {SIZE[0]}x{SIZE[1]}x24"}
        given |= {"EKIOS_SPEECH__DRIVER": "none", "LIBGL_ALWAYS_SOFTWARE": "1"}
        self.machine.start("session", "/usr/lib/ekios/kiosk-session", user="ekios-kiosk", environment=given)
        wait_until("session", lambda: (runtime / "program.pid").exists(), self.group, seconds=START_S)
        wait_until("session", lambda: "in the back office: " in self.log(), self.group, seconds=START_S)

    def let_in(self) -> None:
        """As the office does that was read the fingerprint; then the kiosk has the city's services and shows its home."""
        line = next(line for line in self.log().splitlines() if "in the back office: " in line)
        self.machine.run("ekios-server", "approve", KIOSK, line.split("in the back office: ")[1].strip())
        packs = self.machine.root / KIOSK_DATA / "packs"
        wait_until("session", lambda: any(packs.rglob("*.zip")), self.group, seconds=START_S)

    def log(self) -> str:
        return self.group.log("session").read_text(encoding="utf-8", errors="replace")

    def panel(self, *order: str) -> str:
        """xdotool's answer, asked as the kiosk's user: nobody else is let in."""
        cookie = {"DISPLAY": DISPLAY, "XAUTHORITY": "/run/ekios-kiosk/xauthority"}
        return self.machine.run(
            "env", *(f"{name}={value}" for name, value in cookie.items()), *order, user="ekios-kiosk"
        )

    def picture(self, name: str) -> Path:
        OUT.mkdir(parents=True, exist_ok=True)
        self.panel("import", "-window", "root", "/run/ekios-kiosk/picture.png")
        return Path(shutil.copyfile(self.machine.root / "run/ekios-kiosk/picture.png", OUT / f"{name}.png"))

    def window(self) -> str:
        return self.panel("xdotool", "getwindowfocus").strip()

    def storm(self, keys: Sequence[str], many: int, chance: random.Random) -> None:
        """Keys, chords and touches of somebody who tries to get out. Raises NotReady when the program is gone after it."""
        program = (self.machine.root / "run/ekios-kiosk/program.pid").read_text(encoding="ascii")
        for _ in range(many // 200):
            places = [(str(chance.randrange(SIZE[0])), str(chance.randrange(SIZE[1]))) for _ in range(50)]
            self.panel("xdotool", *(word for x, y in places for word in ("mousemove", x, y, "click", "1")))
            self.panel("xdotool", "key", "--delay", "1", "--clearmodifiers", *chance.choices(keys, k=150))
            if not Path(f"/proc/{program.strip()}").exists() or "session" in self.group.ended():
                raise NotReady(f"a key led out of the kiosk; see {self.group.log('session')}")

    def _answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).ok
        except requests.RequestException:
            return False


def packages() -> list[Path]:
    """Those that ``make package`` left. Raises NotReady when one is missing."""
    found = [path for name in ("ekios-server", "ekios-kiosk") for path in DIST.glob(f"{name}_*.deb")]
    if len(found) != 2:
        raise NotReady(f"{DIST} has {len(found)} packages of 2: run make package")
    return found


def main() -> int:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, Group(OUT / "logs") as group:
        try:
            with Machine.made(Path(folder), group) as machine:
                machine.install(packages())
                city = Installed(machine)
                city.start_server()
                city.start_kiosk()
                city.picture("waits")
                city.let_in()
                print(f"installed: the kiosk serves; its picture is {city.picture('home')}")
        except (NotReady, subprocess.CalledProcessError) as error:
            print(f"installed: {error}", file=sys.stderr)
            return 1
    return 0


def _mirror() -> tuple[str, str]:
    """Address and suite of the first source of Debian itself that apt knows."""
    form = ("--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages")
    for line in _run("apt-get", "indextargets", *form).splitlines():
        address, _, suite = line.partition(" ")
        if suite and "-" not in suite:
            return address, suite
    raise NotReady("apt has no source of Debian")


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.exists():
        shutil.copyfile(source, target)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if done.returncode:
        print((done.stdout + done.stderr)[-3000:], file=sys.stderr)
    done.check_returncode()
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
