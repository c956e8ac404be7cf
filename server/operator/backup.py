"""Copies of everything that a server keeps, from which it can begin anew.

A backup is a folder: the database as it was at one moment, the keys, the packs, and what belongs to them in
``backup.json``, which is written last: without it a backup is not whole. Attachments lie beside all backups of a place,
by their hash, and are copied once. They are copied after the database, so every attachment that it calls complete is
there.

SQLite is copied by its backup API, through the connection of the process that owns it; requests wait meanwhile, some
seconds for a gigabyte. PostgreSQL is copied by ``pg_dump``.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, create_engine, func, select
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from protocol import merkle
from runtime.files import sync_folder, write_durably
from server.operator.attachment_stores import FOLDER as ATTACHMENTS
from server.operator.attachment_stores import copy
from server.storage import tables
from server.submissions.blobs import BlobStore, FolderBlobs

FORMAT: Final = 1
MANIFEST: Final = "backup.json"
SQLITE_FILE: Final = "server.db"
POSTGRESQL_FILE: Final = "server.dump"
#: Folders of the data folder that are copied whole.
FOLDERS: Final = ("keys", "packs")
#: What is counted, so that whoever restores can see that it is all there.
COUNTED: Final = ("submissions", "cases", "kiosks", "officers", "audit_log", "attachments")
_READ: Final = 1 << 20
#: Members of a connection that say where a database is.
_PLACE: Final = ("host", "port", "user", "dbname", "target_session_attrs", "sslmode", "sslrootcert")


class BackupRefused(RuntimeError):
    """It cannot be done; the message says why and what to do."""


@dataclass(frozen=True)
class Contents:
    """Rows of the tables in COUNTED, and the audit log's size and root (hex)."""

    counts: dict[str, int]
    log_size: int
    log_root: str


@dataclass(frozen=True)
class Manifest:
    """``sha256`` of the file ``database``; times are ISO 8601."""

    format: int
    made_at: str
    database: str
    sha256: str
    contents: Contents


def back_up(engine: Engine, data: Path, blobs: BlobStore, place: Path, now: datetime) -> Path:
    """Writes a backup of the data folder ``data`` into a new folder in ``place``, durably; gives that folder.

    What is spoilt among the attachments is left out; ``restore`` names it. Raises BackupRefused. What is left of one that failed has no ``backup.json``.
    """
    try:
        folder = place / f"ekios-{now:%Y%m%dT%H%M%SZ}"
        if folder.exists():
            raise BackupRefused(f"{folder} is there already")
        place.mkdir(parents=True, exist_ok=True)
        # Its owner's only, and so is all within it: the keys open what citizens sent.
        folder.mkdir(mode=0o700)
        database, found = (_copy_postgresql if engine.dialect.name == "postgresql" else _copy_sqlite)(engine, folder)
        for name in FOLDERS:
            shutil.copytree(data / name, folder / name)
        copy(blobs, FolderBlobs(place / ATTACHMENTS))
        manifest = Manifest(FORMAT, now.isoformat(), database.name, hash_of(database), found)
        for path in sorted(folder.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
            sync_folder(path) if path.is_dir() else _sync(path)
        write_durably(folder / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
        (folder / MANIFEST).chmod(0o600)
        sync_folder(place)
    except OSError as error:
        raise BackupRefused(f"the backup cannot be written: {error}") from error
    return folder


def read_manifest(backup: Path) -> Manifest:
    """Raises BackupRefused when the backup is not whole."""
    try:
        read = json.loads((backup / MANIFEST).read_text())
        found = Manifest(**{**read, "contents": Contents(**read["contents"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BackupRefused(f"{backup} is no whole backup: {type(error).__name__}") from error
    if found.format != FORMAT:
        raise BackupRefused(f"{backup} was made by another version of this program")
    database = backup / found.database
    if (
        found.database not in (SQLITE_FILE, POSTGRESQL_FILE)
        or not database.exists()
        or hash_of(database) != found.sha256
    ):
        raise BackupRefused(f"the database in {backup} is not the one that was backed up; take another backup")
    return found


def contents(connection: Connection) -> Contents:
    counts = {
        name: connection.execute(select(func.count()).select_from(tables.metadata.tables[name])).scalar_one()
        for name in COUNTED
    }
    log = tables.audit_log.c
    leaves = list(connection.execute(select(log.leaf_hash).order_by(log.seq)).scalars())
    return Contents(counts, len(leaves), merkle.root_of(leaves).hex())


def hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_READ):
            digest.update(piece)
    return digest.hexdigest()


def postgresql(program: str, url: URL, *arguments: str) -> None:
    """Runs one of PostgreSQL's own programs against the database of ``url``. Raises BackupRefused."""
    found = shutil.which(program)
    if found is None:
        raise BackupRefused(f"{program} is not installed; it comes with PostgreSQL's client programs")
    # The password not among the arguments, which everybody on the machine can read.
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password is not None else {})}
    command = [found, *arguments, f"--dbname={_place(url)}"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise BackupRefused(f"{program}: {ran.stderr.strip()[-500:]}")


def _copy_sqlite(engine: Engine, folder: Path) -> tuple[Path, Contents]:
    target = folder / SQLITE_FILE
    with engine.connect() as connection, closing(sqlite3.connect(target)) as copy:
        source: Any = connection.connection.driver_connection
        source.backup(copy)
        # One file: a write-ahead log beside it would be forgotten by whoever copies it on.
        copy.execute("PRAGMA journal_mode=DELETE")
        (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise BackupRefused(f"the database is damaged ({found}): restore the last backup, and keep this folder")
    copied = create_engine(f"sqlite:///{target}", poolclass=NullPool)
    with copied.connect() as connection:
        return target, contents(connection)


def _copy_postgresql(engine: Engine, folder: Path) -> tuple[Path, Contents]:
    """The dump sees what the transaction sees in which it is described."""
    target = folder / POSTGRESQL_FILE
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.execute(select(func.pg_export_snapshot())).scalar_one()
        found = contents(connection)
        arguments = ("--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")
        postgresql("pg_dump", engine.url, *arguments)
    return target, found


def _place(url: URL) -> str:
    """As PostgreSQL's programs take it; a URL may name several hosts, of which the one that takes writes is wanted."""
    _, parts = url.get_dialect()().create_connect_args(url)
    return make_conninfo(**{name: value for name, value in parts.items() if name in _PLACE})


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
