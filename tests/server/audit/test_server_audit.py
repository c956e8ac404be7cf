"""The audit log: whoever changes, cuts or adds is found out, also when everything at the server is set back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, select, update

from protocol import merkle
from protocol.checkpoints import Checkpoint, Refusal, Witnessed
from protocol.messages import Heartbeat, HeartbeatAnswer
from server.audit import audit
from server.audit import verification as audit_verify
from server.audit.proofs import TILE, LogTooShort, Proofs
from server.audit.verification import Statement, Verdict
from server.deps import Deps
from server.fleet.alarms import AlarmKind
from server.fleet.heartbeats import Beat
from server.foundation.keys import KeyMissing, load_keys, move_audit_key
from server.operator.operations import OperationRefused, carry_out
from server.storage import tables
from tests.server.case_kit import enrolled_kiosk
from tests.server.kiosk_client import TestKiosk

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def fill(deps: Deps, number: int) -> None:
    with deps.engine.begin() as connection:
        audit.append(connection, NOW, [audit.Entry("officer-1", "case.read", f"case:{i}") for i in range(number)])


def point(deps: Deps) -> Checkpoint:
    with deps.engine.begin() as connection:
        made = audit.checkpoint(connection, NOW, "http://city", deps.keys.audit)
    assert made is not None
    return made


def verified(deps: Deps) -> audit_verify.Verification:
    """As the page and the command do it, with all witnesses."""
    with deps.engine.connect() as connection:
        return audit_verify.verify(connection, deps.keys.audit_public, deps.witnesses.statements(connection))


def problems(deps: Deps) -> list[str]:
    return verified(deps).words()


def cut(connection: Connection, size: int, leaves: list[bytes]) -> None:
    """Everything that the database knows is set back to the first ``size`` entries, consistently."""
    log, checkpoint = tables.audit_log, tables.checkpoints
    connection.execute(delete(log).where(log.c.seq >= size))
    connection.execute(delete(checkpoint).where(checkpoint.c.size > size))
    peaks: list[bytes] = []
    for index, leaf in enumerate(leaves[:size]):
        merkle.push(peaks, index, leaf)
    connection.execute(update(tables.audit_tree).values(size=size, peaks=b"".join(peaks)))
    connection.execute(update(tables.kiosks).values(witness=None, witness_problem=""))


def leaves(connection: Connection) -> list[bytes]:
    return list(connection.execute(select(tables.audit_log.c.leaf_hash).order_by(tables.audit_log.c.seq)).scalars())


def beat(deps: Deps, kiosk: TestKiosk, witnessed: Witnessed) -> HeartbeatAnswer:
    reported = Heartbeat.model_validate(kiosk.heartbeat(witnessed=witnessed.model_dump(mode="json")))
    (answer,) = deps.heartbeats.take([Beat(kiosk.id, reported)])
    assert answer is not None
    return answer


def alarms(deps: Deps, kiosk: TestKiosk) -> dict[str, str]:
    view = deps.presence.kiosk(kiosk.id)
    assert view is not None
    return {alarm.kind: alarm.detail for alarm in view.alarms}


# --- what the server finds by itself -------------------------------------------------------------------------------


def test_a_log_that_nobody_touched_holds(deps: Deps) -> None:
    fill(deps, 5)
    point(deps)
    fill(deps, 3)
    point(deps)
    assert (problems(deps), verified(deps).holds) == ([], True)


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "nobody"},
        {"action": "case.other"},
        {"object": "case:other"},
        {"details": {"reason": "another"}},
        {"at": datetime(2026, 11, 24, 9, tzinfo=UTC)},
        {"leaf_hash": bytes(32)},
    ],
)
def test_whatever_is_changed_of_any_entry_names_it(deps: Deps, change: dict[str, Any]) -> None:
    fill(deps, 5)
    with deps.engine.connect() as connection:
        size = len(leaves(connection))
    for seq in range(size):
        with deps.engine.connect() as connection:
            connection.execute(update(tables.audit_log).where(tables.audit_log.c.seq == seq).values(change))
            found = audit_verify.verify(connection, deps.keys.audit_public)
            connection.rollback()
        assert [str(one) for one in found.problems][:1] == [f"entry {seq} was altered"]


def test_any_entry_that_is_deleted_is_named(deps: Deps) -> None:
    fill(deps, 5)
    point(deps)
    with deps.engine.connect() as connection:
        size = len(leaves(connection))
    for seq in range(size):
        with deps.engine.connect() as connection:
            connection.execute(delete(tables.audit_log).where(tables.audit_log.c.seq == seq))
            found = audit_verify.verify(connection, deps.keys.audit_public)
            connection.rollback()
        words = [str(one) for one in found.problems]
        gap, tail = f"entries from {seq} to {seq} are missing", f"the log has {size - 1} entries, its tree {size}"
        assert any(one == gap or one.startswith(tail) for one in words), words


def test_an_entry_altered_together_with_its_leaf_contradicts_the_checkpoint(deps: Deps) -> None:
    fill(deps, 5)
    size = point(deps).size
    with deps.engine.begin() as connection:
        row = dict(connection.execute(select(tables.audit_log).where(tables.audit_log.c.seq == 2)).mappings().one())
        row["actor"] = "nobody"
        connection.execute(
            update(tables.audit_log)
            .where(tables.audit_log.c.seq == 2)
            .values(actor="nobody", leaf_hash=audit.leaf_hash(row))
        )
    assert f"the log contradicts its checkpoint at {size}" in problems(deps)


def test_peaks_of_other_entries_are_found(deps: Deps) -> None:
    fill(deps, 5)
    with deps.engine.begin() as connection:
        peaks = connection.execute(select(tables.audit_tree.c.peaks)).scalar_one()
        connection.execute(update(tables.audit_tree).values(peaks=bytes(len(peaks))))
    (problem,) = problems(deps)
    assert "its tree" in problem


def test_a_checkpoint_of_another_key_is_found(deps: Deps, tmp_path_factory: pytest.TempPathFactory) -> None:
    fill(deps, 2)
    other = load_keys(tmp_path_factory.mktemp("other"))
    with deps.engine.begin() as connection:
        audit.checkpoint(connection, NOW, "http://city", other.audit)
    assert len(problems(deps)) == 1


def test_nothing_new_needs_no_checkpoint_and_a_cut_log_gets_none(deps: Deps) -> None:
    fill(deps, 3)
    size = point(deps).size
    with deps.engine.begin() as connection:
        assert audit.checkpoint(connection, NOW, "http://city", deps.keys.audit) is None
        connection.execute(update(tables.audit_tree).values(size=size - 1))
        assert audit.checkpoint(connection, NOW, "http://city", deps.keys.audit) is None


def test_many_altered_entries_are_counted(deps: Deps) -> None:
    fill(deps, audit_verify.NAMED_PROBLEMS + 7)
    with deps.engine.begin() as connection:
        connection.execute(update(tables.audit_log).values(actor="nobody"))
        size = connection.execute(select(func.count()).select_from(tables.audit_log)).scalar_one()
    assert f"{size - audit_verify.NAMED_PROBLEMS} more entries were altered" in problems(deps)


# --- the witnesses -------------------------------------------------------------------------------------------------


def test_a_kiosk_is_offered_what_it_does_not_hold_with_a_proof(deps: Deps) -> None:
    kiosk = enrolled_kiosk(deps)
    fill(deps, 5)
    old = point(deps)
    first = beat(deps, kiosk, Witnessed()).checkpoint
    fill(deps, 6)
    new = point(deps)
    second = beat(deps, kiosk, Witnessed(held=old)).checkpoint
    assert first is not None
    assert (first.checkpoint, first.proof) == (old, ())
    assert first.key.certified_by(deps.keys.badge_public)
    assert second is not None
    assert second.checkpoint == new
    assert merkle.consistent(old.size, old.root, new.size, new.root, second.proof)
    assert beat(deps, kiosk, Witnessed(held=new)).checkpoint is None


def test_an_older_kiosk_is_offered_nothing(deps: Deps) -> None:
    kiosk = enrolled_kiosk(deps)
    fill(deps, 1)
    point(deps)
    (answer,) = deps.heartbeats.take([Beat(kiosk.id, Heartbeat.model_validate(kiosk.heartbeat()))])
    assert answer is not None and answer.checkpoint is None


def test_a_tail_that_was_cut_is_shown_by_a_kiosk_that_knows_more(deps: Deps) -> None:
    first, second = enrolled_kiosk(deps, "Kios Satu"), enrolled_kiosk(deps, "Kios Dua")
    fill(deps, 5)
    early = point(deps)
    fill(deps, 5)
    late = point(deps)
    with deps.engine.begin() as connection:
        cut(connection, early.size, leaves(connection))
    assert verified(deps).holds  # with the database in hand, everything was set back
    beat(deps, second, Witnessed(held=early))
    assert problems(deps) == []
    beat(deps, first, Witnessed(held=late))
    assert problems(deps) == [
        f"Kios Satu has seen {late.size} entries, the log has {early.size}: "
        f"entries from {early.size} to {late.size - 1} were cut"
    ]
    assert [(one.statement.name, one.verdict) for one in verified(deps).witnesses] == [
        ("Kios Satu", Verdict.KNOWS_MORE),
        ("Kios Dua", Verdict.AGREES),
    ]
    assert alarms(deps, first)[AlarmKind.LOG_CONTRADICTED] == f"SHRUNK {early.size}"
    assert AlarmKind.LOG_CONTRADICTED not in alarms(deps, second)


def test_a_log_rewritten_and_signed_anew_contradicts_a_kiosk(deps: Deps) -> None:
    kiosk = enrolled_kiosk(deps, "Kios Saksi")
    fill(deps, 5)
    held = point(deps)
    with deps.engine.begin() as connection:
        cut(connection, 0, [])
    fill(deps, held.size + 3)
    point(deps)
    assert problems(deps) == []
    offered = beat(deps, kiosk, Witnessed(held=held)).checkpoint
    assert offered is not None
    assert not merkle.consistent(held.size, held.root, offered.checkpoint.size, offered.checkpoint.root, offered.proof)
    assert problems(deps) == [
        f"Kios Saksi has seen {held.size} entries that are not the log's first {held.size}: one of them was changed"
    ]


def test_what_a_kiosk_refused_is_an_alarm_until_it_agrees(deps: Deps) -> None:
    kiosk = enrolled_kiosk(deps, "Kios Saksi")
    fill(deps, 5)
    held = point(deps)
    beat(deps, kiosk, Witnessed(held=held, refused=held, refusal=Refusal.SPLIT))
    assert alarms(deps, kiosk)[AlarmKind.LOG_CONTRADICTED] == f"SPLIT {held.size}"
    assert [one.verdict for one in verified(deps).against] == [Verdict.COMPLAINS]
    beat(deps, kiosk, Witnessed(held=held))
    assert (alarms(deps, kiosk), problems(deps)) == ({}, [])


def test_the_highest_checkpoint_of_a_kiosk_stays_when_the_kiosk_lost_its_own(deps: Deps) -> None:
    kiosk = enrolled_kiosk(deps, "Kios Saksi")
    fill(deps, 5)
    early = point(deps)
    fill(deps, 5)
    held = point(deps)
    beat(deps, kiosk, Witnessed(held=held))
    beat(deps, kiosk, Witnessed())
    beat(deps, kiosk, Witnessed(held=early))
    assert [one.statement.held for one in verified(deps).witnesses] == [held]


def test_a_kiosk_that_makes_a_checkpoint_up_proves_nothing(deps: Deps) -> None:
    kiosk = enrolled_kiosk(deps)
    fill(deps, 5)
    made_up = {**point(deps).model_dump(mode="json"), "size": 1000}
    beat(deps, kiosk, Witnessed(held=Checkpoint.model_validate(made_up)))
    assert (alarms(deps, kiosk), verified(deps).witnesses) == ({}, ())


def test_a_checkpoint_from_outside_is_a_witness_as_well(deps: Deps) -> None:
    fill(deps, 5)
    outside = point(deps)
    with deps.engine.begin() as connection:
        cut(connection, 2, leaves(connection))
    with deps.engine.connect() as connection:
        found = audit_verify.verify(connection, deps.keys.audit_public, [Statement("outside", outside)])
    assert [one.verdict for one in found.against] == [Verdict.KNOWS_MORE]


def test_after_a_restore_the_operator_tells_the_kiosks_to_go_on_and_the_log_keeps_it(deps: Deps) -> None:
    kiosk = enrolled_kiosk(deps, "Kios Saksi")
    fill(deps, 5)
    early = point(deps)
    fill(deps, 5)
    held = point(deps)
    with deps.engine.begin() as connection:
        cut(connection, early.size, leaves(connection))
    beat(deps, kiosk, Witnessed(held=held))
    done = carry_out(deps, "audit-restart", {"reason": "backup of Tuesday"})
    assert (done["they knew"], done["entries"]) == (str(held.size), str(early.size + 1))
    offered = beat(deps, kiosk, Witnessed(held=held)).checkpoint
    assert offered is not None and offered.restart is not None
    assert offered.restart.said_by(deps.keys.badge_public)
    beat(deps, kiosk, Witnessed(held=offered.checkpoint, restarts=1))
    assert (problems(deps), alarms(deps, kiosk)) == ([], {})
    assert [(one.verdict, one.statement.restarts) for one in verified(deps).witnesses] == [(Verdict.AGREES, 1)]
    with deps.engine.connect() as connection:
        log = tables.audit_log.c
        (details,) = connection.execute(select(log.details).where(log.action == "audit.restart")).scalars()
    assert details == {"reason": "backup of Tuesday", "entries": early.size, "known": held.size}


@pytest.mark.parametrize(("reason", "words"), [("", "say why"), ("because", "no kiosk contradicts")])
def test_without_reason_or_need_no_kiosk_is_asked_to_let_go(deps: Deps, reason: str, words: str) -> None:
    with pytest.raises(OperationRefused, match=words):
        carry_out(deps, "audit-restart", {"reason": reason})


def test_a_log_that_does_not_hold_by_itself_is_not_begun_anew(deps: Deps) -> None:
    fill(deps, 3)
    with deps.engine.begin() as connection:
        connection.execute(update(tables.audit_log).where(tables.audit_log.c.seq == 1).values(actor="nobody"))
    with pytest.raises(OperationRefused, match="entry 1 was altered"):
        carry_out(deps, "audit-restart", {"reason": "because"})


# --- proofs of a long log ------------------------------------------------------------------------------------------


def test_proofs_over_tiles_are_those_of_the_whole_tree(deps: Deps) -> None:
    size = 3 * TILE + 9
    fill(deps, size)
    with deps.engine.connect() as connection:
        all_leaves = leaves(connection)
    proofs = Proofs(deps.engine)
    sizes = [1, 2, TILE - 1, TILE, TILE + 1, 2 * TILE, 2 * TILE + 1, 3 * TILE - 1, 3 * TILE, 3 * TILE + 8, size]
    for old in sizes:
        for new in (one for one in sizes if one >= old):
            roots = merkle.root_of(all_leaves[:old]), merkle.root_of(all_leaves[:new])
            proof = proofs.consistency(old, new)
            assert merkle.consistent(old, roots[0], new, roots[1], proof)
            assert not merkle.consistent(old, bytes(32), new, roots[1], proof)


def test_no_proof_is_made_of_entries_that_are_missing(deps: Deps) -> None:
    fill(deps, 10)
    with deps.engine.begin() as connection:
        connection.execute(delete(tables.audit_log).where(tables.audit_log.c.seq == 4))
    with pytest.raises(LogTooShort):
        Proofs(deps.engine).consistency(3, 8)
    with pytest.raises(IndexError):
        Proofs(deps.engine).consistency(9, 8)


# --- the key -------------------------------------------------------------------------------------------------------


def test_the_checkpoints_key_can_lie_apart_from_the_data(tmp_path: Path) -> None:
    folder, apart = tmp_path / "keys", tmp_path / "usb" / "audit.key"
    before = load_keys(folder)
    apart.parent.mkdir()
    with pytest.raises(KeyMissing, match=r"server audit-key"):
        load_keys(folder, apart)
    assert move_audit_key(folder, apart)
    assert load_keys(folder, apart).audit == before.audit
    assert not (folder / "audit.key").exists()
    with pytest.raises(FileExistsError):
        move_audit_key(folder, apart)


@pytest.mark.parametrize("content", [None, b"", b"x" * 31])
def test_a_medium_that_is_not_mounted_makes_no_new_key(tmp_path: Path, content: bytes | None) -> None:
    apart = tmp_path / "audit.key"
    if content is not None:
        apart.write_bytes(content)
    with pytest.raises(KeyMissing):
        load_keys(tmp_path / "keys", apart)
    assert (apart.read_bytes() if apart.exists() else None) == content
