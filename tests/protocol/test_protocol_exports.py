"""The file in which an outbox is carried: what is in it comes out again, and a file that is not whole is refused."""

import io
import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from protocol import sealing
from protocol.outbox.exports import (
    ExportFault,
    ExportRefused,
    ItemRecord,
    PieceRecord,
    Record,
    decode,
    encode,
    read_header,
)

CITY_KEY = PrivateKey(bytes(range(32)))
KIOSK_KEY = SigningKey(bytes(range(1, 33)))
KIOSK = "0190f3a0-0000-7000-8000-000000000001"
PUBLIC = bytes(CITY_KEY.public_key)
RECORDS: list[Record] = [
    ItemRecord(b'{"id": "1"}'),
    PieceRecord("a" * 64, b"first"),
    PieceRecord("a" * 64, b"second"),
    PieceRecord("b" * 64, b""),
    ItemRecord(b'{"id": "2"}'),
]


def written(records: list[Record] = RECORDS, sign: SigningKey = KIOSK_KEY) -> bytes:
    pieces = encode(
        city="Kota Uji",
        kiosk_id=KIOSK,
        made_at=datetime(2026, 3, 2, tzinfo=UTC),
        key_id=sealing.key_id(PUBLIC),
        seal=lambda plain: sealing.seal(plain, PUBLIC),
        sign=sign,
        records=records,
    )
    return b"".join(pieces)


def read(data: bytes, verify: bytes = bytes(KIOSK_KEY.verify_key)) -> list[Record]:
    file = io.BytesIO(data)
    header, line = read_header(file)
    try:
        key = sealing.unseal(header.sealed_key, bytes(CITY_KEY))
    except sealing.SealBroken:
        raise ExportRefused(ExportFault.DAMAGED) from None
    return list(decode(file, header, line, key, verify))


def test_what_was_written_is_read_and_nothing_of_it_can_be_read_without_the_key() -> None:
    data = written()
    assert read(data) == RECORDS
    header, _ = read_header(io.BytesIO(data))
    assert (header.city, header.kiosk_id) == ("Kota Uji", KIOSK)
    assert b"first" not in data and b'"id"' not in data


def test_an_empty_outbox_is_a_file_as_well() -> None:
    assert read(written([])) == []


@given(seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_any_changed_byte_is_found(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(written())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    with pytest.raises(ExportRefused):
        read(bytes(data))


@pytest.mark.parametrize("kept", [0, 1, 20, 0.3, 0.5, 0.9, -1])
def test_a_file_that_was_cut_is_found(kept: float) -> None:
    data = written()
    with pytest.raises(ExportRefused):
        read(data[: int(kept * len(data)) if isinstance(kept, float) else kept])


def test_what_was_appended_is_found() -> None:
    with pytest.raises(ExportRefused) as refused:
        read(written() + b"x")
    assert refused.value.fault is ExportFault.DAMAGED


def test_another_kiosk_cannot_write_in_this_ones_name() -> None:
    with pytest.raises(ExportRefused) as refused:
        read(written(sign=SigningKey(bytes(32))))
    assert refused.value.fault is ExportFault.FORGED


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xff\xd8\xff", b"eKios outbox", bytes(10_000)])
def test_another_file_is_told_from_a_damaged_one(data: bytes) -> None:
    with pytest.raises(ExportRefused) as refused:
        read_header(io.BytesIO(data))
    assert refused.value.fault is ExportFault.NOT_AN_EXPORT


def test_a_file_of_a_later_version_is_told_from_a_damaged_one() -> None:
    line, _, rest = written().partition(b"\n")
    begin = line.index(b"{")
    later = line[:begin] + json.dumps({**json.loads(line[begin:]), "format": 2}).encode() + b"\n" + rest
    with pytest.raises(ExportRefused) as refused:
        read_header(io.BytesIO(later))
    assert refused.value.fault is ExportFault.NOT_AN_EXPORT
