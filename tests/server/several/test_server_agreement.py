"""What several servers agree on: keys, chores, files, and budgets; each against a real PostgreSQL."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from server.__main__ import cli
from server.app import build_deps, close_deps
from server.catalogue.shared_files import SharedFiles
from server.deps import Deps
from server.foundation.actors import OPERATOR, SYSTEM
from server.foundation.keys import KeyMissing, random_key
from server.front_door.shared_budget import SharedBudget
from server.operator import chores, operations
from server.settings import ServerSettings
from server.storage import tables
from server.work.leases import LEASE_S, SharedLeases
from tests.server.conftest import FakeClock, fresh
from tests.server.postgres import Cluster
from tests.server.running import running
from tests.server.several.pair import with_keys_of
from tests.sync.line_kit import until


@pytest.fixture
def one(postgresql_settings: ServerSettings, clock: FakeClock) -> Iterator[Deps]:
    deps = build_deps(postgresql_settings, clock=clock)
    yield deps
    close_deps(deps)


@pytest.fixture(scope="module")
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Deps, FakeClock]]:
    """For tests that leave its keys and packs as they are."""
    clock = FakeClock()
    for settings in fresh(request, tmp_path_factory.mktemp("shared"), "postgresql"):
        deps = build_deps(settings, clock=clock)
        yield deps, clock
        close_deps(deps)


@pytest.fixture
def city(shared: tuple[Deps, FakeClock]) -> Deps:
    return shared[0]


def another(settings: ServerSettings, folder: Path) -> Deps:
    return build_deps(settings.model_copy(update={"data": folder}))


# --- keys -------------------------------------------------------------------------------------------------------


def test_a_server_without_the_citys_keys_does_not_start_and_makes_none(city: Deps, tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match=r"lacks badge.key, vault.key, .*copy the folder"):
        another(city.settings, tmp_path / "empty")
    assert not list((tmp_path / "empty").rglob("*.key"))


@pytest.mark.parametrize("name", ["badge", "audit", "vault", "nik"])
def test_a_server_with_another_key_does_not_start(city: Deps, tmp_path: Path, name: str) -> None:
    folder = with_keys_of(city.settings, tmp_path / "other")
    (folder / "keys" / f"{name}.key").write_bytes(random_key())
    with pytest.raises(KeyMissing, match=f"the keys {name} are not those"):
        another(city.settings, folder)


@pytest.mark.parametrize("name", ["tuf-snapshot.key", "tuf-timestamp.key"])
def test_a_server_that_could_not_sign_packs_does_not_start(city: Deps, tmp_path: Path, name: str) -> None:
    folder = with_keys_of(city.settings, tmp_path / "other")
    (folder / "keys" / name).unlink()
    with pytest.raises(KeyMissing, match=name):
        another(city.settings, folder)


def test_a_sealing_key_that_was_made_elsewhere_is_asked_for_by_its_name(one: Deps, tmp_path: Path) -> None:
    folder = with_keys_of(one.settings, tmp_path / "other")
    made = operations.carry_out(one, "rotate-key", {})["key"]
    with pytest.raises(KeyMissing, match=f"sealing-{made}.key"):
        another(one.settings, folder)
    shutil.copy(one.settings.data / "keys" / f"sealing-{made}.key", folder / "keys")
    close_deps(another(one.settings, folder))


def test_a_key_that_was_lost_for_good_is_replaced_on_the_operators_word(one: Deps, tmp_path: Path) -> None:
    (one.settings.data / "keys" / "audit.key").write_bytes(random_key())
    with pytest.raises(KeyMissing):
        another(one.settings, one.settings.data)
    words = ["accept-keys", "the medium burnt", "--data", str(one.settings.data), "--database", one.settings.database]
    assert CliRunner().invoke(cli, words).exit_code == 0
    close_deps(another(one.settings, one.settings.data))
    with one.engine.connect() as connection:
        actions = connection.execute(select(tables.audit_log.c.action)).scalars().all()
    assert actions[-1] == "keys.accept"


# --- chores -----------------------------------------------------------------------------------------------------


def leases(deps: Deps) -> tuple[SharedLeases, SharedLeases]:
    return SharedLeases(deps.units, "one"), SharedLeases(deps.units, "other")


def pass_time(deps: Deps, seconds: float) -> None:
    """For the leases, whose time is the database's."""
    past = f"interval '{seconds} seconds'"
    with deps.units.begin(SYSTEM) as work:
        work.connection.exec_driver_sql(
            f"UPDATE chores SET began_at = began_at - {past}, held_until = held_until - {past}"
        )


def test_of_many_that_ask_at_once_one_does_a_chore(city: Deps) -> None:
    asking = [SharedLeases(city.units, f"server {number}") for number in range(8)]
    together = threading.Barrier(len(asking))
    claimed: list[bool] = []

    def ask(lease: SharedLeases) -> None:
        together.wait()
        claimed.append(lease.claim("of_many_that_ask", 60))

    threads = [threading.Thread(target=ask, args=(lease,)) for lease in asking]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == [False] * 7 + [True]


def test_a_chore_that_was_done_is_due_again_for_whoever_comes_first(city: Deps) -> None:
    mine, theirs = leases(city)
    assert mine.claim("a_chore_that_was_done", 60)
    mine.done("a_chore_that_was_done")
    pass_time(city, 59)
    assert not theirs.claim("a_chore_that_was_done", 60)
    pass_time(city, 2)
    assert theirs.claim("a_chore_that_was_done", 60)


def test_whoever_is_at_it_longer_than_it_is_due_keeps_it_as_long_as_it_says_so(city: Deps) -> None:
    mine, theirs = leases(city)
    assert mine.claim("whoever_is_at_it", 1)
    for _ in range(3):
        pass_time(city, LEASE_S - 1)
        assert not theirs.claim("whoever_is_at_it", 1)
        assert mine.renew("whoever_is_at_it")


