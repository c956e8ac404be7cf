from datetime import UTC, datetime

import pytest
from nacl.signing import SigningKey

from protocol import answers

KEY = b"\x07" * 32
PUBLIC = bytes(SigningKey(KEY).verify_key)
ASKED = "pyhms=:c2lnbmF0dXJl:"
PROOF = answers.Proof(datetime(2026, 11, 30, 8, 0, 0, 250_000, tzinfo=UTC), datetime(2026, 11, 30, 9, tzinfo=UTC))


def header() -> str:
    return answers.prove(ASKED, 200, PROOF, KEY)


def test_an_answer_tells_the_time_and_whose_it_is() -> None:
    assert answers.read(header(), ASKED, 200, PUBLIC) == PROOF


def test_a_proof_is_for_one_request_and_one_status() -> None:
    assert answers.read(header(), "pyhms=:b3RoZXI=:", 200, PUBLIC) is None
    assert answers.read(header(), ASKED, 422, PUBLIC) is None
    assert answers.read(header(), ASKED, 200, bytes(SigningKey(b"\x08" * 32).verify_key)) is None


@pytest.mark.parametrize("place", range(0, 130, 3))
def test_each_changed_character_breaks_the_proof(place: int) -> None:
    good = header()
    changed = good[:place] + ("0" if good[place] != "0" else "1") + good[place + 1 :]
    assert answers.read(changed, ASKED, 200, PUBLIC) is None


@pytest.mark.parametrize(
    "value", [None, "", "x", "at=1, judged=1, proof=", "at=1, judged=1, proof=" + "A" * 86, header() + " ", "é" * 500]
)
def test_anything_else_is_no_proof(value: str | None) -> None:
    assert answers.read(value, ASKED, 200, PUBLIC) is None
