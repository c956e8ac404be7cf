"""What the kiosk keeps beside its database is on the disk before it counts on it: its identity, and its packs."""

from pathlib import Path

import pytest

from protocol.packs import target_name
from runtime import files
from sync import enrolment as enrolments
from tests.sync.line_kit import city_server, enrolled, kiosk_on_line, until
from tests.synced_files import noting


def test_a_kiosk_that_was_enrolled_stays_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "disk"
    root.mkdir()
    with city_server(tmp_path / "server") as server:
        made = enrolled(server)
    with noting(monkeypatch, root) as synced:
        enrolments.save(made, root / "var" / "kiosk")
        left = synced.rebuild(tmp_path / "left")
    assert enrolments.load(left / "var" / "kiosk") == made


def test_a_pack_that_was_installed_is_there_after_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "disk"
    root.mkdir()
    with city_server(tmp_path / "server") as server, noting(monkeypatch, root) as synced:
        seen: list[Path] = []

        def reached(point: str) -> None:
            if point == "packs.before_commit":
                seen.append(synced.rebuild(tmp_path / "left"))

        made = kiosk_on_line(root / "kiosk", enrolled(server), failpoint=reached)
        made.line.start()
        until(lambda: made.at.store.packs.newest_first())
        version = made.at.store.packs.newest_first()[0].version
        made.stop()
    kept = Path("kiosk", "packs", target_name(version))
    assert (seen[0] / kept).read_bytes() == (root / kept).read_bytes()


def test_a_file_is_the_old_one_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "disk"
    root.mkdir()
    with noting(monkeypatch, root) as synced:
        for content in (b"one", b"two"):
            files.write_durably(root / "a" / "b" / "file", content, 0o600)
            left = synced.rebuild(tmp_path / f"left-{content.decode()}")
            assert (left / "a" / "b" / "file").read_bytes() == content
    assert (root / "a" / "b" / "file").stat().st_mode & 0o777 == 0o600
