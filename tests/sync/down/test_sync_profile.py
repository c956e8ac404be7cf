"""What the office changes of a kiosk reaches it: its name, and the ring whose packs it gets."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.fleet.profiles import ChangeOutcome, profile_of
from server.foundation.actors import OPERATOR
from sync.down import profile
from tests.server.running import RunningServer
from tests.sync.line_kit import OnLine, city_server, enrolled, kiosk_on_line, publish, until


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with city_server(tmp_path_factory.mktemp("city") / "server") as one:
        yield one


@pytest.fixture
def made(server: RunningServer, tmp_path: Path) -> Iterator[OnLine]:
    on_line = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    yield on_line
    on_line.stop()


def change(server: RunningServer, kiosk_id: str, **values: str) -> None:
    view = server.deps.presence.kiosk(kiosk_id)
    assert view is not None
    new = replace(profile_of(view.row), **values)  # type: ignore[arg-type]
    assert server.deps.profiles.change(OPERATOR, kiosk_id, new) is ChangeOutcome.DONE


def test_a_kiosk_that_is_moved_to_another_ring_gets_the_packs_of_that_ring(server: RunningServer, made: OnLine) -> None:
    number = publish(server.deps, rings=("test",))
    made.line.start()
    until(lambda: made.at.kiosk.catalogue.version)
    assert made.at.kiosk.catalogue.version < number
    change(server, made.enrolment.kiosk_id, ring="test")
    until(lambda: made.at.kiosk.catalogue.version == number)


def test_a_new_name_is_used_at_once_and_after_a_restart_and_outlives_other_settings(
    server: RunningServer, made: OnLine
) -> None:
    made.line.start()
    change(server, made.enrolment.kiosk_id, name="Kios Balai RW 5")
    until(lambda: made.at.kiosk.identity.name == "Kios Balai RW 5")
    assert server.deps.kiosk_settings.change(OPERATOR, {"idle_s": 120.0}) == ()
    until(lambda: made.at.kiosk.settings.number("idle_s") == 120)
    kept = profile.kept(made.at.store)
    assert kept is not None and (kept.name, kept.ring) == ("Kios Balai RW 5", "all")
