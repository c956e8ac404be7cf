"""A kiosk as a witness of the audit log: it keeps the highest checkpoint, and what contradicts it is refused and reported."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from nacl.signing import SigningKey
from sqlalchemy import delete, select, update

from kiosk.store import Store
from protocol import checkpoints, merkle
from protocol.checkpoints import Checkpoint, Offer, Refusal
from server.audit import audit
from server.fleet.alarms import AlarmKind
from server.operator.chores import make_checkpoint
from server.storage import tables
from sync.down.witness import CHECKPOINT, Witness
from tests.kiosk.kiosk_kit import Bench, bench
from tests.sync.line_kit import OnLine, city_server, enrolled, kiosk_on_line, until

CITY_SEED = b"c" * 32
CITY_KEY = bytes(SigningKey(CITY_SEED).verify_key)
LOG_SEED = b"l" * 32
LEAVES = [bytes([number]) * 32 for number in range(16)]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


def offer(
    leaves: list[bytes], since: int = 0, *, seed: bytes = LOG_SEED, city: bytes = CITY_SEED, proof: bool = True
) -> Offer:
    """A log of these leaves, as an honest server with this database offers it."""
    root = merkle.root_of(leaves)
    signature = SigningKey(seed).sign(checkpoints.text("http://city", len(leaves), root)).signature
    key = checkpoints.certify(bytes(SigningKey(seed).verify_key), city)
    steps = consistency(leaves, since) if proof and 0 < since < len(leaves) else []
    return checkpoints.offer(checkpoints.make("http://city", len(leaves), root, signature), key, steps)


def consistency(leaves: list[bytes], old: int, whole: bool = True) -> list[bytes]:
    """RFC 6962 section 2.1.2, word for word."""
    if old == len(leaves):
        return [] if whole else [merkle.root_of(leaves)]
    left = merkle.split(len(leaves))
    if old <= left:
        return [*consistency(leaves[:left], old, whole), merkle.root_of(leaves[left:])]
    return [*consistency(leaves[left:], old - left, False), merkle.root_of(leaves[:left])]


def witness(store: Store) -> Witness:
    return Witness(store, CITY_KEY)


def held(store: Store) -> int:
    point = witness(store).held()
    return 0 if point is None else point.size


def test_a_longer_log_is_taken_by_its_proof(at: Bench) -> None:
    one = witness(at.store)
    for since, size in ((0, 3), (3, 7), (7, 8), (8, 16)):
        assert one.hear(offer(LEAVES[:size], since))
        assert (held(at.store), one.report().refusal) == (size, None)


@pytest.mark.parametrize(
    ("offered", "refusal"),
    [
        (offer(LEAVES[:7]), Refusal.SHRUNK),
        (offer([*LEAVES[:7], b"x" * 32]), Refusal.SPLIT),
        (offer([*LEAVES[:7], b"x" * 32, *LEAVES[8:12]], 8), Refusal.REWRITTEN),
        (offer(LEAVES[:12], 8, proof=False), Refusal.REWRITTEN),
        (offer(LEAVES[:12], 7), Refusal.REWRITTEN),
        (offer(LEAVES[:12], 8, city=b"o" * 32), Refusal.UNSIGNED),
    ],
)
def test_what_shrinks_contradicts_or_is_not_proved_is_refused(at: Bench, offered: Offer, refusal: Refusal) -> None:
    one = witness(at.store)
    one.hear(offer(LEAVES[:8]))
    assert one.hear(offered)
    assert not one.hear(offered), "the same again is no news"
    reported = one.report()
    assert (reported.refusal, reported.refused) == (refusal, offered.checkpoint)
    assert (reported.held.size if reported.held else 0) == 8


def test_a_checkpoint_under_another_ones_signature_is_refused(at: Bench) -> None:
    one = witness(at.store)
    good, other = offer(LEAVES[:8]), offer(LEAVES[:7])
    changed = good.checkpoint.model_copy(update={"signature": other.checkpoint.signature})
    one.hear(good.model_copy(update={"checkpoint": changed}))
    assert (held(at.store), one.report().refusal) == (0, Refusal.UNSIGNED)


# --- after a restore ---------------------------------------------------------------------------------------------------

#: What a backup of three entries became: the log lost some that kiosks have seen, and went on.
RESTORED = [*LEAVES[:3], *(bytes([100 + number]) * 32 for number in range(9))]


def set_back(size: int, start: int = 4, *, city: bytes = CITY_SEED, proof: bool = True) -> Offer:
    """The restored log at ``size``, with the city's word that it goes on from ``start`` entries."""
    now, then = offer(RESTORED[:size]), offer(RESTORED[:start])
    steps = consistency(RESTORED[:size], start) if proof and start < size else []
    return checkpoints.offer(now.checkpoint, now.key, [], checkpoints.restart(then.checkpoint, city), steps)


