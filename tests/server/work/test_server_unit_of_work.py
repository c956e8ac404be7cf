"""Units of work: rows, log and feed together or not at all, hints after the commit, and nobody beside them."""

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import event, func, select

from protocol.messages import FeedType
from server.app import build_deps, close_deps
from server.deps import Deps
from server.foundation import feed
from server.foundation.actors import OPERATOR, SYSTEM, Actor, kiosk_actor
from server.foundation.bus import FLEET, PACKS, Bus, Hint, feed_topic
from server.settings import ServerSettings
from server.storage import tables
from server.work.unit_of_work import UnitEnded, UnitOfWork, UnitsOfWork
from tests.server.conftest import FakeClock
from tests.server.foundation.test_server_feed import enrolled
from tests.server.running import RunningServer
from tests.server.work.written_by_hand import AT_HOME, ROOT, found

ENVELOPES = 50


class HearingBus(Bus):
    """Notes each hint, and how many entries the log had for somebody else when it came."""

    def __init__(self, deps: Deps) -> None:
        super().__init__()
        self._deps = deps
        self.heard: list[Hint] = []
        self.log_when_heard: list[int] = []

    def publish_all(self, hints: Sequence[Hint]) -> None:
        self.heard += hints
        self.log_when_heard += [log_size(self._deps)] * len(hints)


@pytest.fixture
def bus(deps: Deps) -> HearingBus:
    return HearingBus(deps)


@pytest.fixture
def units(deps: Deps, bus: HearingBus) -> UnitsOfWork:
    return UnitsOfWork(deps.engine, deps.clock, bus)


@pytest.fixture
def on_postgresql(postgresql_settings: ServerSettings, clock: FakeClock) -> Iterator[Deps]:
    deps = build_deps(postgresql_settings, clock=clock)
    yield deps
    close_deps(deps)


def log_size(deps: Deps) -> int:
    with deps.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(tables.audit_log)).scalar_one()


def events(deps: Deps, kiosk_id: str) -> int:
    with deps.engine.connect() as connection:
        return feed.page(connection, kiosk_id, 0).head


def write_all(work: UnitOfWork, kiosk_id: str) -> None:
    work.to_kiosk(kiosk_id, FeedType.SETTINGS, {"idle_s": 60})
    work.audit("kiosks.settings", "kiosks")
    work.hint(FLEET, kiosk_id)


class Failed(Exception):
    pass


# --- hints after the commit ----------------------------------------------------------------------------------------


def test_hints_come_after_the_commit_in_their_order_each_once(deps: Deps, units: UnitsOfWork, bus: HearingBus) -> None:
    kiosk_id, before = enrolled(deps), log_size(deps)
    with units.begin(OPERATOR) as work:
        write_all(work, kiosk_id)
        write_all(work, kiosk_id)
        work.hint(PACKS)
        assert bus.heard == []
    assert bus.heard == [Hint(feed_topic(kiosk_id)), Hint(FLEET, kiosk_id), Hint(PACKS)]
    assert set(bus.log_when_heard) == {before + 2}


def test_whoever_fails_leaves_nothing(deps: Deps, units: UnitsOfWork, bus: HearingBus) -> None:
    kiosk_id = enrolled(deps)
    before = log_size(deps), events(deps, kiosk_id)
    with pytest.raises(Failed), units.begin(OPERATOR) as work:
        write_all(work, kiosk_id)
        work.write_log()
        raise Failed
    assert (log_size(deps), events(deps, kiosk_id)) == before
    assert bus.heard == []


def test_a_commit_that_fails_gives_no_hint(deps: Deps, units: UnitsOfWork, bus: HearingBus) -> None:
    kiosk_id, before = enrolled(deps), log_size(deps)

    def refuse(_: object) -> None:
        raise Failed

    event.listen(deps.engine, "commit", refuse)
    with pytest.raises(Failed), units.begin(OPERATOR) as work:
        write_all(work, kiosk_id)
    with pytest.raises(Failed):
        units.run(OPERATOR, lambda work: write_all(work, kiosk_id))
    event.remove(deps.engine, "commit", refuse)
    assert bus.heard == []
    assert log_size(deps) == before


