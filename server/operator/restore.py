"""A server from a backup, in a fresh place: an older state that kiosks are led on from, and nothing they hold is lost.

Kiosks know more than the backup. What they were acknowledged after it, they still keep for ``keep_acknowledged_s``; they
learn of the restore from the answer to their heartbeat and send it all again. What they compare by number (feed, packs,
the packs' metadata, documents) goes on far beyond what they can have seen. See docs/backup.md for what is promised.
"""

import shutil
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine, delete, text, update
from sqlalchemy.pool import NullPool

from protocol.messages import FeedType
from server.audit import verification as audit_verify
from server.deps import Deps
from server.fleet.kiosk_settings import tell_all
from server.foundation import lineage
from server.foundation.actors import OPERATOR
from server.operator.attachment_stores import FOLDER as ATTACHMENTS
from server.operator.attachment_stores import copy, missing, store_of
from server.operator.backup import (
    FOLDERS,
    SQLITE_FILE,
    BackupRefused,
    Contents,
    Manifest,
    contents,
    postgresql,
    read_manifest,
)
from server.people.field_staff import roster
from server.settings import ServerSettings
from server.storage import tables
from server.submissions.blobs import FolderBlobs

#: Beyond whatever was counted between a backup and its restore; a feed's cursor has room for two thousand restores.
AHEAD: Final = 1_000
FEED_AHEAD: Final = 1_000_000


def lay_out(backup: Path, settings: ServerSettings) -> Manifest:
    """Copies the backup to where ``settings`` point, which must be empty, and checks it. Raises BackupRefused."""
    manifest = read_manifest(backup)
    if settings.data.exists() and any(settings.data.iterdir()):
        raise BackupRefused(f"{settings.data} is not empty; restore into a new folder, and keep the old one")
    postgresql_url = settings.database.startswith("postgresql")
    if postgresql_url != (manifest.database != SQLITE_FILE):
        raise BackupRefused(f"the backup holds {manifest.database}; --database names another kind")
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in FOLDERS:
            shutil.copytree(backup / name, settings.data / name)
        copy(FolderBlobs(backup.parent / ATTACHMENTS), store_of(settings))
        if not postgresql_url:
            shutil.copyfile(backup / SQLITE_FILE, settings.data / SQLITE_FILE)
            (settings.data / SQLITE_FILE).chmod(0o600)
    except OSError as error:
        raise BackupRefused(f"the backup cannot be copied: {error}") from error
    engine = create_engine(settings.database_url, poolclass=NullPool)
    if postgresql_url:
        _fill(engine, backup / manifest.database)
    else:
        _look_through(settings.data / SQLITE_FILE)
    with engine.connect() as connection:
        found = contents(connection)
    if found != manifest.contents:
        raise BackupRefused(f"what was restored is not what was backed up: {_difference(manifest.contents, found)}")
    return manifest


def lead_on(deps: Deps, manifest: Manifest) -> str:
    """Makes the restored state one that kiosks go on from; the restore's id."""
    restore_id = str(uuid.uuid4())
    with deps.units.begin(OPERATOR) as work:
        connection = work.connection
        # A blob that was under way begins anew: its bytes were not copied.
        connection.execute(update(tables.attachments).where(tables.attachments.c.complete.is_(False)).values(offset=0))
        connection.execute(delete(tables.web_sessions))
        connection.execute(update(tables.kiosks).values(feed_seq=tables.kiosks.c.feed_seq + FEED_AHEAD))
        work.to_kiosks(FeedType.STAFF, roster(connection).model_dump(mode="json"))
        tell_all(work)
        deps.publications.leap(connection, AHEAD)
        lineage.begin(connection, restore_id, OPERATOR.id, work.now)
        work.audit("storage.restore", "server", {"made_at": manifest.made_at})
    deps.packs.leap(AHEAD, OPERATOR, "restored")
    return restore_id


def audit_problems(deps: Deps) -> list[str]:
    """What is wrong with the restored log, in words."""
    with deps.engine.connect() as connection:
        return audit_verify.verify(connection, deps.keys.audit_public).words()


def missing_attachments(deps: Deps) -> list[str]:
    """Hashes of blobs that the database calls complete and that are not there, or are other bytes."""
    return missing(deps.engine, deps.attachments.blobs)


def _fill(engine: Engine, dump: Path) -> None:
    with engine.connect() as connection:
        query = text("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
        if connection.execute(query).scalar_one():
            raise BackupRefused(f"the database {engine.url.database} is not empty; make a new one with createdb")
    arguments = ("--exit-on-error", "--no-owner", "--single-transaction")
    postgresql("pg_restore", engine.url, *arguments, str(dump))


def _look_through(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise BackupRefused(f"the database in the backup is damaged ({found}); take an older backup")


def _difference(wanted: Contents, found: Contents) -> str:
    names = [name for name, number in wanted.counts.items() if found.counts.get(name) != number]
    return ", ".join(names) or "the audit log"
