"""Releases of the kiosks' program: how they roll out, stop by themselves, and outlive the server that began them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from protocol.line.releases import FILE_BYTES, ProgramState, ReleaseManifest, ReleaseRefused
from protocol.messages import Heartbeat
from server.app import build_deps, close_deps
from server.deps import Deps
from server.fleet.heartbeats import Beat
from server.fleet.releases.releases import ReleaseOutcome, of_folder
from server.fleet.releases.rollout import AT_RISK, AWAY_AFTER, PROVEN_AFTER, SILENT, SILENT_AFTER, WORSE_AFTER, at_risk
from server.fleet.releases.states import KioskStep, ReleaseState
from server.foundation.actors import OPERATOR, SYSTEM
from server.settings import ServerSettings
from server.storage import tables
from tests.forked import command
from tests.server.conftest import FakeClock
from tests.server.fleet.test_server_alarms import many
from tests.server.kiosk_client import TestKiosk, component
from tests.soaking import SOAK

BATCH = 200
INSTALLED = ProgramState(number=0)


def folder_of(folder: Path, text: str = "1", **more: bytes) -> Path:
    """A program as the packager leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kiosk").write_text(f"program {text}")
    (folder / "kiosk").chmod(0o755)
    (folder / "_internal").mkdir(exist_ok=True)
    (folder / "_internal" / "lib.so").write_bytes(b"library")
    for name, content in more.items():
        (folder / "_internal" / name).write_bytes(content)
    return folder


def release(deps: Deps, folder: Path, version: str = "1.0") -> int:
    return deps.releases.publish(of_folder(folder_of(folder / version, version)), version, OPERATOR)


@dataclass
class SimulatedKiosk:
    """What it runs, and what becomes of it with the next release."""

    id: str
    program: ProgramState = INSTALLED
    components: list[dict[str, object]] = field(default_factory=list)

    def hears(self, wanted: int | None, bad: Callable[[int], bool]) -> None:
        """Takes what it is asked to, at its next start; what does not come up there it goes back from."""
        now = self.program
        if now.trying:
            failed = bad(now.number)
            self.program = (
                ProgramState(number=0, bad=now.number, reason="does not come up")
                if failed
                else ProgramState(number=now.number)
            )
        elif wanted is not None and wanted not in (now.number, now.bad):
            self.program = ProgramState(number=wanted, trying=True)

    def beat(self, now: datetime) -> Heartbeat:
        said = TestKiosk("http://nowhere").heartbeat(
            device_time=now.isoformat(), last_touch_at=now.isoformat(), components=self.components
        )
        return Heartbeat.model_validate({**said, "program": self.program.model_dump()})


class Fleet:
    """Of kiosks that speak in turn, as many at once as the server takes."""

    def __init__(self, deps: Deps, clock: FakeClock, size: int, **rings: int) -> None:
        """``rings``: how many are in ``test`` and ``early``; the others are in ``all``."""
        self.deps = deps
        self.clock = clock
        self.kiosks = [SimulatedKiosk(one) for one in many(deps, size - 1)]
        kiosk = tables.kiosks
        at = 0
        with deps.engine.begin() as connection:
            connection.execute(update(kiosk).values(program=0, last_heartbeat_at=clock.now(), ring="all"))
            for ring, number in rings.items():
                ids = [one.id for one in self.kiosks[at : at + number]]
                connection.execute(update(kiosk).where(kiosk.c.id.in_(ids)).values(ring=ring))
                at += number

    def speaks(self, bad: Callable[[int], bool] = lambda _: False) -> int:
        """Everybody once; how many were told to run another program than they did."""
        told = 0
        now = self.clock.now()
        beat = SimulatedKiosk("").beat(now)
        kiosk = tables.kiosks
        with self.deps.engine.begin() as connection:
            connection.execute(update(kiosk).values(last_heartbeat_at=now))
        for at in range(0, len(self.kiosks), BATCH):
            group = {one.id: one for one in self.kiosks[at : at + BATCH]}
            with self.deps.units.begin(SYSTEM) as work:
                asked = select(kiosk.c.id, kiosk.c.ring, kiosk.c.approved_at, kiosk.c.revoked_at)
                rows = work.connection.execute(asked.where(kiosk.c.id.in_(group))).all()
                said = [(row, beat.model_copy(update={"program": group[row.id].program})) for row in rows]
                wanted = self.deps.releases.rollout.heard(work, said)
            for name, one in group.items():
                told += wanted.get(name, one.program.number) != one.program.number
                one.hears(wanted.get(name), bad)
        self.deps.releases.rollout.look()
        return told

    def running(self, number: int) -> int:
        return sum(one.program.number == number for one in self.kiosks)