def test_what_is_returned_early_is_committed_and_reported(deps: Deps, units: UnitsOfWork, bus: HearingBus) -> None:
    kiosk_id, before = enrolled(deps), log_size(deps)

    def act() -> str:
        with units.begin(OPERATOR) as work:
            write_all(work, kiosk_id)
            return "done"

    assert act() == "done"
    assert log_size(deps) == before + 1
    assert Hint(FLEET, kiosk_id) in bus.heard


def test_a_step_after_the_commit_has_its_turn_and_may_begin_another_unit(
    deps: Deps, units: UnitsOfWork, bus: HearingBus
) -> None:
    def another() -> None:
        with units.begin(SYSTEM) as work:
            work.hint("of the other")

    def act(work: UnitOfWork) -> None:
        work.hint("first")
        work.after_commit(another)
        work.hint("last")

    units.run(OPERATOR, act)
    assert [hint.topic for hint in bus.heard] == ["first", "of the other", "last"]


# --- tried again ---------------------------------------------------------------------------------------------------


def test_a_unit_that_is_tried_again_writes_and_publishes_once(on_postgresql: Deps) -> None:
    deps, bus = on_postgresql, HearingBus(on_postgresql)
    units, kiosk_id = UnitsOfWork(deps.engine, deps.clock, bus), enrolled(deps)
    before, tries = (log_size(deps), events(deps, kiosk_id)), []

    def act(work: UnitOfWork) -> int:
        tries.append(work)
        write_all(work, kiosk_id)
        work.after_commit(lambda: bus.publish_now("step"))
        if len(tries) < 3:
            # As PostgreSQL says it when it ends one of two that wait for each other.
            work.connection.exec_driver_sql("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$")
        return len(tries)

    assert units.run(OPERATOR, act) == 3
    assert (log_size(deps), events(deps, kiosk_id)) == (before[0] + 1, before[1] + 1)
    assert bus.heard == [Hint(feed_topic(kiosk_id)), Hint(FLEET, kiosk_id), Hint("step")]


def test_a_savepoint_takes_back_its_entries_and_hints_alone(deps: Deps, units: UnitsOfWork, bus: HearingBus) -> None:
    kiosk_id = enrolled(deps)
    before = log_size(deps), events(deps, kiosk_id)
    with units.begin(OPERATOR) as work:
        work.audit("kept", "kiosks")
        work.hint("kept")
        with pytest.raises(Failed), work.savepoint():
            write_all(work, kiosk_id)
            raise Failed
        with work.savepoint():
            work.audit("kept too", "kiosks")
            work.hint("kept too")
    assert (log_size(deps), events(deps, kiosk_id)) == (before[0] + 2, before[1])
    assert [hint.topic for hint in bus.heard] == ["kept", "kept too"]


def test_what_comes_after_the_end_is_refused(units: UnitsOfWork) -> None:
    with units.begin(OPERATOR) as work:
        pass
    for late in (lambda: work.hint(FLEET), lambda: work.audit("a", "b"), lambda: work.after_commit(lambda: None)):
        with pytest.raises(UnitEnded):
            late()


# --- what is written -----------------------------------------------------------------------------------------------


def test_the_log_names_the_units_actor_or_whoever_else_did_it(deps: Deps, units: UnitsOfWork) -> None:
    with units.begin(kiosk_actor("k")) as work:
        work.audit("one", "o")
        work.audit("two", "o", by=Actor("officer-1"))
    log = tables.audit_log.c
    with deps.engine.connect() as connection:
        rows = connection.execute(select(log.actor, log.action, log.at).order_by(log.seq.desc()).limit(2)).all()
    assert [tuple(row) for row in rows] == [("officer-1", "two", work.now), ("kiosk:k", "one", work.now)]


def test_an_event_for_all_reaches_each_kiosk_of_the_fleet(deps: Deps, units: UnitsOfWork, bus: HearingBus) -> None:
    kiosks = sorted([enrolled(deps, "Satu"), enrolled(deps, "Dua")])
    with units.begin(OPERATOR) as work:
        assert work.to_kiosks(FeedType.SETTINGS, {"idle_s": 60}) == kiosks
    assert bus.heard == [Hint(feed_topic(kiosk_id)) for kiosk_id in kiosks]


