"""The packages of kiosk and server: what lies where, who may read it, and what installing, renewing and removing them does.

The trees are built with a program of one line in the place of PyInstaller's; ``tests/trial/test_trial_installed.py`` installs the
whole ones.
"""

import ast
import configparser
import os
import re
import shutil
import stat
import subprocess
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tools.packages.kiosk import PROGRAM_FOLDER, kiosk_tree
from tools.packages.needs import ROOT, distributions, own_packages
from tools.packages.server import PACKAGES, server_tree
from tools.packages.tree import Tree

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="not a Debian: no dpkg-deb")
SERVER = "https://kios.kota.go.id"
DATA = {"ekios-kiosk": "var/lib/ekios-kiosk", "ekios-server": "var/lib/ekios"}
USERS = {"ekios-kiosk": {"ekios-kiosk"}, "ekios-server": {"ekios", "ekios-keeper"}}
#: systemd's measure of how much a unit could do to the machine, in tenths: 0 nothing, 100 everything.
MOST_EXPOSED = {
    "ekios-kiosk.service": 25,
    "ekios-kiosk-firewall.service": 25,
    "ekios-server@.service": 20,
    "ekios-backup.service": 20,
    "ekios-keeper.service": 20,
}


def build(folder: Path) -> dict[str, Tree]:
    program = folder / "program"
    (program / "_internal").mkdir(parents=True)
    (program / "kiosk").write_text("#!/bin/sh\n")
    (program / "kiosk").chmod(0o775)
    (program / "_internal" / "data").write_text("data")
    (program / "_internal" / "data").chmod(0o666)
    (program / "_internal" / "link").symlink_to("data")
    (folder / "launcher").mkdir()
    (folder / "launcher" / "launcher").write_text("#!/bin/sh\n")
    (folder / "launcher" / "launcher").chmod(0o775)
    return {
        "ekios-kiosk": kiosk_tree(folder / "kiosk", program, server=SERVER, version="1.0"),
        "ekios-server": server_tree(folder / "server", bring=[distribution("typer")], version="1.0", compiled=False),
    }


def renewed(tree: Tree, folder: Path) -> Path:
    """A package of the next version."""
    shutil.copytree(tree.folder, folder / "tree" / tree.name, symlinks=True)
    newer = replace(tree, folder=folder / "tree" / tree.name, version="1.1")
    control = newer.folder / "DEBIAN/control"
    control.write_text(control.read_text().replace("Version: 1.0", "Version: 1.1"))
    return newer.build(folder, "none")


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tree]:
    return build(tmp_path_factory.mktemp("trees"))


@pytest.fixture(params=("ekios-kiosk", "ekios-server"))
def tree(request: pytest.FixtureRequest, trees: dict[str, Tree]) -> Tree:
    return trees[request.param]


def units(tree: Tree) -> dict[str, configparser.RawConfigParser]:
    found = {}
    for path in (tree.folder / "usr/lib/systemd/system").glob("*.service"):
        parser = configparser.RawConfigParser(strict=False)
        parser.optionxform = str
        parser.read_string(path.read_text())
        found[path.name] = parser
    return found


def test_only_root_writes_and_nothing_changes_who_one_is(tree: Tree) -> None:
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in tree.folder.rglob("*") if not path.is_symlink()}
    assert [path for path, mode in modes.items() if mode & 0o7022] == []
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o755}


def test_what_an_administrator_changes_is_never_overwritten_unasked(tree: Tree) -> None:
    listed = (tree.folder / "DEBIAN/conffiles").read_text().split()
    files = [path for path in (tree.folder / "etc").rglob("*") if path.is_file() and not path.is_symlink()]
    assert sorted(listed) == sorted(f"/{path.relative_to(tree.folder)}" for path in files)


def test_no_secret_and_no_path_of_the_builder_is_in_it(tree: Tree) -> None:
    ours = [path for path in tree.folder.rglob("*") if path.is_file() and "packages" not in path.parts]
    assert [path for path in ours if str(ROOT).encode() in path.read_bytes()] == []
    assert [path.name for path in ours if path.suffix in (".key", ".pem", ".sqlite", ".db")] == []


def test_what_units_and_scripts_name_is_in_the_package(tree: Tree) -> None:
    texts = [path.read_text() for path in (tree.folder / "usr/lib/systemd").rglob("*") if path.is_file()]
    texts += [path.read_text() for path in (tree.folder / "usr/lib/ekios").glob("*") if path.is_file()]
    texts += [path.read_text() for path in (tree.folder / "usr/sbin").glob("*")]
    named = {name for text in texts for name in re.findall(r"/usr/(?:lib/ekios|share/doc/ekios)[\w/.-]*", text)}
    named |= {name for text in texts for name in re.findall(r"/usr/s?bin/ekios[\w-]*", text)}
    assert named
    assert [name for name in sorted(named) if not (tree.folder / name.strip("/").rstrip(".")).exists()] == []


def test_scripts_are_sound(tree: Tree) -> None:
    scripts = [path for path in tree.folder.rglob("*") if path.is_file() and path.read_bytes()[:9] == b"#!/bin/sh"]
    assert len(scripts) >= 3
    for script in scripts:
        subprocess.run(["sh", "-n", script], check=True)
        assert os.access(script, os.X_OK), script


