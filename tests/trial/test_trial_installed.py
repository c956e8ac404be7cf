"""Both packages, installed in a bare Debian, started as their units do, walked to the home screen; then a storm of keys."""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.screens.key_chords import KEYS
from trial.installed import KIOSK_DATA, SERVER_DATA, Installed, Machine, packages
from trial.processes import Group, NotReady

STORM = 100_000

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a root"),
    pytest.mark.skipif(shutil.which("debootstrap") is None, reason="debootstrap is not installed"),
]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = Path("/var/tmp") / tmp_path_factory.mktemp("installed").name
    try:
        debs = packages()
    except NotReady as missing:
        pytest.skip(str(missing))
    folder.mkdir()
    try:
        with Group(tmp_path_factory.mktemp("logs")) as group, Machine.made(folder, group) as machine:
            machine.install(debs)
            yield Installed(machine)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_packages_lead_to_the_home_screen_and_no_key_leads_away(city: Installed) -> None:
    machine = city.machine
    assert machine.run("dpkg", "--verify", "ekios-kiosk", "ekios-server") == ""
    city.start_server()
    city.start_kiosk()
    waits = Image.open(city.picture("waits")).convert("RGB")
    city.let_in()
    home = Image.open(city.picture("home")).convert("RGB")
    assert ImageChops.difference(waits, home).getbbox() is not None

    # Each user reads their own, and nobody else's.
    assert machine.run("find", f"/{KIOSK_DATA}", f"/{SERVER_DATA}", "-perm", "/077", "-not", "-type", "l") == ""
    for user, foreign in (("ekios", KIOSK_DATA), ("ekios-kiosk", SERVER_DATA)):
        with pytest.raises(Exception, match="non-zero"):
            machine.run("ls", f"/{foreign}", user=user)

    window = city.window()
    city.storm(KEYS, STORM, random.Random(3))
    assert city.window() == window
    city.picture("after")
    city.group.stop_one("session")
    assert "stopped" in city.log(), "the program had the time to end"


def test_purging_says_what_it_takes(city: Installed) -> None:
    said = city.machine.run("dpkg", "--purge", "ekios-kiosk", "ekios-server")
    assert "/var/lib/ekios-kiosk was removed" in said and "/var/lib/ekios was removed" in said
    assert not (city.machine.root / "usr/lib/ekios").exists()
