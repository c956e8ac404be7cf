"""A draft opens with its code and birth date alone, and neither can be worked out from what the server sees."""

from datetime import date

import pytest

from protocol import tracking
from protocol.drafts import DRAFT_PART, DraftBroken, derive, is_draft, mint, proof_hash, seal, unseal

BORN = date(1990, 8, 17)
CODE = mint(lambda _: 7)
KEYS = derive(CODE, BORN)
SEALED = seal(b"answers", KEYS)


def test_a_code_says_that_it_is_a_draft_and_checks() -> None:
    assert CODE.startswith(DRAFT_PART)
    assert tracking.parse(tracking.display(CODE)) == CODE
    assert is_draft(CODE)
    assert not is_draft("K7M29QXF4TRC")


def test_code_and_birth_date_open_it_at_any_kiosk() -> None:
    assert unseal(SEALED, derive(CODE, BORN)) == b"answers"


def test_another_birth_date_finds_it_and_proves_nothing() -> None:
    other = derive(CODE, date(1990, 8, 18))
    assert other.lookup == KEYS.lookup
    assert proof_hash(other.proof) != proof_hash(KEYS.proof)
    with pytest.raises(DraftBroken):
        unseal(SEALED, other)


@pytest.mark.parametrize(
    "altered", [b"", SEALED[:-1], b"\x02" + SEALED[1:], SEALED[:-1] + b"x"], ids=["empty", "cut", "kind", "last"]
)
def test_whatever_is_altered_does_not_open(altered: bytes) -> None:
    with pytest.raises(DraftBroken):
        unseal(altered, KEYS)


def test_nothing_that_the_server_sees_is_the_key() -> None:
    seen = KEYS.lookup + proof_hash(KEYS.proof) + SEALED.hex()
    assert KEYS.key.hex() not in seen
    assert KEYS.proof.hex() not in seen
    assert CODE not in seen