def test_services_run_as_a_user_of_their_own(tree: Tree) -> None:
    (sysusers,) = (tree.folder / "usr/lib/sysusers.d").iterdir()
    made = set(re.findall(r"^u (\S+)", sysusers.read_text(), re.M))
    assert made == USERS[tree.name]
    for name, unit in units(tree).items():
        if name != "ekios-kiosk-firewall.service":
            assert unit["Service"]["User"] in made, name
            assert unit["Service"]["UMask"] == "0077", name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_units_and_finds_them_little_exposed(tree: Tree) -> None:
    for name in units(tree):
        unit = tree.folder / "usr/lib/systemd/system" / name
        measured = subprocess.run(
            [
                "systemd-analyze",
                "security",
                "--offline=true",
                f"--threshold={MOST_EXPOSED[name]}",
                "--no-pager",
                str(unit),
            ],
            capture_output=True,
            text=True,
        )
        assert measured.returncode == 0, measured.stdout[-300:] + measured.stderr
        looked = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True)
        # The programs stand below the tree, not on this machine; of other units that are here nothing is asked.
        ours = [line for line in looked.stderr.splitlines() if name.split(".")[0].split("@")[0] in line]
        assert [line for line in ours if "is not executable: No such file" not in line] == []


def test_the_session_has_no_second_console_and_no_key_of_the_machine(trees: dict[str, Tree]) -> None:
    root = trees["ekios-kiosk"].folder
    display = (root / "usr/share/X11/xorg.conf.d/90-ekios-kiosk.conf").read_text()
    for option in ("DontVTSwitch", "DontZap", "DontZoom"):
        assert f'Option "{option}" "true"' in display
    login = (root / "usr/lib/systemd/logind.conf.d/ekios-kiosk.conf").read_text()
    assert {"NAutoVTs=0", "ReserveVT=0", "HandlePowerKey=ignore", "HandleSuspendKey=ignore"} <= set(login.splitlines())
    assert "kernel.sysrq = 0" in (root / "usr/lib/sysctl.d/90-ekios-kiosk.conf").read_text()
    assert (root / "etc/systemd/system/ctrl-alt-del.target").readlink() == Path("/dev/null")
    for console in ("getty@.service", "serial-getty@.service", "console-getty.service"):
        drop_in = root / f"usr/lib/systemd/system/{console}.d/ekios-kiosk.conf"
        assert "ConditionKernelCommandLine=ekios.maintenance" in drop_in.read_text()
    assert (
        units(trees["ekios-kiosk"])["ekios-kiosk.service"]["Unit"]["ConditionKernelCommandLine"] == "!ekios.maintenance"
    )
    # -s would let keys change the console.
    assert "cage -d -- " in (root / "usr/lib/ekios/kiosk-session").read_text()


def test_a_keyboard_that_nobody_named_is_ignored_and_a_keypad_is_not(trees: dict[str, Tree]) -> None:
    root = trees["ekios-kiosk"].folder / "usr/lib/udev/rules.d"
    rules = (root / "90-ekios-kiosk-keyboards.rules").read_text().splitlines()
    keypad = next(index for index, rule in enumerate(rules) if 'ENV{EKIOS_KEYPAD}="1"' in rule)
    ignored = next(index for index, rule in enumerate(rules) if 'ENV{LIBINPUT_IGNORE_DEVICE}="1"' in rule)
    assert keypad < ignored and 'ENV{EKIOS_KEYPAD}!="1"' in rules[ignored]
    assert (root / "60-ekios.rules").read_bytes() == (ROOT / "devices/frame/udev/60-ekios.rules").read_bytes()


def test_the_address_of_a_city_is_built_in_so_that_a_code_is_all_that_is_typed(trees: dict[str, Tree]) -> None:
    settings = (trees["ekios-kiosk"].folder / "etc/ekios/kiosk.env").read_text()
    assert f"\nEKIOS_SERVER={SERVER}\n" in settings


def test_the_programs_folder_comes_whole(trees: dict[str, Tree]) -> None:
    program = trees["ekios-kiosk"].folder / PROGRAM_FOLDER
    assert stat.S_IMODE((program / "kiosk").stat().st_mode) == 0o755
    assert (program / "_internal/link").readlink() == Path("data")
    server = trees["ekios-server"].folder / PACKAGES
    assert (server / "typer/__init__.py").is_file()
    assert (server.parent / "server/web/frame/static").is_dir() and (
        server.parent / "assets/services/city.toml"
    ).is_file()


def test_the_server_brings_what_it_imports_and_nothing_of_the_kiosk() -> None:
    own = own_packages("server")
    assert own == {"server", "forms", "protocol", "runtime"}
    brought = set(distributions(own))
    # With the extras, what they want themselves, and what only settings name.
    assert {
        "fastapi",
        "starlette",
        "uvicorn",
        "uvloop",
        "psycopg",
        "psycopg-binary",
        "sqlalchemy",
        "pyxform",
    } <= brought
    assert not {"kivy", "pytest", "pyinstaller", "python-escpos", "mypy"} & brought


