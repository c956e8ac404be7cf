"""When the server says that it has something, a power cut does not take the file: content, name and folders are synced."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import files
from server.foundation.keys import keep_secret, load_keys
from server.keeper.sealing_keys import PrivateSealingKeys
from server.settings import ServerSettings
from tests.server.kiosk_client import Attachment, TestKiosk
from tests.server.running import RunningServer, running
from tests.sync.line_kit import publish
from tests.synced_files import SyncedFiles, noting

CHUNK = 100_000


@pytest.fixture
def served(sqlite_settings: ServerSettings) -> Iterator[RunningServer]:
    with running(sqlite_settings) as server:
        yield server


@pytest.fixture
def synced(served: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncedFiles]:
    with noting(monkeypatch, served.deps.settings.data) as noted:
        yield noted


def left_of(synced: SyncedFiles, tmp_path: Path, kiosk: TestKiosk, attachment: Attachment) -> tuple[bytes, bytes]:
    """What a power cut leaves of an attachment: what is whole, and what is not yet."""
    left = synced.rebuild(tmp_path / f"left-{len(list(tmp_path.iterdir()))}")
    path = left / "attachments" / kiosk.id / attachment.sha256[:2] / attachment.sha256
    part = path.with_suffix(".part")
    return path.read_bytes() if path.exists() else b"", part.read_bytes() if part.exists() else b""


def test_an_answered_piece_of_an_upload_is_on_the_disk(
    served: RunningServer, synced: SyncedFiles, tmp_path: Path
) -> None:
    kiosk = served.kiosk()
    attachment = kiosk.attachment(os.urandom(3 * CHUNK))
    kiosk.send(kiosk.envelope(served.service(), [attachment]))
    sealed = attachment.sealed
    for start in range(0, len(sealed), CHUNK):
        answer = kiosk.patch(attachment, start, sealed[start : start + CHUNK])
        answer.raise_for_status()
        promised = int(answer.headers["Upload-Offset"])
        whole, part = left_of(synced, tmp_path, kiosk, attachment)
        assert (whole or part)[:promised] == sealed[:promised]
    assert hashlib.sha256(left_of(synced, tmp_path, kiosk, attachment)[0]).hexdigest() == attachment.sha256


def test_a_file_that_came_in_one_piece_is_on_the_disk(
    served: RunningServer, synced: SyncedFiles, tmp_path: Path
) -> None:
    kiosk = served.kiosk()
    attachments = [kiosk.attachment(os.urandom(500)) for _ in range(3)]
    kiosk.send(kiosk.envelope(served.service(), attachments))
    for attachment in attachments:
        kiosk.upload(attachment)
        assert left_of(synced, tmp_path, kiosk, attachment) == (attachment.sealed, b"")


def test_the_database_says_stored_only_after_the_file_is_there(
    served: RunningServer, synced: SyncedFiles, tmp_path: Path
) -> None:
    """Between the file's last sync and the answer lies the row: at that moment already the file must be whole."""
    seen: list[tuple[bytes, bytes]] = []
    kiosk = served.kiosk()
    attachment = kiosk.attachment(os.urandom(CHUNK))
    kiosk.send(kiosk.envelope(served.service(), [attachment]))

    def look() -> None:
        seen.append(left_of(synced, tmp_path, kiosk, attachment))

    served.deps.failpoints.actions["attachment.renamed"] = look
    kiosk.upload(attachment)
    assert seen == [(attachment.sealed, b"")]


def test_a_published_pack_and_its_signatures_are_on_the_disk(
    served: RunningServer, synced: SyncedFiles, tmp_path: Path
) -> None:
    number = publish(served.deps)
    left, data = synced.rebuild(tmp_path / "left"), served.deps.settings.data
    written = [path.relative_to(data) for path in (data / "packs").rglob("*") if path.is_file()]
    assert any(f"pack-{number}" in path.name for path in written)
    assert [path for path in written if (left / path).read_bytes() != (data / path).read_bytes()] == []


def test_keys_are_on_the_disk_before_anybody_uses_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sealing key that is lost is every answer that was sealed to it."""
    root = tmp_path / "root"
    root.mkdir()
    with noting(monkeypatch, root) as synced:
        PrivateSealingKeys(root / "server" / "keys")
        keys = load_keys(root / "server" / "keys")
        keep_secret(root / "server" / "keys" / "more", b"another")
        left = synced.rebuild(tmp_path / "left")
    assert (left / "server" / "keys" / "more").read_bytes() == b"another"
    again = load_keys(left / "server" / "keys")
    (sealing,) = keys.public_sealing_keys()
    assert (again.public_sealing_keys(), again.badge) == ((sealing,), keys.badge)
    assert PrivateSealingKeys(left / "server" / "keys").get(sealing.key_id) is not None
    assert (again.audit, again.vault, again.nik) == (keys.audit, keys.vault, keys.nik)


@pytest.mark.parametrize("name", ["deep", "deep/er"])
def test_a_durable_file_is_whole_with_all_its_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    with noting(monkeypatch, root) as synced:
        files.write_durably(root / name / "file", b"one")
        files.write_durably(root / name / "file", b"two")
        left = synced.rebuild(tmp_path / "left")
    assert (left / name / "file").read_bytes() == b"two"