def step_of(deps: Deps, number: int, kiosk_id: str) -> str:
    return next((row.state for row in deps.releases.kiosks(number) if row.kiosk_id == kiosk_id), "")


def state_of(deps: Deps, number: int) -> str:
    row = deps.releases.row(number)
    assert row is not None
    return str(row.state)


# --- a bad version ------------------------------------------------------------------------------------------------


@pytest.mark.longer_in_soak
def test_a_bad_version_touches_no_more_than_half_a_percent_of_the_fleet(
    sqlite_deps: Deps, clock: FakeClock, tmp_path: Path
) -> None:
    fleet = Fleet(sqlite_deps, clock, 10_000 if SOAK else 2_000)
    number = release(sqlite_deps, tmp_path)
    for _ in range(3):
        fleet.speaks(lambda _: True)
        clock.pass_time(minutes=5)
    found = sqlite_deps.releases.counts(number)
    print(f"a bad version touched {found.touched} of {len(fleet.kiosks):,} kiosks, {found.failed} of them failed")
    assert 0 < found.touched <= AT_RISK * len(fleet.kiosks)
    assert (state_of(sqlite_deps, number), fleet.running(number)) == (ReleaseState.STOPPED, 0)


def test_a_version_that_one_kiosk_in_five_cannot_bear_stops_as_early(
    sqlite_deps: Deps, clock: FakeClock, tmp_path: Path
) -> None:
    fleet = Fleet(sqlite_deps, clock, 1_000)
    number = release(sqlite_deps, tmp_path)
    turn = iter(range(1_000_000))
    for _ in range(6):
        fleet.speaks(lambda _: next(turn) % 5 == 0)
        clock.pass_time(minutes=5)
    assert state_of(sqlite_deps, number) == ReleaseState.STOPPED
    assert sqlite_deps.releases.counts(number).touched <= at_risk(1_000)


def test_in_a_small_fleet_one_kiosk_goes_first(sqlite_deps: Deps, clock: FakeClock, tmp_path: Path) -> None:
    fleet = Fleet(sqlite_deps, clock, 10)
    number = release(sqlite_deps, tmp_path)
    assert [fleet.speaks(), sqlite_deps.releases.counts(number).touched] == [1, 1]
    assert (at_risk(199), at_risk(200), at_risk(400)) == (1, 1, 2)


# --- a good version -----------------------------------------------------------------------------------------------


def test_a_good_version_comes_to_the_rings_in_their_order_with_a_growing_share(
    sqlite_deps: Deps, clock: FakeClock, tmp_path: Path
) -> None:
    fleet = Fleet(sqlite_deps, clock, 10_000 if SOAK else 200, test=3, early=10)
    number = release(sqlite_deps, tmp_path)
    waves, rings = [], []
    for _ in range(200):
        asked = fleet.speaks()
        if asked:
            waves.append(asked)
        row = sqlite_deps.releases.row(number)
        assert row is not None
        if row.ring not in rings:
            rings.append(row.ring)
        if row.state == ReleaseState.DONE:
            break
        clock.time += PROVEN_AFTER / 2
    assert rings == ["test", "early", "all"]
    assert state_of(sqlite_deps, number) == ReleaseState.DONE
    assert fleet.running(number) == len(fleet.kiosks)
    assert waves[0] == at_risk(len(fleet.kiosks)) and max(waves) > 10 * waves[0]


