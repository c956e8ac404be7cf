"""The power of the server goes at any moment: what it answered "stored" is in its database, with its attachments' hashes."""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from server.settings import ServerSettings
from server.storage import engine as storage
from server.storage import open_storage, tables
from tests.kiosk.power_cut import Disk, Sync, Write, disk_as_file_system
from tests.server.running import ONE_PERSON, running

SUBMISSIONS = 25


@dataclass(frozen=True)
class Answered:
    """After so many steps of the disk the kiosk had the answer."""

    after: int
    id: str
    attachments: frozenset[str]


@dataclass
class Life:
    disk: Disk
    answered: list[Answered] = field(default_factory=list)


def live(patch: pytest.MonkeyPatch, settings: ServerSettings) -> Life:
    """A server on a disk that forgets, whose database lay there before, and a kiosk that sends."""
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    with disk_as_file_system() as (disk, connect):
        disk.do(Write(path.name, 0, path.read_bytes()))
        disk.do(Sync(path.name))

        def on_it(url: Any, **options: Any) -> Any:
            return create_engine(url, creator=lambda: connect(path), **options)

        life = Life(disk)
        with patch.context() as patched:
            patched.setattr(storage, "create_engine", on_it)
            with running(settings.model_copy(update={"quotas": ONE_PERSON})) as server:
                kiosk, service = server.kiosk(), server.service()
                for _ in range(SUBMISSIONS):
                    photo = kiosk.attachment(os.urandom(400))
                    envelope = kiosk.envelope(service, [photo])
                    assert kiosk.statuses(envelope) == ["missing_attachments"]
                    life.answered.append(Answered(len(disk.steps), envelope.id, frozenset({photo.sha256})))
    return life


def lost(files: dict[str, bytes], answered: list[Answered], folder: Path) -> list[str]:
    for path in folder.iterdir():
        path.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (name,) = [name for name in files if name.endswith(".db")]
    opened = open_storage(f"sqlite:///{folder / name}", migrate=False)
    try:
        with opened.connect() as connection:
            whole = list(connection.exec_driver_sql("PRAGMA integrity_check").scalars())
            ids = set(connection.execute(select(tables.submissions.c.id)).scalars())
            hashes = set(connection.execute(select(tables.attachments.c.sha256)).scalars())
    finally:
        opened.dispose()
    gone = [one.id for one in answered if one.id not in ids or not one.attachments <= hashes]
    return [one for one in whole if one != "ok"] + gone


def cut_often(life: Life, folder: Path, cuts: int) -> list[str]:
    chance = random.Random(4)
    folder.mkdir()
    at = sorted(chance.choices(range(2, len(life.disk.steps) + 1), k=cuts))
    for after, files in life.disk.cuts(at, chance):
        found = lost(files, [one for one in life.answered if one.after <= after], folder)
        if found:
            return [f"after step {after}:", *found]
    return []


@pytest.fixture
def life(sqlite_settings: ServerSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    yield live(monkeypatch, sqlite_settings)


def test_what_was_answered_stored_survives_a_power_cut(life: Life, tmp_path: Path) -> None:
    assert cut_often(life, tmp_path / "cut", 100) == []


def test_the_cuts_find_a_server_that_does_not_sync(
    sqlite_settings: ServerSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What the test above is worth."""
    changed = tuple("synchronous=OFF" if one.startswith("synchronous") else one for one in storage.SQLITE_PRAGMAS)
    monkeypatch.setattr(storage, "SQLITE_PRAGMAS", changed)
    assert cut_often(live(monkeypatch, sqlite_settings), tmp_path / "cut", 100) != []


@pytest.mark.soak
def test_ten_thousand_power_cuts_of_the_server_lose_nothing(life: Life, tmp_path: Path) -> None:
    assert cut_often(life, tmp_path / "cut", 10_000) == []
