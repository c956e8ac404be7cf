"""The power goes at any moment: the database opens, is whole, and all that was called saved is in it."""

import hashlib
import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.session.outcomes import Saved
from kiosk.store import Opening, Store, database
from kiosk.store.outbox import OutboxState
from tests.kiosk.kiosk_kit import BEGIN, Bench, bench, fill
from tests.kiosk.power_cut import Delete, Disk, Sync, Truncate, Write, disk_under_the_store

#: Large enough that the log is written back into the database, begun anew and cut short within one life.
PHOTO_BYTES = 700_000
SUBMISSIONS = 24


@dataclass(frozen=True)
class Promise:
    """What was called saved after so many steps of the disk."""

    after: int
    code: str
    seq: int
    sha256: str
    attachments: tuple[str, ...]
    #: After so many steps it may be erased.
    erased: int = 1 << 60


@dataclass
class Life:
    """Of a kiosk: what its disk was asked, and what it promised meanwhile."""

    disk: Disk
    promises: list[Promise] = field(default_factory=list)
    #: Slips that came out of the printer, each after so many steps.
    slips: list[tuple[int, str]] = field(default_factory=list)


def live(patch: pytest.MonkeyPatch, folder: Path, seed: int) -> Life:
    """A kiosk that is started, used by citizens, acknowledged by a server, and started again."""
    chance = random.Random(seed)
    with disk_under_the_store(patch) as disk:
        life = Life(disk)
        at = bench(folder)
        for number in range(SUBMISSIONS):
            _visit(at, life, chance)
            if number % 3 == 2:
                _acknowledge(at, life)
            if number == SUBMISSIONS // 2:
                at.close()
                at = bench(folder)
        at.close()
    return life


def _visit(at: Bench, life: Life, chance: random.Random) -> None:
    photo = b"\xff\xd8\xff\xe0" + chance.randbytes(chance.randrange(PHOTO_BYTES))
    fill(at.kiosk, photo=photo)
    saved = at.kiosk.send()
    assert isinstance(saved, Saved)
    after = len(life.disk.steps)
    at.clock.advance(3)
    at.kiosk.tick()
    assert len(at.printer.jobs) == 1
    life.slips.append((len(life.disk.steps), saved.code))
    at.printer.jobs.clear()
    at.kiosk.end()
    envelope = at.store.outbox.get(at.store.outbox.waiting_seqs(1, newest=True)[0])
    assert envelope is not None and envelope.tracking_code == saved.code
    kept = tuple(one.sha256 for one in at.store.outbox.attachments_of(envelope.kiosk_seq))
    assert len(kept) == 1
    life.promises.append(Promise(after, saved.code, envelope.kiosk_seq, envelope.sha256, kept))


def _acknowledge(at: Bench, life: Life) -> None:
    """The oldest that waits is acknowledged and erased at once."""
    seq = at.store.outbox.waiting_seqs(1, newest=False)[0]
    at.store.outbox.delivered(seq, BEGIN, (), BEGIN)
    before = len(life.disk.steps)
    while at.store.outbox.erase_acknowledged(BEGIN + timedelta(seconds=1)):
        at.store.give_back_space()
    life.promises = [replace(one, erased=before) if one.seq == seq else one for one in life.promises]


def broken_promises(life: Life, after: int, files: dict[str, bytes], folder: Path) -> list[str]:
    """What does not hold of the files that a power cut left."""
    for path in folder.iterdir():
        path.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    promises = [one for one in life.promises if one.after <= after]
    store = Store.open(folder, BEGIN)
    try:
        wrong = [] if store.opening.kind is not Opening.RECOVERED else ["the database was broken"]
        found = Found.read(store)
        wrong += [one for one in found.integrity if one != "ok"]
        for promise in promises:
            wrong += _lost(found, promise, erased=after >= promise.erased)
        if store.outbox.next_seq() <= max((one.seq for one in promises), default=0):
            wrong.append("a number of the sequence would be given twice")
    finally:
        store.close()
    slips = [code for printed, code in life.slips if printed <= after]
    return wrong + [f"{code}: a second original would be printed" for code in slips if code not in found.begun_slips]


