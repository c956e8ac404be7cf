"""Sealed attachments in an S3 store (SeaweedFS, Ceph, a provider's), through obstore.

Pieces are objects of their own until the last one has come, so any server of the city takes any piece. S3's multipart
uploads would not do: their pieces have at least 5 MiB. Two servers that are sent the same piece at once write it twice
under names that tell place and length; of what overlaps, the bytes are the same, or the hash of the whole says so.
"""

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from server.submissions.blobs import Blob, Kept, StoreAway, hash_of

if TYPE_CHECKING:
    from obstore.store import S3Config

#: A kiosk waits half a minute for an answer; a store that takes longer is as good as away.
ANSWERS_WITHIN: Final = timedelta(seconds=10)
CONNECTS_WITHIN: Final = timedelta(seconds=2)
_RETRIES: Final = 2
_WHOLE: Final = "whole"
_PIECES: Final = "pieces"


@dataclass(frozen=True)
class S3Settings:
    """``place`` is ``s3://bucket`` or ``s3://bucket/prefix``; an empty ``endpoint`` is Amazon's."""

    place: str
    endpoint: str = ""
    region: str = "us-east-1"
    key_id: str = ""
    secret_file: Path | None = None


class StoreRefused(RuntimeError):
    """The settings of the store cannot be used; the message says what to do."""


class S3Blobs:
    def __init__(self, settings: S3Settings) -> None:
        """Asks nothing of the store yet. Raises StoreRefused."""
        split = urlsplit(settings.place)
        if split.scheme != "s3" or not split.netloc:
            raise StoreRefused(f"attachments: {settings.place!r} is no s3://bucket or s3://bucket/prefix")
        secret = ""
        if settings.secret_file is not None:
            try:
                secret = settings.secret_file.read_text(encoding="utf-8").strip()
            except OSError as error:
                raise StoreRefused(f"s3_secret_file: {settings.secret_file}: {error.strerror}") from error
        config: S3Config = {"region": settings.region, "virtual_hosted_style_request": False}
        if settings.endpoint:
            config["endpoint"] = settings.endpoint
        if settings.key_id:
            config["access_key_id"] = settings.key_id
            config["secret_access_key"] = secret
        self._store = S3Store(
            split.netloc,
            prefix=split.path.strip("/") or None,
            config=config,
            client_options={
                "allow_http": settings.endpoint.startswith("http://"),
                "connect_timeout": CONNECTS_WITHIN,
                "timeout": ANSWERS_WITHIN,
            },
            retry_config={"max_retries": _RETRIES, "retry_timeout": ANSWERS_WITHIN},
        )

    def turn(self, blob: Blob) -> AbstractContextManager[None]:  # noqa: ARG002 - pieces do not spoil each other here
        return contextlib.nullcontext()

    def whole(self, blob: Blob) -> bool:
        with _reaching():
            try:
                obstore.head(self._store, _whole(blob))
            except FileNotFoundError:
                return False
        # It may lie there from a crash before it was read back.
        content = self.read(blob)
        return content is not None and hash_of(content) == blob.sha256

    def append(self, blob: Blob, offset: int, piece: bytes, size: int) -> Kept:
        reached = offset + len(piece)
        if reached < size:
            with _reaching():
                obstore.put(self._store, f"{_pieces(blob)}/{offset:09d}-{len(piece)}", piece)
            return Kept.PIECE
        content = self._joined(blob, offset) + piece
        if not self.put(blob, content):
            self.tidy(blob)
            return Kept.OTHER_BYTES
        return Kept.WHOLE

    def tidy(self, blob: Blob) -> None:
        with _reaching():
            paths = [one["path"] for some in obstore.list(self._store, _pieces(blob)) for one in some]
            if paths:
                obstore.delete(self._store, paths)

    def read(self, blob: Blob) -> bytes | None:
        return self._read(_whole(blob))

    def put(self, blob: Blob, content: bytes) -> bool:
        """Written, and read back: what the store says to have is not yet what it has. Raises StoreAway."""
        if hash_of(content) != blob.sha256:
            return False
        with _reaching():
            obstore.put(self._store, _whole(blob), content)
        back = self.read(blob)
        if back is None or hash_of(back) != blob.sha256:
            raise StoreAway("the store gives back other bytes than it was given")
        return True

    def blobs(self) -> Iterator[Blob]:
        with _reaching():
            paths = sorted(one["path"] for some in obstore.list(self._store, _WHOLE) for one in some)
        for path in paths:
            _, kiosk_id, _, sha256 = path.rsplit("/", 3)
            yield Blob(kiosk_id, sha256)

    def look(self) -> None:
        # A list, for it is refused when there is no such bucket; what is asked for by name is just not there.
        with _reaching():
            next(iter(obstore.list(self._store, "look")), None)

    def _joined(self, blob: Blob, size: int) -> bytes:
        """The first ``size`` bytes from the pieces; fewer when some are missing, which the hash then tells."""
        with _reaching():
            paths = [one["path"] for some in obstore.list(self._store, _pieces(blob)) for one in some]
        # At each place the one that reaches furthest.
        ends = {path: _end(path) for path in paths}
        content = bytearray()
        for path in sorted(paths, key=lambda one: (ends[one][0], -ends[one][1])):
            start, end = ends[path]
            if start <= len(content) < end and len(content) < size:
                piece = self._read(path)
                content += (piece or b"")[len(content) - start :]
        return bytes(content[:size])

    def _read(self, path: str) -> bytes | None:
        with _reaching():
            try:
                return bytes(obstore.get(self._store, path).bytes())
            except FileNotFoundError:
                return None


@contextlib.contextmanager
def _reaching() -> Iterator[None]:
    """What the library raises becomes StoreAway, without the address and keys that its messages may hold."""
    try:
        yield
    except BaseError as error:
        raise StoreAway(f"the attachments' store: {type(error).__name__}") from error


def _whole(blob: Blob) -> str:
    return f"{_WHOLE}/{blob.path}"


def _pieces(blob: Blob) -> str:
    return f"{_PIECES}/{blob.path}"


def _end(path: str) -> tuple[int, int]:
    start, _, length = path.rpartition("/")[2].partition("-")
    return int(start), int(start) + int(length)
