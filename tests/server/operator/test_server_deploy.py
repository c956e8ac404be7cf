"""The files for real machines: what they name is there, and the engines at hand take them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import yaml
from typer.main import get_command

from server.__main__ import cli
from server.api.metrics import metrics_token
from server.settings import ServerSettings
from server.web.frame.access import UPLOAD_BYTES
from tests.server.operator.test_server_command import ROOT
from tests.server.running import RunningServer

DEPLOY = ROOT / "deploy"
RULES = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"][0]["rules"]


def environment() -> dict[str, str]:
    lines = (DEPLOY / "ekios.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_alerts_ask_for_counts_that_a_server_gives(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    kiosk.send(kiosk.envelope(sqlite_server.service()))
    headers = {"Authorization": f"Bearer {metrics_token(sqlite_server.deps.settings)}"}
    text = requests.get(f"{sqlite_server.base}/metrics", headers=headers, timeout=10).text
    given = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE)) | set(re.findall(r"^(ekios_\w+)", text, re.MULTILINE))
    asked = {name for rule in RULES for name in re.findall(r"\bekios_\w+", rule["expr"])}
    assert len(asked) > 10
    assert asked <= given


def test_each_alert_says_what_is_the_matter() -> None:
    assert [rule["alert"] for rule in RULES if not rule["annotations"].get("summary")] == []
    names = [rule["alert"] for rule in RULES]
    assert len(set(names)) == len(names)


def test_the_servers_file_names_settings_that_there_are() -> None:
    found = environment()
    assert len(found) > 8
    assert {name.removeprefix("EKIOS_SERVER_").lower() for name in found} <= set(ServerSettings.model_fields)
    made = ServerSettings.model_validate(
        {name.removeprefix("EKIOS_SERVER_").lower(): value for name, value in found.items()}
    )
    assert "10.0.0.12" in made.database_url


def test_what_the_proxy_lets_through_is_what_it_must_be() -> None:
    """nginx itself takes the file in ``make cluster``."""
    rules = (DEPLOY / "nginx" / "ekios-proxy.conf").read_text()
    largest = re.search(r"client_max_body_size (\d+)m;", rules)
    assert largest is not None and int(largest[1]) * 2**20 > UPLOAD_BYTES
    assert "$proxy_add_x_forwarded_for" not in rules


def test_nats_takes_its_file() -> None:
    program = Path(sys.executable).with_name("nats-server")
    told = subprocess.run([program, "-t", "-c", DEPLOY / "nats" / "nats-server.conf"], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr


def test_patroni_has_time_to_try_again_before_it_gives_the_lead_away() -> None:
    """Its own rule; on what it does not keep it goes into turns of losing and taking the lead."""
    settings = yaml.safe_load((DEPLOY / "patroni" / "patroni.yml").read_text())["bootstrap"]["dcs"]
    assert settings["ttl"] >= settings["loop_wait"] + 2 * settings["retry_timeout"]
    assert settings["synchronous_mode"] is True


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("*.service"), key=str), ids=lambda path: path.name)
def test_a_unit_calls_commands_that_there_are(unit: Path) -> None:
    commands = re.findall(r"/usr/bin/ekios-server (\S+)", unit.read_text())
    known = get_command(cli).commands  # type: ignore[attr-defined]
    assert set(commands) <= set(known)
    assert commands or "weed" in unit.read_text() or "server.submissions.keeper_child" in unit.read_text()
