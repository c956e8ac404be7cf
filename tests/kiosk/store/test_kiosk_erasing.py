"""What was acknowledged and erased is nowhere in the kiosk's files any more, not even sealed."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.store import Store
from kiosk.store.outbox import ERASED_BYTES, SealedAttachment
from tests.kiosk.store.test_kiosk_store import envelope

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)
#: Bytes that no other content has by chance.
TRACE = 24
CHANCE = random.Random(7)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path, NOW)
    yield opened
    opened.close()


def traces(folder: Path, payload: bytes) -> list[str]:
    """Files that hold a piece of the payload."""
    pieces = [payload[start : start + TRACE] for start in range(0, len(payload) - TRACE, 500)]
    return [path.name for path in folder.iterdir() if any(piece in path.read_bytes() for piece in pieces)]


def keep(store: Store, seq: int, *sizes: int) -> list[bytes]:
    """An envelope with attachments of those sizes, all of it acknowledged; its payloads."""
    sealed = CHANCE.randbytes(sizes[0])
    photos = [SealedAttachment(f"{seq:032x}{n:032x}", size, CHANCE.randbytes(size)) for n, size in enumerate(sizes[1:])]
    store.outbox.add(envelope(seq, sealed=sealed), photos)
    store.outbox.delivered(seq, NOW, (), NOW)
    return [sealed, *(photo.sealed for photo in photos)]


def erase(store: Store) -> None:
    """As the line does it when nothing waits."""
    while store.outbox.erase_acknowledged(LATER):
        store.give_back_space()


#: On a page with other rows, on one of its own, and over many.
SIZES = (300, 3_000, 5_000, 90_000, 700_000)


@pytest.mark.parametrize("size", SIZES)
def test_an_erased_payload_is_in_no_file(store: Store, tmp_path: Path, size: int) -> None:
    payloads = [payload for seq in range(1, 6) for payload in keep(store, seq, size, size, size)]
    assert all(traces(tmp_path, payload) for payload in payloads)
    erase(store)
    assert [found for payload in payloads if (found := traces(tmp_path, payload))] == []


def test_what_is_not_yet_acknowledged_stays(store: Store, tmp_path: Path) -> None:
    (mine,) = keep(store, 1, 5_000)
    store.outbox.add(envelope(2, sealed=(other := CHANCE.randbytes(5_000))))
    erase(store)
    assert traces(tmp_path, mine) == []
    assert store.outbox.get(2).sealed == other  # type: ignore[union-attr]


def test_after_a_restart_it_is_not_there_either(tmp_path: Path) -> None:
    first = Store.open(tmp_path, NOW)
    payloads = keep(first, 1, 90_000, 200_000)
    first.close()
    second = Store.open(tmp_path, NOW)
    erase(second)
    second.close()
    assert [found for payload in payloads if (found := traces(tmp_path, payload))] == []


def test_a_portion_is_erased_at_a_time(store: Store, tmp_path: Path) -> None:
    """What is overwritten goes through the log: a full disk has room for a little of it only."""
    third = ERASED_BYTES // 3
    keep(store, 1, 100, third, third, third, ERASED_BYTES + 1, third)
    store.give_back_space()
    log = tmp_path / "kiosk.db-wal"
    erased = []
    while portion := store.outbox.erase_acknowledged(LATER):
        erased.append(portion)
        assert log.stat().st_size < 1.1 * (ERASED_BYTES + 100_000)
        store.give_back_space()
    assert erased == [3, 1, 1, 1]
    assert log.stat().st_size == 0
    assert (tmp_path / "kiosk.db").stat().st_size < 1_000_000
