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

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.engine import URL

from server import audit
from server.files import sync_folder, write_durably
from server.storage import tables

FORMAT: Final = 1
MANIFEST: Final = "backup.json"
SQLITE_FILE: Final = "server.db"
POSTGRESQL_FILE: Final = "server.dump"
ATTACHMENTS: Final = "attachments"
#: Folders of the data folder that are copied whole.
FOLDERS: Final = ("keys", "packs")
#: What is counted, so that whoever restores can see that it is all there.
COUNTED: Final = ("submissions", "cases", "kiosks", "officers", "audit_log", "attachments")
_READ: Final = 1 << 20
_OWNER_ONLY: Final = 0o077


class BackupRefused(RuntimeError):
    """It cannot be done; the message says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """``sha256`` of the database's file; ``log_root`` in hex, of the audit log's first ``log_size`` entries."""

    format: int
    made_at: str
    database: str
    sha256: str
    counts: dict[str, int]
    log_size: int
    log_root: str


def back_up(engine: Engine, data: Path, place: Path, now: datetime) -> Path:
    """Writes a backup of the data folder ``data`` into a new folder in ``place``, durably; gives that folder.

    Raises BackupRefused. What is left of one that failed has no ``backup.json``.
    """
    # Everything in it is for the owner's eyes only: the keys open what citizens sent.
    before = os.umask(_OWNER_ONLY)
    try:
        folder = place / f"ekios-{now:%Y%m%dT%H%M%SZ}"
        if folder.exists():
            raise BackupRefused(f"{folder} is there already")
        folder.mkdir(parents=True)
        database = _copy_database(engine, folder)
        for name in FOLDERS:
            shutil.copytree(data / name, folder / name)
        copy_attachments(data / ATTACHMENTS, place / ATTACHMENTS)
        manifest = Manifest(FORMAT, now.isoformat(), database.name, hash_of(database), *_described(engine, database))
        for path in sorted(folder.rglob("*")):
            sync_folder(path) if path.is_dir() else _sync(path)
        write_durably(folder / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
        sync_folder(place)
    except OSError as error:
        raise BackupRefused(f"the backup cannot be written: {error}") from error
    finally:
        os.umask(before)
    return folder


def read_manifest(backup: Path) -> Manifest:
    """Raises BackupRefused when the backup is not whole."""
    try:
        found = Manifest(**json.loads((backup / MANIFEST).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise BackupRefused(f"{backup} is no whole backup: {type(error).__name__}") from error
    if found.format != FORMAT:
        raise BackupRefused(f"{backup} was made by another version of this program")
    database = backup / found.database
    if found.database not in (SQLITE_FILE, POSTGRESQL_FILE) or not database.exists() or hash_of(database) != found.sha256:
        raise BackupRefused(f"the database in {backup} is not the one that was backed up; take another backup")
    return found


def copy_attachments(source: Path, target: Path) -> int:
    """Copies whole attachments that are not there yet, each durably; gives how many. Raises OSError."""
    copied = 0
    for path in sorted(source.glob("*/*/*")):
        wanted = target / path.relative_to(source)
        if path.suffix or (wanted.exists() and wanted.stat().st_size == path.stat().st_size):
            continue
        write_durably(wanted, path.read_bytes())
        copied += 1
    return copied


def counts(connection: Connection) -> dict[str, int]:
    return {
        name: connection.execute(select(func.count()).select_from(tables.metadata.tables[name])).scalar_one()
        for name in COUNTED
    }


def log_head(connection: Connection) -> tuple[int, str]:
    """Size and root of the audit log."""
    leaves = audit.leaves(connection)
    return len(leaves), audit.root_of(leaves).hex()


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
    parts = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    environment = {**os.environ, **{name: str(value) for name, value in parts.items() if value is not None}}
    ran = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise BackupRefused(f"{program}: {ran.stderr.strip()[-500:]}")


def _copy_database(engine: Engine, folder: Path) -> Path:
    if engine.dialect.name == "postgresql":
        target = folder / POSTGRESQL_FILE
        postgresql("pg_dump", engine.url, "--format=custom", f"--file={target}", str(engine.url.database))
        return target
    target = folder / SQLITE_FILE
    with engine.connect() as connection, closing(sqlite3.connect(target)) as copy:
        source: Any = connection.connection.driver_connection
        source.backup(copy)
    return target


def _described(engine: Engine, database: Path) -> tuple[dict[str, int], int, str]:
    """Counts and log of the copy; of PostgreSQL's dump, which cannot be asked, of what it came from: at least that."""
    raise NotImplementedError


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
