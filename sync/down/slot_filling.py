"""Fills the spare slot with a release: only what is not here yet is fetched, and whatever is broken off goes on later."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tuf.api.exceptions import DownloadError

from launcher.slots import PARTS, RELEASE, Slots
from protocol.line.releases import ReleaseFile, ReleaseManifest

#: Written durably at once while a file is fetched.
PIECE: Final = 1_000_000

#: The bytes of the file with that hash from an offset on.
Fetch = Callable[[str, int], Iterator[bytes]]


class FileAltered(Exception):
    """What came is not what was signed."""


class SlotFiller:
    def __init__(self, slots: Slots, fetch: Fetch, stopping: Callable[[], bool] = lambda: False) -> None:
        self._slots = slots
        self._disk = slots.disk
        self._fetch = fetch
        self._stopping = stopping

    def needs(self, release: ReleaseManifest) -> int:
        """Bytes that will be written at most."""
        slot = self._slots.root / self._slots.spare()
        return sum(one.size for one in release.files if self._disk.size(slot / one.path) != one.size)

    def fill(self, manifest: bytes, release: ReleaseManifest) -> str:
        """The slot that holds the release now, whole; empty when it was told to stop.

        Raises OSError, FileAltered and what ``fetch`` raises; what was done by then is not done again.
        """
        slot = self._slots.spare()
        folder = self._slots.root / slot
        if self._slots.number(slot) == release.number and self._slots.whole(slot):
            return slot
        # From here on it is nobody's program.
        self._disk.remove(folder / RELEASE)
        self._forget_other_parts(release)
        here = self._running()
        for one in release.files:
            if self._stopping():
                return ""
            place = folder / one.path
            if self._hash(place) != one.sha256:
                self._disk.write(place, self._content(one, here), run=one.run)
            self._disk.remove(self._part(one.sha256))
        wanted = {folder / one.path for one in release.files}
        for path in self._disk.files(folder):
            if path not in wanted:
                self._disk.remove(path)
        self._disk.write(folder / RELEASE, manifest)
        return slot

    def _running(self) -> dict[str, Path]:
        """Files of the program that runs, by their hash."""
        current = self._slots.current()
        folder = self._slots.root / current
        return {one["sha256"]: folder / one["path"] for one in self._slots.manifest(current).get("files", [])}

    def _content(self, one: ReleaseFile, here: dict[str, Path]) -> bytes:
        if one.sha256 in here and self._hash(here[one.sha256]) == one.sha256:
            return self._disk.read(here[one.sha256])
        part = self._part(one.sha256)
        size = max(0, self._disk.size(part))
        if size > one.size:
            self._disk.remove(part)
            size = 0
        if size < one.size:
            for piece in _pieces(self._fetch(one.sha256, size)):
                self._disk.append(part, piece)
        content = self._disk.read(part) if one.size else b""
        if hashlib.sha256(content).hexdigest() != one.sha256:
            # Altered on the way, or by a power cut: all of it anew.
            self._disk.remove(part)
            raise FileAltered(f"{one.path} is not what was signed")
        return content

    def _forget_other_parts(self, release: ReleaseManifest) -> None:
        wanted = {self._part(one.sha256) for one in release.files}
        for path in self._disk.files(self._slots.root / PARTS):
            if path not in wanted:
                self._disk.remove(path)

    def _part(self, sha256: str) -> Path:
        return self._slots.root / PARTS / sha256

    def _hash(self, path: Path) -> str:
        try:
            return hashlib.sha256(self._disk.read(path)).hexdigest()
        except OSError:
            return ""


def _pieces(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Also what had come when the line broke off."""
    kept, broken = bytearray(), None
    try:
        for chunk in chunks:
            kept += chunk
            if len(kept) >= PIECE:
                yield bytes(kept)
                kept.clear()
    except (OSError, DownloadError) as error:
        broken = error
    if kept:
        yield bytes(kept)
    if broken is not None:
        raise broken