def test_who_is_not_in_the_ring_that_was_reached_is_not_asked(
    sqlite_deps: Deps, clock: FakeClock, tmp_path: Path
) -> None:
    fleet = Fleet(sqlite_deps, clock, 6, test=2)
    number = release(sqlite_deps, tmp_path)
    for _ in range(3):
        fleet.speaks()
    assert {row.ring for row in sqlite_deps.releases.kiosks(number)} == {"test"}


def test_a_night_in_which_nobody_is_heard_proves_nothing(sqlite_deps: Deps, clock: FakeClock, tmp_path: Path) -> None:
    Fleet(sqlite_deps, clock, 6, test=2)
    clock.pass_time(hours=9)
    number = release(sqlite_deps, tmp_path)
    sqlite_deps.releases.rollout.look()
    row = sqlite_deps.releases.row(number)
    assert row is not None and (row.state, row.ring) == (ReleaseState.ROLLING, "test")


def test_a_roll_out_goes_on_where_it_was_after_the_server_started_again(
    sqlite_settings: ServerSettings, clock: FakeClock, tmp_path: Path
) -> None:
    deps = build_deps(sqlite_settings, clock=clock)
    fleet = Fleet(deps, clock, 10)
    number = release(deps, tmp_path)
    fleet.speaks()
    fleet.speaks()
    before = deps.releases.counts(number), state_of(deps, number)
    close_deps(deps)
    again = build_deps(sqlite_settings, clock=clock)
    try:
        fleet.deps = again
        assert (again.releases.counts(number), state_of(again, number)) == before
        assert fleet.speaks() == 0, "the one that tries it is still waited for"
        clock.time += PROVEN_AFTER
        assert fleet.speaks() == 1
    finally:
        close_deps(again)


# --- what somebody does -------------------------------------------------------------------------------------------


def test_pausing_asks_nobody_else_and_going_on_does(sqlite_deps: Deps, clock: FakeClock, tmp_path: Path) -> None:
    fleet = Fleet(sqlite_deps, clock, 10)
    number = release(sqlite_deps, tmp_path)
    fleet.speaks()
    assert sqlite_deps.releases.pause(number, OPERATOR) is ReleaseOutcome.DONE
    assert sqlite_deps.releases.pause(number, OPERATOR) is ReleaseOutcome.NOT_NOW
    for _ in range(4):
        fleet.speaks()
        clock.time += PROVEN_AFTER
    assert sqlite_deps.releases.counts(number).touched == 1
    assert sqlite_deps.releases.go_on(number, OPERATOR) is ReleaseOutcome.DONE
    assert fleet.speaks() == 1
    assert sqlite_deps.releases.go_on(99, OPERATOR) is ReleaseOutcome.NO_SUCH_RELEASE


def test_after_a_stop_it_goes_on_when_somebody_looked_and_stops_at_the_next_failure(
    sqlite_deps: Deps, clock: FakeClock, tmp_path: Path
) -> None:
    fleet = Fleet(sqlite_deps, clock, 10)
    number = release(sqlite_deps, tmp_path)
    for _ in range(3):
        fleet.speaks(lambda _: True)
    assert state_of(sqlite_deps, number) == ReleaseState.STOPPED
    sqlite_deps.releases.go_on(number, OPERATOR)
    for _ in range(3):
        fleet.speaks(lambda _: True)
    assert state_of(sqlite_deps, number) == ReleaseState.STOPPED
    assert sqlite_deps.releases.counts(number).failed == 2


def test_taken_back_the_release_before_is_wanted_again_and_the_signed_list_has_it_no_more(
    sqlite_deps: Deps, clock: FakeClock, tmp_path: Path
) -> None:
    fleet = Fleet(sqlite_deps, clock, 2)
    first = release(sqlite_deps, tmp_path, "1.0")
    _let_through(fleet, clock)
    second = release(sqlite_deps, tmp_path, "2.0")
    fleet.speaks()
    fleet.speaks()
    assert fleet.running(second) == 1
    assert sqlite_deps.releases.take_back(second, OPERATOR, "crashes") is ReleaseOutcome.DONE
    assert sqlite_deps.releases.take_back(second, OPERATOR) is ReleaseOutcome.NOT_NOW
    assert f"release-{second}.json" not in sqlite_deps.packs._tuf.names()
    assert fleet.speaks() == 1
    fleet.speaks()
    assert fleet.running(first) == 2