def test_a_chore_of_a_server_that_died_is_taken_over_and_it_hears_of_it_when_it_was_only_slow(city: Deps) -> None:
    mine, theirs = leases(city)
    assert mine.claim("a_chore_of_a_server_that_died", 1)
    pass_time(city, LEASE_S + 1)
    assert theirs.claim("a_chore_of_a_server_that_died", 1)
    assert not mine.renew("a_chore_of_a_server_that_died")
    mine.done("a_chore_of_a_server_that_died", "Late")
    (run,) = (one for one in theirs.runs() if one.name == "a_chore_of_a_server_that_died")
    assert (run.ended_at, run.failed) == (None, "")
    theirs.done("a_chore_of_a_server_that_died", "OperationalError")
    assert [run.failed for run in theirs.runs() if run.name == "a_chore_of_a_server_that_died"] == ["OperationalError"]


class Broken(Exception):
    pass


def test_a_chore_with_a_fault_of_ours_is_told_and_tried_again_and_others_go_on(
    sqlite_settings: ServerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def breaks(deps: Deps) -> None:
        done.append("breaks")
        raise Broken

    def works(deps: Deps) -> None:
        done.append("works")

    monkeypatch.setattr(chores, "CHORES", (chores.Chore(breaks, 0.01), chores.Chore(works, 0.01)))
    with running(sqlite_settings) as server:
        until(lambda: done.count("breaks") > 1 and done.count("works") > 1)
        failed = {run.name: run.failed for run in server.deps.leases.runs() if run.ended_at}
    assert failed == {"breaks": "Broken", "works": ""}


# --- the database's place -----------------------------------------------------------------------------------------


def test_a_primary_that_became_a_replica_is_left_for_the_new_one(
    postgresql_settings: ServerSettings, cluster: Cluster
) -> None:
    """Which refuses writes and nothing else, on connections that are open. Kiosks are told to come again."""
    name = make_url(postgresql_settings.database).database
    with running(postgresql_settings) as server:
        kiosk = server.kiosk()
        envelope = kiosk.envelope(server.service())
        cluster.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        server.deps.engine.dispose()
        refused = kiosk.send(envelope)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "storage_away")
        assert int(refused.headers["Retry-After"]) > 0
        cluster.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        assert kiosk.statuses(envelope) == ["stored"]


# --- files ------------------------------------------------------------------------------------------------------


def files(deps: Deps, folder: Path) -> SharedFiles:
    folder.mkdir(exist_ok=True)
    return SharedFiles(folder, deps.units)


def test_what_one_writes_the_others_have_in_its_newest_form(city: Deps, tmp_path: Path) -> None:
    here, there = files(city, tmp_path / "here"), files(city, tmp_path / "there")
    for content in (b"first", b"second"):
        here.write(tmp_path / "here" / "metadata" / "timestamp.json", content)
        there.pull()
        assert (tmp_path / "there" / "metadata" / "timestamp.json").read_bytes() == content


def test_what_a_process_wrote_that_died_before_the_database_had_it_is_no_ones(one: Deps, tmp_path: Path) -> None:
    left = one.settings.data / "packs" / "pack-99.zip"
    left.write_bytes(b"left over")
    close_deps(another(one.settings, one.settings.data))
    assert not left.exists()
    assert (one.settings.data / "packs" / "pack-1.zip").exists()


def test_a_folder_of_before_fills_the_empty_database_and_other_servers_from_there(one: Deps, tmp_path: Path) -> None:
    with one.units.begin(SYSTEM) as work:
        work.connection.execute(tables.shared_files.delete())
    close_deps(another(one.settings, one.settings.data))
    other = another(one.settings, with_keys_of(one.settings, tmp_path / "other"))
    kept = {path.name: path.read_bytes() for path in (one.settings.data / "packs").rglob("*.*") if path.is_file()}
    assert {
        path.name: path.read_bytes() for path in (tmp_path / "other" / "packs").rglob("*.*") if path.is_file()
    } == kept
    assert "pack-1.zip" in kept and "timestamp.json" in kept
    close_deps(other)


def test_two_that_publish_at_once_give_each_pack_a_number_of_its_own(one: Deps, tmp_path: Path) -> None:
    other = another(one.settings, with_keys_of(one.settings, tmp_path / "other"))
    content = one.packs.content(1)
    assert content is not None
    numbers: list[int] = []
    threads = [
        threading.Thread(target=lambda packs=deps.packs: numbers.append(packs.publish(content, OPERATOR).number))
        for deps in (one, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [2, 3]
    listed = [{one.role: one.version for one in deps.packs.signing_roles()} for deps in (one, other)]
    assert listed[0] == listed[1]
    assert not one.packs.unsigned() and not other.packs.unsigned()
    close_deps(other)


# --- budgets ----------------------------------------------------------------------------------------------------


def test_a_budget_is_spent_by_all_and_fills_by_itself(shared: tuple[Deps, FakeClock]) -> None:
    city, clock = shared
    budgets = [SharedBudget(city.units, "tracking", 4, 60, b"secret") for _ in range(2)]
    assert [budgets[number % 2].spend("10.0.0.7") for number in range(4)] == [0.0] * 4
    assert budgets[0].spend("10.0.0.7") == pytest.approx(15)
    assert budgets[0].spend("10.0.0.8") == 0.0
    clock.pass_time(seconds=15)
    assert [budgets[1].spend("10.0.0.7") == 0.0 for _ in range(2)] == [True, False]
    with city.engine.connect() as connection:
        subjects = connection.execute(select(tables.quotas.c.subject)).scalars().all()
    assert not any("10.0.0" in subject for subject in subjects)
