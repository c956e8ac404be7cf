"""The kiosks' program: what was released, and how far each release has come."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

releases = Table(
    "releases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("version", String(200), nullable=False),
    Column("note", String(500), nullable=False, default=""),
    Column("path", String(200), nullable=False),  # of the manifest, under the packs folder
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("files", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),  # of all files together
    Column("made_by", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),  # fleet.releases.states.ReleaseState
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("ring", String(8), nullable=False, default="test"),  # as far as it has come
    Column("why", String(500), nullable=False, default=""),
    # failures that somebody looked at before it went on
    Column("forgiven", Integer, nullable=False, default=0),
)

release_kiosks = Table(
    "release_kiosks",
    metadata,
    Column("release", ForeignKey("releases.number"), primary_key=True),
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("state", String(16), nullable=False),  # fleet.releases.states.KioskStep
    Column("offered_at", UtcDateTime, nullable=False),
    Column("began_at", UtcDateTime),  # when the server first heard the new program
    Column("judged_at", UtcDateTime),
    Column("before", JSON, nullable=False),  # components in trouble when it was offered
    Column("after", JSON, nullable=False),  # the same, as heard last
    Column("reason", String(200), nullable=False, default=""),
    Index(None, "kiosk_id"),
    Index(None, "release", "state"),
)

release_files = Table(
    "release_files",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    # null where the folder is all there is (SQLite)
    Column("content", LargeBinary),
)
