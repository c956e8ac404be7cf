"""The udev rules that are packaged fit what the drivers look for."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from devices.frame.hotplug import DEVICE_FOLDERS, SUBSYSTEMS
from devices.printer.transport.usb import FOLDER, STAYS

RULES = [
    line
    for line in files("devices.frame").joinpath("udev/60-ekios.rules").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
#: These give a device a name and an owner; the others mount what was put in.
NODES = [rule for rule in RULES if 'SUBSYSTEM=="block"' not in rule]
MOUNTS = [rule for rule in RULES if rule not in NODES]
PART = re.compile(r'([A-Z]+)(\{[A-Za-z_]+\})?(==|!=|\+=|:=|=)"([^"]*)"')


def parts(rule: str) -> list[tuple[str, str, str]]:
    """Key, operator and value of each part; fails for what is none."""
    matches = [PART.fullmatch(part) for part in rule.split(", ")]
    assert all(matches), rule
    return [(match[1], match[3], match[4]) for match in matches if match]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_one(rule: str) -> None:
    kinds = [operator in ("==", "!=") for _, operator, _ in parts(rule)]
    assert kinds == sorted(kinds, reverse=True), "conditions come before what they cause"
    assert any(kinds) and not all(kinds)


def test_every_subsystem_that_is_watched_has_a_rule() -> None:
    assert {value for rule in NODES for key, _, value in parts(rule) if key == "SUBSYSTEM"} == set(SUBSYSTEMS)


def test_the_links_are_where_the_drivers_and_the_watch_look() -> None:
    links = {value for rule in RULES for key, _, value in parts(rule) if key == "SYMLINK"}
    assert links == {f"{FOLDER.relative_to('/dev')}/{STAYS}", "input/ekios-scanner"}
    assert FOLDER in DEVICE_FOLDERS


def test_nothing_is_open_to_everybody() -> None:
    assert all(("MODE", "=", "0660") in parts(rule) and ("GROUP", "=", "ekios-kiosk") in parts(rule) for rule in NODES)


def test_nothing_on_a_stick_can_be_started() -> None:
    assert MOUNTS and all("--options=nosuid,nodev,noexec" in rule for rule in MOUNTS)