def test_after_a_restore_the_citys_word_lets_a_kiosk_go_on_and_it_tells_so_for_ever(at: Bench) -> None:
    one = witness(at.store)
    one.hear(offer(LEAVES[:8]))
    one.hear(offer(RESTORED[:5]))
    assert one.report().refusal is Refusal.SHRUNK
    assert one.hear(set_back(5))
    reported = one.report()
    assert (held(at.store), reported.refusal, reported.restarts) == (5, None, 1)
    one.hear(offer(RESTORED[:9], 5))
    assert (held(at.store), witness(at.store).report().restarts) == (9, 1)


@pytest.mark.parametrize("bad", [set_back(5, city=b"o" * 32), set_back(6, proof=False), set_back(6, start=7)])
def test_a_word_that_is_not_the_citys_or_names_another_log_is_worth_nothing(at: Bench, bad: Offer) -> None:
    one = witness(at.store)
    one.hear(offer(LEAVES[:8]))
    one.hear(bad)
    assert (held(at.store), one.report().restarts) == (8, 0)


def test_the_same_word_is_good_once(at: Bench) -> None:
    """Whoever cuts the log after a restore cannot use the restore's word for it."""
    one = witness(at.store)
    one.hear(offer(LEAVES[:8]))
    one.hear(set_back(5))
    one.hear(offer(RESTORED[:9], 5))
    one.hear(set_back(7))
    assert (held(at.store), one.report().refusal) == (9, Refusal.SHRUNK)


def test_a_kiosk_that_took_a_checkpoint_beside_the_word_needs_it_no_more(at: Bench) -> None:
    one = witness(at.store)
    one.hear(set_back(9))
    one.hear(set_back(7))
    assert (held(at.store), one.report().restarts) == (9, 0)


def test_it_is_kept_over_a_restart(tmp_path: Path) -> None:
    first = bench(tmp_path)
    witness(first.store).hear(offer(LEAVES[:8]))
    witness(first.store).hear(offer(LEAVES[:7]))
    first.close()
    again = bench(tmp_path)
    reported = witness(again.store).report()
    again.close()
    assert (reported.held.size if reported.held else 0, reported.refusal) == (8, Refusal.SHRUNK)


def test_the_refusal_ends_when_the_log_agrees_again(at: Bench) -> None:
    one = witness(at.store)
    one.hear(offer(LEAVES[:8]))
    for agreeing in (offer(LEAVES[:9], 8), offer(LEAVES[:9]), None):
        one.hear(offer(LEAVES[:7]))
        assert one.report().refusal is Refusal.SHRUNK
        assert one.hear(agreeing)
        assert one.report().refusal is None


def test_what_an_older_version_kept_counts(at: Bench) -> None:
    at.store.marks.set(CHECKPOINT, offer(LEAVES[:8]).checkpoint.model_dump(mode="json"))
    assert held(at.store) == 8


def test_a_server_whose_log_was_set_back_is_named_by_a_kiosk(tmp_path: Path) -> None:
    """The whole way: server, database set back in every table, restart, kiosk, alarm."""
    data = tmp_path / "server"
    with city_server(data) as server, ExitStack() as at_the_end:
        made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
        at_the_end.callback(made.stop)
        make_checkpoint(server.deps)
        made.line.start()
        early = until(lambda: _held(made))
        with server.deps.engine.begin() as connection:
            entries = [audit.Entry("officer-1", "case.read", "case:K7M29QXF4TRC")] * 5
            audit.append(connection, server.deps.clock.now(), entries)
        make_checkpoint(server.deps)
        until(lambda: (point := _held(made)) is not None and point.size > early.size)
        with server.deps.engine.begin() as connection:
            log, points = tables.audit_log, tables.checkpoints
            connection.execute(delete(log).where(log.c.seq >= early.size))
            connection.execute(delete(points).where(points.c.size > early.size))
            connection.execute(update(tables.kiosks).values(witness=None, witness_problem=""))
            kept = list(connection.execute(select(log.c.leaf_hash).order_by(log.c.seq)).scalars())
            peaks: list[bytes] = []
            for index, leaf in enumerate(kept):
                merkle.push(peaks, index, leaf)
            connection.execute(update(tables.audit_tree).values(size=early.size, peaks=b"".join(peaks)))

        def contradicted() -> str:
            view = server.deps.presence.kiosk(made.enrolment.kiosk_id)
            found = [one for one in view.alarms if one.kind == AlarmKind.LOG_CONTRADICTED] if view else []
            return str(found[0].detail) if found else ""

        detail = until(contradicted)
    assert detail.startswith(Refusal.SHRUNK.value)


def _held(made: OnLine) -> Checkpoint | None:
    return Witness(made.at.store, made.enrolment.city.badge_key).held()