def test_fifty_submissions_are_written_with_the_statements_of_one(server: RunningServer) -> None:
    """Units of work cost no statement of their own."""
    counts, engine = [], server.deps.engine
    for number in (1, ENVELOPES):
        kiosk = server.kiosk()
        items = [kiosk.envelope(server.service()).item for _ in range(number)]
        statements: list[tuple[object, str]] = []

        def note(
            connection: object, _: object, statement: str, *_rest: object, into: list[tuple[object, str]] = statements
        ) -> None:
            into.append((connection, statement))

        event.listen(engine, "before_cursor_execute", note)
        assert kiosk.post("/v1/submissions", {"items": items}).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        # Of its own transaction: the server's chores go on beside it.
        (its_own,) = {one for one, statement in statements if statement.startswith("INSERT INTO submissions ")}
        counts.append(sum(one is its_own for one, _ in statements))
    assert counts[0] == counts[1]


# --- and nobody else -----------------------------------------------------------------------------------------------


def test_nothing_of_the_server_writes_log_or_feed_or_publishes_by_hand() -> None:
    by_hand = {
        f"{path.relative_to(ROOT)}:{line}: {kind}"
        for path in sorted((ROOT / "server").rglob("*.py"))
        for line, kind in found(path.read_text(encoding="utf-8"))
        if kind not in AT_HOME.get(str(path.relative_to(ROOT)), set())
    }
    assert not by_hand, "take a unit of work (server/work/unit_of_work.py) for:\n" + "\n".join(sorted(by_hand))


def test_what_is_at_home_somewhere_is_there() -> None:
    for path, kinds in AT_HOME.items():
        assert {kind for _, kind in found((ROOT / path).read_text(encoding="utf-8"))} == kinds, path


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("from server.audit import audit\naudit.append(connection, now, [])", "audit"),
        ("from server.audit import audit as log\nlog.append(connection, now, [])", "audit"),
        ("from server.audit.audit import append", "audit"),
        ("import server.audit.audit\nserver.audit.audit.append(connection, now, [])", "audit"),
        ("from server.audit import audit\nwrite = audit.append", "audit"),
        ("from server.foundation import feed\nfeed.append_to_all(connection, kind, {}, now)", "feed"),
        ("from server.foundation import bus, feed\nfeed.append(connection, kiosk, kind, {}, now)", "feed"),
        ("from server.foundation.feed import append_many as many", "feed"),
        ("from server.storage import tables\nconnection.execute(insert(tables.feed).values(n=1))", "feed"),
        ("from server.storage import tables\nconnection.execute(tables.feed.insert(), rows)", "feed"),
        ("from server.storage import tables\nlog = tables.audit_log\nconnection.execute(delete(log))", "audit"),
        ("from server.storage import tables\na, b = tables.kiosks, tables.audit_tree\nupdate(b)", "audit"),
        ("from server.storage.tables import audit_log\ninsert_new(connection, audit_log, row)", "audit"),
        ("connection.execute(text('INSERT INTO audit_log VALUES (1)'))", "audit"),
        ("self._bus.publish_now('fleet')", "hint"),
        ("self._bus.publish_all(hints)", "hint"),
        ("deps.bus.publish_now(bus.FLEET, kiosk_id)", "hint"),
        ("with deps.engine.begin() as connection: pass", "transaction"),
        ("with self._engine.begin() as connection: pass", "transaction"),
        ("from server.storage.transactions import in_transaction", "transaction"),
    ],
)
def test_the_check_finds_what_is_written_by_hand(source: str, kind: str) -> None:
    assert kind in {one for _, one in found(source)}


@pytest.mark.parametrize(
    "source",
    [
        "from server.storage import tables\nselect(tables.audit_log, tables.feed)",
        "from server.storage import tables\nconnection.execute(insert(tables.kiosks).values(id=1))",
        "from server.audit import audit\naudit.checkpoint(connection, now, origin, key)",
        "from server.foundation import feed\nfeed.page(connection, kiosk, 0)",
        "entries = []\nentries.append(1)\nself._packs.publish(content, actor)\nwork.hint(FLEET)",
        "with self._units.begin(actor) as work: pass",
    ],
)
def test_the_check_leaves_other_things_alone(source: str) -> None:
    assert found(source) == []
