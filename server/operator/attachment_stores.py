"""Which store attachments lie in, and copying them from one to another: into a backup, out of it, or to another place."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, select

from server.foundation.failpoints import Failpoints
from server.settings import ServerSettings
from server.storage import tables
from server.submissions.blobs import Blob, BlobStore, FolderBlobs, hash_of
from server.submissions.blobs_s3 import S3Blobs, S3Settings

#: In the data folder, and beside the backups of a place.
FOLDER: Final = "attachments"


@dataclass
class Copied:
    """How many were new, and which are other bytes than their names say."""

    number: int = 0
    spoilt: list[Blob] = field(default_factory=list)


def store_of(settings: ServerSettings, failpoints: Failpoints | None = None) -> BlobStore:
    """The one that the settings name. Raises StoreRefused."""
    if not settings.attachments:
        return FolderBlobs(settings.data / FOLDER, failpoints)
    return _s3(settings, settings.attachments)


def store_named(settings: ServerSettings, place: str) -> BlobStore:
    """``s3://…``, with the address and the keys of the settings; anything else is a folder. Raises StoreRefused."""
    return _s3(settings, place) if place.startswith("s3://") else FolderBlobs(Path(place))


def copy(source: BlobStore, target: BlobStore) -> Copied:
    """What ``target`` does not hold yet, each durably and read by its hash. Raises StoreAway, OSError."""
    there = set(target.blobs())
    copied = Copied()
    for blob in source.blobs():
        if blob in there:
            continue
        content = source.read(blob)
        if content is None or not target.put(blob, content):
            copied.spoilt.append(blob)
        else:
            copied.number += 1
    return copied


def missing(engine: Engine, store: BlobStore) -> list[str]:
    """Hashes of blobs that the database calls complete and that are not there, or are other bytes."""
    blob = tables.attachments.c
    with engine.connect() as connection:
        rows = connection.execute(select(blob.kiosk_id, blob.sha256).where(blob.complete)).all()
    found = []
    for row in rows:
        content = store.read(Blob(row.kiosk_id, row.sha256))
        if content is None or hash_of(content) != row.sha256:
            found.append(row.sha256)
    return found


def _s3(settings: ServerSettings, place: str) -> S3Blobs:
    secret = settings.s3_secret_file
    return S3Blobs(S3Settings(place, settings.s3_endpoint, settings.s3_region, settings.s3_key_id, secret))