def test_the_launcher_stands_alone() -> None:
    """It runs before anything of the package can be imported."""
    parsed = ast.parse((ROOT / "deploy/server/ekios-server").read_text())
    assert {alias.name for node in ast.walk(parsed) if isinstance(node, ast.Import) for alias in node.names} == {
        "os",
        "pwd",
        "sys",
    }


@pytest.mark.skipif(shutil.which("nft") is None or os.geteuid() != 0, reason="nft is not installed, or not root")
def test_the_firewall_is_taken_by_the_kernel_twice_and_is_shut_by_default(
    trees: dict[str, Tree], tmp_path: Path
) -> None:
    rules = (trees["ekios-kiosk"].folder / "usr/lib/ekios/kiosk.nft").read_text()
    (tmp_path / "in-ssh.nft").write_text("ip saddr 10.0.0.0/24 tcp dport 22 accept\n")
    # The kiosk's user is not on this machine.
    rules = rules.replace("skuid ekios-kiosk", "skuid nobody").replace("/etc/ekios/firewall.d", str(tmp_path))
    (tmp_path / "rules").write_text(rules)
    script = f"nft -f {tmp_path}/rules && nft -f {tmp_path}/rules && nft list ruleset"
    done = subprocess.run(["unshare", "--net", "sh", "-c", script], capture_output=True, text=True)
    if "unshare failed" in done.stderr:
        pytest.skip("no namespaces here")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("policy drop") == 3
    assert done.stdout.count("chain input") == 1, "loaded twice, it stands once"
    assert "tcp dport 22 accept" in done.stdout


class Machine:
    """A root folder that dpkg installs into; the maintainers' scripts see it as DPKG_ROOT."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "etc"):
            (root / folder).mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()
        (root / "etc/passwd").touch()
        (root / "etc/group").write_text("root:x:0:\n")

    def dpkg(self, *arguments: str | Path) -> str:
        command = ["dpkg", f"--root={self.root}", "--force-script-chrootless", "--force-depends", "--force-confold"]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def owner(self, place: str) -> str:
        """Name of the user in this root, and the mode."""
        found = (self.root / place).stat()
        users = dict(line.split(":")[2::-2] for line in (self.root / "etc/passwd").read_text().splitlines())
        return f"{users.get(str(found.st_uid), found.st_uid)} {stat.S_IMODE(found.st_mode):o}"

    def enabled(self) -> set[str]:
        return {path.name for path in (self.root / "etc/systemd/system").glob("*.wants/*")}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes users and gives them folders")
def test_installing_renewing_removing_and_purging(trees: dict[str, Tree], tmp_path: Path) -> None:
    machine = Machine(tmp_path / "machine")
    packages = [tree.build(tmp_path / "one", "none") for tree in trees.values()]
    said = machine.dpkg("-i", *packages)
    assert "Next: ekios-kiosk enrol" in said and "Next: ekios-server seed" in said
    assert machine.enabled() == {"ekios-kiosk.service", "ekios-kiosk-firewall.service"}
    assert machine.owner(DATA["ekios-kiosk"]) == "ekios-kiosk 700"
    assert machine.owner(DATA["ekios-server"]) == "ekios 700"
    assert machine.owner("var/lib/ekios-keeper") == "ekios-keeper 700"
    assert machine.owner("etc/ekios/server.env").endswith(" 640")
    assert machine.dpkg("--verify") == ""

    key, settings = machine.root / DATA["ekios-kiosk"] / "kiosk.key", machine.root / "etc/ekios/kiosk.env"
    key.write_text("key")
    (machine.root / DATA["ekios-kiosk"]).chmod(0o755)
    settings.write_text(settings.read_text() + "EKIOS_SESSION=cage\n")
    (machine.root / "etc/systemd/system/sysinit.target.wants/ekios-kiosk-firewall.service").unlink()
    newer = [renewed(tree, tmp_path / "two") for tree in trees.values()]
    for _ in range(2):
        machine.dpkg("-i", *newer)
    assert key.read_text() == "key" and settings.read_text().endswith("EKIOS_SESSION=cage\n")
    assert machine.owner(DATA["ekios-kiosk"]) == "ekios-kiosk 700", "a folder that was left open is shut again"
    assert machine.enabled() == {"ekios-kiosk.service"}, "what was disabled stays so"
    assert (machine.root / "etc/passwd").read_text().count("\n") == sum(map(len, USERS.values()))

    assert "/var/lib/ekios-kiosk stays" in machine.dpkg("-r", "ekios-kiosk")
    assert key.exists() and settings.exists()
    said = machine.dpkg("-P", "ekios-kiosk", "ekios-server")
    assert (
        "/var/lib/ekios-kiosk was removed" in said and "/var/lib/ekios and /var/lib/ekios-keeper were removed" in said
    )
    assert not any((machine.root / data).exists() for data in DATA.values())
    assert not (machine.root / "etc/ekios").exists() and machine.enabled() == set()
    machine.dpkg("-i", packages[0])
    assert machine.enabled() == {"ekios-kiosk.service", "ekios-kiosk-firewall.service"}
