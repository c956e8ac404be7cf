"""The audit log: whoever changes, cuts or adds is found out."""

import hashlib
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select, update

from server import audit
from server.deps import Deps
from server.keys import load_keys
from server.storage import tables

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def fill(deps: Deps, number: int) -> None:
    with deps.engine.begin() as connection:
        audit.append(connection, NOW, [audit.Entry("officer-1", "case.read", f"case:{i}") for i in range(number)])


def point(deps: Deps) -> audit.Checkpoint:
    with deps.engine.begin() as connection:
        made = audit.checkpoint(connection, NOW, "http://city", deps.keys.audit)
    assert made is not None
    return made


def problems(deps: Deps, witness: audit.Checkpoint | None = None) -> list[str]:
    with deps.engine.connect() as connection:
        return audit.verify(connection, deps.keys.audit_public, witness)


def test_a_log_that_nobody_touched_holds(deps: Deps) -> None:
    fill(deps, 5)
    point(deps)
    fill(deps, 3)
    assert problems(deps, point(deps)) == []


def test_an_altered_entry_is_found(deps: Deps) -> None:
    fill(deps, 5)
    with deps.engine.begin() as connection:
        connection.execute(update(tables.audit_log).where(tables.audit_log.c.seq == 2).values(actor="nobody"))
    assert problems(deps) == ["entry 2 was altered"]


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
    assert problems(deps) == [f"the log contradicts its checkpoint at {size}"]


def test_a_missing_entry_is_found(deps: Deps) -> None:
    fill(deps, 5)
    with deps.engine.begin() as connection:
        connection.execute(delete(tables.audit_log).where(tables.audit_log.c.seq == 1))
    assert problems(deps) == ["entries from 1 to 1 are missing"]


def test_a_log_that_was_cut_contradicts_its_tree(deps: Deps) -> None:
    fill(deps, 5)
    with deps.engine.begin() as connection:
        newest = select(tables.audit_log.c.seq).order_by(tables.audit_log.c.seq.desc()).limit(1)
        connection.execute(
            delete(tables.audit_log).where(tables.audit_log.c.seq == connection.execute(newest).scalar_one())
        )
    (problem,) = problems(deps)
    assert "its tree" in problem


def test_a_log_rewritten_and_signed_anew_contradicts_a_witness(deps: Deps) -> None:
    fill(deps, 5)
    witness = point(deps)
    with deps.engine.begin() as connection:
        connection.execute(delete(tables.audit_log))
        connection.execute(delete(tables.checkpoints))
        connection.execute(update(tables.audit_tree).values(size=0, peaks=b""))
    fill(deps, witness.size)
    point(deps)
    assert problems(deps) == []
    assert problems(deps, witness) == [f"the log contradicts its checkpoint at {witness.size}"]


def test_a_checkpoint_of_another_key_is_found(deps: Deps, tmp_path_factory: pytest.TempPathFactory) -> None:
    fill(deps, 2)
    other = load_keys(tmp_path_factory.mktemp("other"))
    with deps.engine.begin() as connection:
        audit.checkpoint(connection, NOW, "http://city", other.audit)
    assert len(problems(deps)) == 1


def test_nothing_new_needs_no_checkpoint(deps: Deps) -> None:
    fill(deps, 1)
    point(deps)
    with deps.engine.begin() as connection:
        assert audit.checkpoint(connection, NOW, "http://city", deps.keys.audit) is None


def leaf(number: int) -> bytes:
    return hashlib.sha256(b"\x00" + bytes([number])).digest()


def test_the_roots_are_those_of_rfc_6962() -> None:
    """The reference implementation's test vectors (certificate-transparency, merkle_tree_test)."""
    data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(one)).digest() for one in data]
    assert audit.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert audit.root_of(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert audit.root_of(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert audit.root_of(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13])
def test_every_leaf_is_proved_and_no_other(size: int) -> None:
    leaves = [leaf(number) for number in range(size)]
    root = audit.root_of(leaves)
    for index in range(size):
        proof = audit.inclusion_proof(leaves, index)
        assert audit.included(leaves[index], index, size, proof, root)
        assert not audit.included(leaf(99), index, size, proof, root)
        assert not audit.included(leaves[index], index, size, [*proof, leaf(1)], root)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13])
def test_every_earlier_tree_is_proved_a_prefix(size: int) -> None:
    leaves = [leaf(number) for number in range(size)]
    root = audit.root_of(leaves)
    for old in range(1, size + 1):
        proof = audit.consistency_proof(leaves, old)
        assert audit.consistent(old, audit.root_of(leaves[:old]), size, root, proof)
        assert not audit.consistent(old, leaf(99), size, root, proof)


@pytest.mark.parametrize("index", [-1, 3])
def test_a_proof_for_what_is_not_there_is_refused(index: int) -> None:
    with pytest.raises(IndexError):
        audit.inclusion_proof([leaf(0), leaf(1), leaf(2)], index)
