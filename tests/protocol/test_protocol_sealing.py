import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from protocol import sealing

CITY = PrivateKey(b"\x07" * 32)


@given(st.binary(max_size=2000))
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    sealed = sealing.seal(plain, bytes(CITY.public_key))
    assert sealing.unseal(sealed, bytes(CITY)) == plain
    assert len(sealed) == len(plain) + sealing.OVERHEAD


def test_the_plain_text_is_not_in_it() -> None:
    assert b"3578011503900001" not in sealing.seal(b"3578011503900001" * 9, bytes(CITY.public_key))


@given(st.integers(min_value=0, max_value=80), st.integers(1, 255))
def test_an_altered_byte_is_refused(place: int, change: int) -> None:
    sealed = bytearray(sealing.seal(b"x" * 32, bytes(CITY.public_key)))
    sealed[place] ^= change
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(bytes(sealed), bytes(CITY))


@pytest.mark.parametrize("length", [0, 1, 48, 80])
def test_a_cut_blob_is_refused(length: int) -> None:
    sealed = sealing.seal(b"x" * 32, bytes(CITY.public_key))
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(sealed[:length], bytes(CITY))


def test_another_city_cannot_open_it() -> None:
    sealed = sealing.seal(b"secret", bytes(CITY.public_key))
    with pytest.raises(sealing.SealBroken, match="this key"):
        sealing.unseal(sealed, b"\x08" * 32)