def test_a_newer_release_takes_the_place_of_one_that_is_on_its_way(
    sqlite_deps: Deps, clock: FakeClock, tmp_path: Path
) -> None:
    fleet = Fleet(sqlite_deps, clock, 4)
    first, second = release(sqlite_deps, tmp_path, "1.0"), release(sqlite_deps, tmp_path, "2.0")
    assert (state_of(sqlite_deps, first), state_of(sqlite_deps, second)) == ("replaced", "rolling")
    _let_through(fleet, clock)
    assert fleet.running(second) == 4


def _let_through(fleet: Fleet, clock: FakeClock) -> None:
    for _ in range(20):
        fleet.speaks()
        clock.time += PROVEN_AFTER / 2


# --- how a kiosk is judged ----------------------------------------------------------------------------------------


def _said(deps: Deps, one: SimulatedKiosk) -> int | None:
    answer = deps.heartbeats.take([Beat(one.id, one.beat(deps.clock.now()))])[0]
    assert answer is not None
    return None if answer.release is None else answer.release.number


@pytest.fixture
def one(deps: Deps, clock: FakeClock, tmp_path: Path) -> SimulatedKiosk:
    """Of two; the other one is silent. On both databases, by whole heartbeats."""
    return Fleet(deps, clock, 2).kiosks[0]


def test_a_heartbeat_brings_the_release_and_is_judged(
    deps: Deps, one: SimulatedKiosk, clock: FakeClock, tmp_path: Path
) -> None:
    assert _said(deps, one) is None
    number = release(deps, tmp_path)
    assert (_said(deps, one), step_of(deps, number, one.id)) == (number, KioskStep.OFFERED)
    one.program = ProgramState(number=number, trying=True)
    assert (_said(deps, one), step_of(deps, number, one.id)) == (number, KioskStep.TRYING)
    one.program = ProgramState(number=number)
    clock.time += PROVEN_AFTER
    assert (_said(deps, one), step_of(deps, number, one.id)) == (number, KioskStep.PROVEN)
    assert deps.releases.running() == {number: 1, 0: 1}


def test_a_device_that_failed_with_it_is_worse_when_it_stays_so(
    deps: Deps, one: SimulatedKiosk, clock: FakeClock, tmp_path: Path
) -> None:
    number = release(deps, tmp_path)
    one.components = [component("scanner", "UNAVAILABLE")]
    _said(deps, one)
    one.program = ProgramState(number=number)
    one.components = [component("scanner", "UNAVAILABLE"), component("printer", "UNAVAILABLE")]
    for _ in range(2):
        _said(deps, one)
        clock.time += WORSE_AFTER / 2
    assert step_of(deps, number, one.id) == KioskStep.TRYING
    assert _said(deps, one) is None
    row = deps.releases.kiosks(number)[0]
    assert (row.state, row.before, row.after) == (KioskStep.FAILED, ["scanner"], ["printer", "scanner"])
    assert "printer" in row.reason and "scanner" not in row.reason


@pytest.mark.parametrize(("tries", "after"), [(True, SILENT_AFTER), (False, AWAY_AFTER)])
def test_a_kiosk_that_is_not_heard_any_more_counts_as_worse(
    deps: Deps, one: SimulatedKiosk, clock: FakeClock, tmp_path: Path, tries: bool, after: object
) -> None:
    number = release(deps, tmp_path)
    _said(deps, one)
    if tries:
        one.program = ProgramState(number=number, trying=True)
        _said(deps, one)
    clock.time += after
    deps.releases.rollout.look()
    assert step_of(deps, number, one.id) != KioskStep.FAILED
    clock.pass_time(seconds=1)
    deps.releases.rollout.look()
    assert (step_of(deps, number, one.id), deps.releases.kiosks(number)[0].reason) == (KioskStep.FAILED, SILENT)
    assert state_of(deps, number) == ReleaseState.STOPPED


