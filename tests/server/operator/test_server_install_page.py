"""docs/install.md, walked: its commands are taken from the page and run in its order, from nothing to a kiosk that serves."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from typer.main import get_command
from typer.testing import CliRunner

from server.__main__ import cli
from tests.server.web.conftest import Browser
from tools.packages import kiosk, server
from trial import display
from trial.processes import ROOT, Group, free_port, wait_until

PAGE = ROOT / "docs" / "install.md"
OWN_PASSWORD = "tiga kata sederhana"
#: What runs until it is stopped, by how the walk calls it.
STAYS = {"serve": "server", "main.py": "kiosk"}

pytestmark = [
    pytest.mark.begins_first,
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed"),
]


def commands() -> list[str]:
    """Every line of the page's shell blocks, without comments."""
    blocks = re.findall(r"^```\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    shell = [block for block in blocks if ".venv/bin/python" in block and "[Service]" not in block]
    return [line.partition("  # ")[0].strip() for block in shell for line in block.splitlines() if line.strip()]


@dataclass
class Walk:
    """A machine of its own: what the page names, and where that is here."""

    group: Group
    folder: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def take(self, line: str) -> None:
        if line.startswith("export "):
            name, _, value = self._here(line.removeprefix("export ")).partition("=")
            self.environment[name] = value
            return
        words = shlex.split(self._here(line))
        given = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
        words = [word for word in words if not re.match(r"[A-Z_]+=", word)]
        environment = {**os.environ, **self.environment, **given}
        if words[0] == "make":
            subprocess.run(["make", "-n", *words[1:]], cwd=ROOT, env=environment, check=True, capture_output=True)
        elif stays := next((name for word, name in STAYS.items() if word in words), None):
            self.group.stop_one(stays)
            self.group.start(stays, words, environment)
            wait_until(stays, lambda: self._is_up(stays), self.group, seconds=60)
        else:
            # In this process, as there are many: what they order goes to the server's own all the same.
            arguments = words[words.index("server") + 1 :]
            done = CliRunner().invoke(cli, arguments, env=environment)
            assert done.exit_code == 0, (line, done.output)
            self.outputs[arguments[0]] = done.stdout

    def _is_up(self, name: str) -> bool:
        if name == "kiosk":
            return "built in" in self._log("kiosk")
        try:
            return requests.get(f"{self.base}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def _log(self, name: str) -> str:
        return self.group.log(name).read_text()

    def _here(self, line: str) -> str:
        for there, here in (
            (".venv/bin/python", sys.executable),
            ("/var/lib/ekios", str(self.folder / "server")),
            ("https://kios.kota.go.id", self.base),
            ("--port 8700", f"--port {self.port}"),
        ):
            line = line.replace(there, here)
        if "CODE" in line:
            line = line.replace("CODE", self.outputs["enrol-code"].split()[1])
        if "8F0A 12C4 …" in line:
            shown = re.search(r"back office: ([0-9A-F ]+)", self._log("kiosk"))
            assert shown is not None
            line = line.replace("8F0A 12C4 …", shown[1].strip())
        return line


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    mask = os.umask(0o077)
    os.umask(mask)
    with Group(tmp_path / "logs") as group:
        screen = {"DISPLAY": display.start_virtual(group, (540, 960)), "SDL_VIDEODRIVER": "x11"}
        yield Walk(group, tmp_path, environment={"EKIOS_DATA": str(tmp_path / "kiosk"), **screen})
    os.umask(mask)


def password_in(output: str) -> str:
    found = re.search(r"\b[a-z0-9]{4}(-[a-z0-9]{4}){4}\b", output)
    assert found is not None, output
    return found[0]


@pytest.mark.timeout(240)
def test_the_page_leads_from_nothing_to_a_kiosk_that_serves(walk: Walk) -> None:
    lines, packs = commands(), walk.folder / "kiosk" / "packs"
    for line in lines:
        walk.take(line)
        if " approve " in line:
            wait_until("kiosk", lambda: any(packs.rglob("*.zip")), walk.group, seconds=60)
    assert {"seed", "add-admin", "new-password", "enrol-code", "approve"} <= set(walk.outputs), lines
    for user, output in (("admin", "seed"), ("rina", "new-password")):
        browser = Browser(walk.base)
        given = password_in(walk.outputs[output])
        assert browser.sign_in(user, given).url == f"{walk.base}/password"
        change = {"current": given, "new": OWN_PASSWORD, "again": OWN_PASSWORD}
        assert browser.post("/password", change).url == f"{walk.base}/admin/services"
        assert "Kelurahan Ketintang" in browser.get("/fleet").text


def test_what_the_page_says_of_the_packages_is_in_them() -> None:
    """The commands of an installed server and kiosk, the units, and the files that it sends technicians to."""
    page = PAGE.read_text(encoding="utf-8") + (ROOT / "docs" / "hardening.md").read_text(encoding="utf-8")
    places = {place for _, place, _ in (*kiosk.PLACES, *server.PLACES)}
    orders = set(re.findall(r"^ *ekios-server ([a-z-]+)", page, re.M))
    assert orders and orders <= set(get_command(cli).commands)
    technicians = re.findall(r"ekios-kiosk ([a-z]+)[`\n]", page)
    script = (ROOT / "deploy" / "kiosk" / "ekios-kiosk").read_text(encoding="utf-8")
    assert set(technicians) >= {"enrol", "status", "diagnose"}
    assert [order for order in technicians if not re.search(rf"^  {order}\)", script, re.M)] == []
    units = set(re.findall(r"systemctl (?:enable --now|restart|reload|stop) ([\w-]+@?)", page))
    assert {f"usr/lib/systemd/system/{unit}.service" for unit in units} <= places
    named = set(re.findall(r"`/((?:etc/ekios/\w+\.env|usr/lib/ekios|etc/default)[\w./-]*)`", page))
    assert named and named <= places
