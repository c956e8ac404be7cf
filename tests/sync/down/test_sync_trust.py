"""What a city signed is not all good for this kiosk: another city's, an older one, one whose time is over.

The targets here are signed with the city's own keys, as a mistake or a thief of one key would sign them: each test ends with
the same pack rightly listed, which is taken.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from protocol.packs import target_name
from server.catalogue.tuf import TufRepository
from server.settings import ServerSettings
from server.storage import tables
from sync.down.packs import PackDuty
from tests.kiosk.kiosk_kit import CITY, bench, pack_bytes
from tests.server.running import RunningServer, running
from tests.sync.delivery_kit import Delivery
from tests.sync.line_kit import OnLine, city_server, enrolled, kiosk_on_line, publish
from tests.sync.scripted import ScriptedServer
from tests.sync.tuf_kit import Signer

OVER = timedelta(seconds=-1)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with city_server(tmp_path / "server") as one:
        yield one


@pytest.fixture
def made(server: RunningServer, tmp_path: Path) -> Iterator[OnLine]:
    """It runs pack 1, and pack 2 is published."""
    on_line = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    yield on_line
    on_line.at.close()


@pytest.fixture
def packs(server: RunningServer, made: OnLine, tmp_path: Path) -> PackDuty:
    duty = PackDuty(made.at.kiosk, made.line._client(), tmp_path / "p", ring="all", tuf_root=made.enrolment.tuf_root)
    assert duty.update() == ""
    assert made.at.kiosk.catalogue.version == 1
    assert publish(server.deps) == 2
    return duty


def in_force(made: OnLine) -> tuple[int, list[int]]:
    return made.at.kiosk.catalogue.version, [pack.version for pack in made.at.store.packs.newest_first()]


def test_a_target_that_the_city_signed_for_another_city_is_not_taken(
    server: RunningServer, made: OnLine, packs: PackDuty
) -> None:
    """What is inside is this city's: only what the signature binds tells."""
    Signer(server.deps).list(1, 2, city="Kota Lain")
    packs.update()
    assert in_force(made) == (1, [1])
    Signer(server.deps).list(1, 2)
    assert packs.update() == ""
    assert in_force(made) == (2, [2, 1])


def test_a_target_of_another_type_is_not_taken(server: RunningServer, made: OnLine, packs: PackDuty) -> None:
    Signer(server.deps).list(1, 2, type="program")
    packs.update()
    assert in_force(made) == (1, [1])


def test_a_pack_of_another_city_that_is_signed_as_ours_is_not_taken(
    server: RunningServer, made: OnLine, packs: PackDuty
) -> None:
    content = pack_bytes(2, city="Kota Lain")
    path = server.deps.settings.data / "packs" / target_name(2)
    good = path.read_bytes()
    _put(server, path, content)
    Signer(server.deps).list(1, 2)
    assert "another city" in packs.update()
    assert in_force(made) == (1, [1])
    _put(server, path, good)
    Signer(server.deps).list(1, 2)
    assert packs.update() == ""
    assert in_force(made) == (2, [2, 1])


@pytest.mark.parametrize("listed", [(1,), (1, 2)])
def test_an_older_pack_is_not_accepted(
    server: RunningServer, made: OnLine, packs: PackDuty, listed: tuple[int, ...]
) -> None:
    """Whatever is newest among the signed targets, the kiosk never goes back."""
    assert publish(server.deps) == 3
    assert packs.update() == ""
    before = in_force(made)
    assert before == (3, [3, 1])
    Signer(server.deps).list(*listed)
    packs.update()
    assert in_force(made) == before
    assert publish(server.deps) == 4
    assert packs.update() == ""
    assert made.at.kiosk.catalogue.version == 4


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_metadata_whose_time_is_over_bring_nothing_new_and_stop_nothing(
    server: RunningServer, made: OnLine, packs: PackDuty, role: str
) -> None:
    Signer(server.deps).list(1, 2, life={role: OVER})
    assert "Expired" in packs.update()
    assert in_force(made) == (1, [1])
    assert packs.load_kept() == 1
    Signer(server.deps).list(1, 2)
    assert packs.update() == ""
    assert in_force(made) == (2, [2, 1])


@pytest.mark.parametrize("years", [-10, 10])
@pytest.mark.parametrize("learned_days", [-3_650, 3_650])
def test_whether_their_time_is_over_is_judged_by_the_servers_time(
    tmp_path: Path, years: int, learned_days: int
) -> None:
    """The machine's clock is years off, and the kiosk thought until now that it was another time still: neither keeps old
    metadata alive nor kills good ones."""
    clock = YearsOff(years)
    with running(ServerSettings(data=tmp_path / "server", port=0, city=CITY.name), clock=clock) as server:
        assert publish(server.deps) == 1
        made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
        client = made.line._client()
        packs = PackDuty(made.at.kiosk, client, tmp_path / "p", ring="all", tuf_root=made.enrolment.tuf_root)
        made.at.kiosk.clock.learn(clock.now() + timedelta(days=learned_days))
        Signer(server.deps).list(1, life={"timestamp": OVER})
        assert "Expired" in packs.update()
        assert made.at.store.packs.newest_first() == ()
        made.at.kiosk.clock.learn(clock.now() + timedelta(days=learned_days))
        Signer(server.deps).list(1)
        assert packs.update() == ""
        assert in_force(made) == (1, [1])
        made.at.close()


@pytest.mark.parametrize(("key", "reported"), [(bytes(CITY.badge), False), (None, True)])
def test_a_city_without_packs_is_no_problem_and_a_portal_is(tmp_path: Path, key: bytes | None, reported: bool) -> None:
    """Both answer 404; only the city's server can say that there is nothing."""
    at = bench(tmp_path / "kiosk")
    with ScriptedServer(lambda *_: (404, {}, b"<html></html>"), key).running() as peer:
        delivery = Delivery(at, peer)
        packs = PackDuty(at.kiosk, delivery.client, tmp_path / "p", ring="all", tuf_root=root_of(tmp_path))
        assert bool(packs.update()) is reported
        delivery.duty.teardown()
    at.close()


def root_of(folder: Path) -> bytes:
    """The first metadata of a new city."""
    tuf = TufRepository(folder / "metadata", folder / "keys")
    tuf.publish([], datetime.now(UTC))
    return tuf.root()


class YearsOff:
    """What the city calls now."""

    def __init__(self, years: int) -> None:
        self._off = timedelta(days=365 * years)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._off


def _put(server: RunningServer, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    with server.deps.engine.begin() as connection:
        connection.execute(
            update(tables.packs).where(tables.packs.c.number == 2).values(sha256=digest, size=len(content))
        )