@dataclass(frozen=True)
class Found:
    """What a database holds. ``envelopes``: code, state and content by number; ``photos``: content by hash."""

    integrity: list[str]
    envelopes: dict[int, tuple[str, str, bytes | None]]
    photos: dict[str, bytes | None]
    receipts: set[str]
    begun_slips: set[str]

    @classmethod
    def read(cls, store: Store) -> "Found":
        with store.transaction() as connection:

            def rows(statement: str) -> list[tuple[Any, ...]]:
                return [tuple(row) for row in connection.exec_driver_sql(statement)]

            return cls(
                [text for (text,) in rows("PRAGMA integrity_check")],
                {seq: (code, state, data) for seq, code, state, data in rows(_ENVELOPES)},
                dict(rows("SELECT sha256, sealed FROM attachments")),
                {code for (code,) in rows("SELECT code FROM receipts")},
                {name.removeprefix("slip:") for (name,) in rows("SELECT name FROM marks WHERE name LIKE 'slip:%'")},
            )


_ENVELOPES = "SELECT kiosk_seq, tracking_code, state, sealed FROM outbox"


def _lost(found: Found, promise: Promise, *, erased: bool) -> list[str]:
    code, state, content = found.envelopes.get(promise.seq, ("", "", None))
    if code != promise.code or code not in found.receipts:
        return [f"{promise.code} was called saved and is gone"]
    payloads = [(content, promise.sha256), *((found.photos.get(one), one) for one in promise.attachments)]
    if erased and state == OutboxState.ACKNOWLEDGED:
        payloads = [(data, sha256) for data, sha256 in payloads if data is not None]
    return [f"{code} has lost {sha256}" for data, sha256 in payloads if not _is(data, sha256)]


def _is(data: bytes | None, sha256: str) -> bool:
    return data is not None and hashlib.sha256(data).hexdigest() == sha256


def cut_often(life: Life, folder: Path, cuts: int, seed: int) -> list[str]:
    """``cuts`` power cuts after random steps; what was broken by the first that broke something."""
    chance = random.Random(seed)
    folder.mkdir()
    at = sorted(chance.choices(range(len(life.disk.steps) + 1), k=cuts))
    for after, files in life.disk.cuts(at, chance):
        wrong = broken_promises(life, after, files, folder)
        if wrong:
            return [f"seed {seed}, after step {after}:", *wrong]
    return []


def pragmas(patch: pytest.MonkeyPatch, setting: str) -> None:
    """The kiosk's pragmas with another ``synchronous``."""
    changed = tuple(setting if one.startswith("synchronous") else one for one in database.PRAGMAS)
    patch.setattr(database, "PRAGMAS", changed)


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    with pytest.MonkeyPatch.context() as patch:
        return live(patch, tmp_path_factory.mktemp("life"), seed=1)


def test_a_life_asks_everything_of_the_disk(life: Life) -> None:
    """Else the cuts would prove little: log and database are written, both are synced, the log is begun anew."""
    written = {step.name.removeprefix(database.FILE_NAME) for step in life.disk.steps if isinstance(step, Write)}
    synced = {step.name.removeprefix(database.FILE_NAME) for step in life.disk.steps if isinstance(step, Sync)}
    assert {"", "-wal"} <= written and {"", "-wal"} <= synced
    starts = [
        step for step in life.disk.steps if isinstance(step, Write) and step.name.endswith("-wal") and not step.offset
    ]
    assert len(starts) >= 3
    assert any(isinstance(step, Delete | Truncate) for step in life.disk.steps)
    assert len(life.promises) == SUBMISSIONS


def test_g1_a_power_cut_loses_nothing_that_was_called_saved(life: Life, tmp_path: Path) -> None:
    assert cut_often(life, tmp_path / "cut", 100, seed=2) == []


@pytest.mark.parametrize("setting", ["synchronous = OFF", "synchronous = NORMAL", "synchronous = FULL"])
def test_the_cuts_find_a_database_that_does_not_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    """What these tests are worth: with any other setting than EXTRA they fail."""
    pragmas(monkeypatch, setting)
    careless = live(monkeypatch, tmp_path / "life", seed=1)
    assert cut_often(careless, tmp_path / "cut", 150, seed=2) != []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_g1_ten_thousand_power_cuts_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    assert cut_often(live(monkeypatch, tmp_path / "life", seed), tmp_path / "cut", 1_000, seed) == []