def test_a_kiosk_that_says_nothing_of_its_program_is_not_asked(deps: Deps, one: SimulatedKiosk, tmp_path: Path) -> None:
    number = release(deps, tmp_path)
    heartbeat = one.beat(deps.clock.now()).model_copy(update={"program": None})
    assert deps.heartbeats.take([Beat(one.id, heartbeat)])[0].release is None  # type: ignore[union-attr]
    assert deps.releases.counts(number).touched == 0


# --- what is no release -------------------------------------------------------------------------------------------


def test_a_release_lists_each_file_once_by_its_hash(sqlite_deps: Deps, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "one", **{"copy.so": b"library"})
    number = sqlite_deps.releases.publish(of_folder(folder), " 1.0 ", OPERATOR)
    path = sqlite_deps.settings.data / "packs" / f"release-{number}.json"
    manifest = ReleaseManifest.model_validate_json(path.read_bytes())
    assert (manifest.version, [one.path for one in manifest.files if one.run]) == ("1.0", ["kiosk"])
    assert len(manifest.files) == 3 and len({one.sha256 for one in manifest.files}) == 2
    kept = sqlite_deps.releases.files.path(manifest.files[0].sha256)
    assert kept is not None and sqlite_deps.releases.files.path("../keys") is None


def test_what_is_no_release_is_refused_in_words(sqlite_deps: Deps, tmp_path: Path) -> None:
    good = of_folder(folder_of(tmp_path / "good"))
    with pytest.raises(ReleaseRefused, match="no folder"):
        of_folder(tmp_path / "nowhere")
    with pytest.raises(ReleaseRefused, match="no program called kiosk"):
        sqlite_deps.releases.publish([one for one in good if one.path != "kiosk"], "1.0", OPERATOR)
    with pytest.raises(ReleaseRefused, match="needs a version"):
        sqlite_deps.releases.publish(good, "  ", OPERATOR)
    with pytest.raises(ReleaseRefused, match="twice"):
        sqlite_deps.releases.publish([*good, good[0]], "1.0", OPERATOR)
    (tmp_path / "good" / "release.json").write_text("{}")
    with pytest.raises(ReleaseRefused, match="cannot be called"):
        of_folder(tmp_path / "good")
    assert sqlite_deps.releases.rows() == []


def test_a_file_at_the_limit_is_taken_and_one_above_is_not(sqlite_deps: Deps, tmp_path: Path) -> None:
    from server.fleet.releases.releases import _check

    folder = folder_of(tmp_path / "large")
    with (folder / "kiosk").open("r+b") as file:
        file.truncate(FILE_BYTES)
    _check(of_folder(folder), "1")
    with (folder / "kiosk").open("r+b") as file:
        file.truncate(FILE_BYTES + 1)
    with pytest.raises(ReleaseRefused, match="more than 200,000,000"):
        _check(of_folder(folder), "1")


def test_the_operators_command_releases_a_folder_and_refuses_one_without_a_program(
    sqlite_settings: ServerSettings, tmp_path: Path
) -> None:
    data = str(sqlite_settings.data)
    made = command("server", "release", str(folder_of(tmp_path / "kiosk")), "1.1", "--data", data)
    assert (made.returncode, "/fleet/releases/1" in made.stdout) == (0, True), made.stderr
    (tmp_path / "empty").mkdir()
    refused = command("server", "release", str(tmp_path / "empty"), "1.2", "--data", data)
    assert (refused.returncode, "nothing was released" in refused.stderr) == (1, True), refused.stderr
    deps = build_deps(sqlite_settings)
    with deps.engine.connect() as connection:
        versions = connection.execute(select(tables.releases.c.version)).scalars().all()
    close_deps(deps)
    assert versions == ["1.1"]
