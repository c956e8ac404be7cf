"""The hash tree and its proofs, and checkpoints as people outside read them."""

import base64
import hashlib

import pytest
from nacl.signing import SigningKey

from protocol import checkpoints, merkle

KEY = b"k" * 32
PUBLIC = bytes(SigningKey(KEY).verify_key)


def leaf(number: int) -> bytes:
    return hashlib.sha256(b"\x00" + bytes([number])).digest()


def test_the_roots_are_those_of_rfc_6962() -> None:
    """The reference implementation's test vectors (certificate-transparency, merkle_tree_test)."""
    data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(one)).digest() for one in data]
    assert merkle.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root_of(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root_of(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert merkle.root_of(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13])
def test_every_leaf_is_proved_and_no_other(size: int) -> None:
    leaves = [leaf(number) for number in range(size)]
    root = merkle.root_of(leaves)
    for index in range(size):
        proof = merkle.inclusion_proof(leaves, index)
        assert merkle.included(leaves[index], index, size, proof, root)
        assert not merkle.included(leaf(99), index, size, proof, root)
        assert not merkle.included(leaves[index], index, size, [*proof, leaf(1)], root)


@pytest.mark.parametrize("index", [-1, 3])
def test_a_proof_for_what_is_not_there_is_refused(index: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof([leaf(0), leaf(1), leaf(2)], index)


def signed(size: int = 5) -> checkpoints.Checkpoint:
    root = merkle.root_of([leaf(number) for number in range(size)])
    signature = SigningKey(KEY).sign(checkpoints.text("https://kota.example", size, root)).signature
    return checkpoints.make("https://kota.example", size, root, signature)


def test_a_note_is_a_c2sp_signed_note() -> None:
    """Read by the words of c2sp.org/signed-note alone."""
    note = checkpoints.note(signed(), PUBLIC)
    text, _, signature_line = note.partition("\n\n")
    dash, name, encoded = signature_line.removesuffix("\n").split(" ")
    blob = base64.b64decode(encoded)
    assert (dash, name, len(blob)) == ("\N{EM DASH}", text.splitlines()[0], 4 + 64)
    assert blob[:4] == hashlib.sha256(name.encode() + b"\n\x01" + PUBLIC).digest()[:4]
    SigningKey(KEY).verify_key.verify(f"{text}\n".encode(), blob[4:])
    key_name, key_id, key = checkpoints.verifier_key(name, PUBLIC).split("+", 2)
    assert (key_name, key_id, base64.b64decode(key)) == (name, blob[:4].hex(), b"\x01" + PUBLIC)


def test_a_note_comes_back_as_it_was() -> None:
    assert checkpoints.parse_note(checkpoints.note(signed(), PUBLIC), PUBLIC) == signed()


@pytest.mark.parametrize(
    "note",
    [
        "",
        "a\nb\nc\n",
        checkpoints.note(signed(), PUBLIC).replace("\n5\n", "\nfive\n"),
        checkpoints.note(signed(), PUBLIC).partition("\n\n")[0] + "\n\n— https://kota.example !!!\n",
        checkpoints.note(signed(), bytes(SigningKey(b"o" * 32).verify_key)),
    ],
)
def test_what_is_no_note_of_this_key_is_none(note: str) -> None:
    assert checkpoints.parse_note(note, PUBLIC) is None


def test_a_checkpoint_that_was_touched_is_not_signed() -> None:
    point = signed()
    for change in ({"size": 6}, {"origin": "https://other.example"}, {"signature": base64.b64encode(b"x" * 64)}):
        touched = checkpoints.Checkpoint.model_validate({**point.model_dump(mode="json"), **change})
        assert not touched.signed_by(PUBLIC)
    assert point.signed_by(PUBLIC)


def test_only_the_city_certifies_the_key_of_its_log() -> None:
    city, other = b"c" * 32, b"o" * 32
    assert checkpoints.certify(PUBLIC, city).certified_by(bytes(SigningKey(city).verify_key))
    assert not checkpoints.certify(PUBLIC, other).certified_by(bytes(SigningKey(city).verify_key))
