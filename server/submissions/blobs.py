"""Where sealed attachments lie: in a folder of this machine, or in an S3 store that several servers share.

Either takes a blob in pieces and calls it whole only when it was read back and had its hash. Which of them it is says a
setting (``EKIOS_SERVER_ATTACHMENTS``); ``server.submissions.attachments`` knows no difference.
"""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from enum import StrEnum, auto
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from runtime.files import make_folder, sync_folder, write_durably
from server.foundation.failpoints import Failpoints

_HASH_READ: Final = 1 << 20
_SHA256_DIGITS: Final = 64


class StoreAway(OSError):
    """The attachments' store cannot be reached or refuses us; whoever sends keeps what they have, and comes again."""


class Blob(NamedTuple):
    """Sealed bytes of a kiosk, by their SHA-256 in hex."""

    kiosk_id: str
    sha256: str

    @property
    def path(self) -> str:
        return f"{self.kiosk_id}/{self.sha256[:2]}/{self.sha256}"


class Kept(StrEnum):
    """What came of a piece."""

    #: Durable; more is to come.
    PIECE = auto()
    #: It was the last one, and the whole was read back and has its hash.
    WHOLE = auto()
    #: It was the last one, and the whole has another hash; all pieces were dropped.
    OTHER_BYTES = auto()


class BlobStore(Protocol):
    """Safe to use from several threads and, but for a folder on another machine, processes."""

    def turn(self, blob: Blob) -> AbstractContextManager[None]:
        """Held while a piece is added, where pieces that come at the same time would spoil each other."""

    def whole(self, blob: Blob) -> bool:
        """Whether it is there with its hash, also when a crash came before anybody wrote that down."""

    def append(self, blob: Blob, offset: int, piece: bytes, size: int) -> Kept:
        """Adds ``piece`` at ``offset`` of a blob of ``size`` bytes, durably."""

    def tidy(self, blob: Blob) -> None:
        """Forgets its pieces: it is whole, or nobody waits for it."""

    def read(self, blob: Blob) -> bytes | None:
        """None when it is not there or not whole yet."""

    def put(self, blob: Blob, content: bytes) -> bool:
        """All of it at once, durably; False when its hash is another one."""

    def blobs(self) -> Iterator[Blob]:
        """All whole ones, in one order."""

    def look(self) -> None:
        """Raises StoreAway when it could not take anything now."""


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class FolderBlobs:
    """A folder of this machine. Pieces are added to a file beside the blob's own name."""

    def __init__(self, folder: Path, failpoints: Failpoints | None = None) -> None:
        self._folder: Final = folder
        self._failpoints = failpoints or Failpoints()
        make_folder(folder)

    @contextlib.contextmanager
    def turn(self, blob: Blob) -> Iterator[None]:
        make_folder(self._path(blob).parent)
        with self._part(blob).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def whole(self, blob: Blob) -> bool:
        # It gets its name only when it had its hash.
        return self._path(blob).exists()

    def append(self, blob: Blob, offset: int, piece: bytes, size: int) -> Kept:
        final, part = self._path(blob), self._part(blob)
        with part.open("ab") as file:
            # What it holds beyond the durable bytes was never promised.
            file.truncate(offset)
            file.write(piece)
            file.flush()
            self._failpoints.reach("attachment.appended")
            os.fsync(file.fileno())
            if not offset:
                # A new file: without its name the bytes are lost.
                sync_folder(final.parent)
            self._failpoints.reach("attachment.synced")
        if offset + len(piece) < size:
            return Kept.PIECE
        if _hash_of_file(part) != blob.sha256:
            return Kept.OTHER_BYTES
        part.rename(final)
        sync_folder(final.parent)
        return Kept.WHOLE

    def tidy(self, blob: Blob) -> None:
        self._part(blob).unlink(missing_ok=True)

    def read(self, blob: Blob) -> bytes | None:
        path = self._path(blob)
        return path.read_bytes() if path.exists() else None

    def put(self, blob: Blob, content: bytes) -> bool:
        if hash_of(content) != blob.sha256:
            return False
        write_durably(self._path(blob), content)
        return True

    def blobs(self) -> Iterator[Blob]:
        for path in sorted(self._folder.glob("*/*/*")):
            if len(path.name) == _SHA256_DIGITS:
                yield Blob(path.parts[-3], path.name)

    def look(self) -> None:
        if not os.access(self._folder, os.W_OK):
            raise StoreAway(f"{self._folder} cannot be written")

    def _path(self, blob: Blob) -> Path:
        return self._folder / blob.path

    def _part(self, blob: Blob) -> Path:
        return self._path(blob).with_suffix(".part")


def _hash_of_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_HASH_READ):
            digest.update(piece)
    return digest.hexdigest()
